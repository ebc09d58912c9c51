"""What answers must hold: names required here or by the official files, and the official enums."""

from typing import Any

TEXT: dict[str, Any] = {"type": "string", "minLength": 1}
MONEY = {
    "type": "object",
    "required": ["unit", "value"],
    "properties": {"unit": {"const": "RUB"}, "value": {"type": "number"}},
}
PARTY = {
    "type": "object",
    "required": ["id", "@referredType"],
    "properties": {"id": TEXT, "role": {"enum": ["customer", "user"]}, "@referredType": TEXT},
}
CHARACTERISTICS = {"type": "array", "items": {"type": "object", "required": ["name", "value"]}}


def _object(required: str, **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": required.split(), "properties": properties}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item, "minItems": 1}


PRODUCT_STATUS = {
    "enum": [
        "created",
        "pendingActive",
        "cancelled",
        "active",
        "pendingTerminate",
        "terminated",
        "suspended",
        "aborted ",
    ]
}
ITEM_STATE = {
    "enum": [
        "acknowledged",
        "rejected",
        "pending",
        "held",
        "inProgress",
        "cancelled",
        "completed",
        "failed",
        "assessingCancellation",
        "pendingCancellation",
    ]
}
ORDER_STATE = {"enum": [*ITEM_STATE["enum"], "partial"]}

PRODUCT = _object(
    "id href name status startDate lastUpdate productOffering billingAccount relatedParty realizingResource"
    " productCharacteristic",
    id=TEXT,
    status=PRODUCT_STATUS,
    productOffering=_object("id name"),
    billingAccount=_object("id"),
    relatedParty=_list(PARTY),
    realizingResource={**_list(_object("id value @referredType")), "minItems": 2},
    productCharacteristic=CHARACTERISTICS,
)
ORDER = _object(
    "id href externalId state orderDate productOrderItem",
    id=TEXT,
    state=ORDER_STATE,
    productOrderItem=_list(
        _object(
            "id action state",
            id=TEXT,
            action={"enum": ["add", "modify", "delete", "noChange"]},
            state=ITEM_STATE,
            statusReason=_object("code message", code=TEXT, message=TEXT),
        )
    ),
)
OFFERING = _object(
    "id href name lifecycleStatus isSellable category productOfferingPrice",
    lifecycleStatus={"enum": ["Active", "Retired"]},
    isSellable={"type": "boolean"},
    productOfferingPrice=_list(_object("name priceType price", price=MONEY)),
)
ORGANIZATION = _object(
    "id href name tradingName status organizationIdentification",
    status={"enum": ["initialized", "validated", "closed"]},
    organizationIdentification=_list(_object("identificationType identificationId")),
)
CONTRACT = _object(
    "id href name relatedParty state", accountType={"const": "contract"}, relatedParty=_list(PARTY)
)
BILLING_ACCOUNT = _object(
    "id href name state relatedParty accountType paymentStatus accountBalance creditLimit accountRelationship"
    " lastModified",
    accountType={"enum": ["advance", "credit"]},
    paymentStatus={"enum": ["paid", "inArrears"]},
    state={"enum": ["active", "closed"]},
    lastModified=TEXT,
    contact=_list(
        _object(
            "contactType validFor contactMedium",
            contactType={"const": "invoiceDelivery"},
            contactMedium=_list(
                _object(
                    "mediumType preferred characteristic",
                    mediumType={"enum": ["email", "paper", "edo"]},
                    characteristic={"type": "object", "minProperties": 1, "maxProperties": 1},
                )
            ),
        )
    ),
    relatedParty=_list(PARTY),
    creditLimit=MONEY,
    accountBalance=_list(_object("amount balanceType validFor", amount=MONEY)),
    accountRelationship=_list(_object("relationshipType validFor account", account=_object("id"))),
)
RESOURCE = _object(
    "id href category name value resourceStatus resourceCharacteristic relatedParty",
    category={"enum": ["SIM", "MSISDN"]},
    resourceStatus={"enum": ["standby", "alarm", "available", "reserved", "unknown", "suspended"]},
    resourceCharacteristic=CHARACTERISTICS,
)
ERROR = _object("code reason message status", code=TEXT, reason=TEXT)
HUB = _object("id callback", id=TEXT, callback=TEXT)
EVENT = _object("eventId eventTime eventType event", eventId=TEXT, eventType=TEXT, event={"type": "object"})

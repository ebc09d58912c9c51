"""Lines and order items as TM Forum bodies, in answers and in events."""

from typing import Any

from sandbox.ids import ACCOUNT, EMPLOYEE, NUMBER, ORGANIZATION, PRODUCT, SIM, public_id
from sandbox.lookup import REASONS, defaults_of, shown_of
from sandbox.moments import iso
from sandbox.targets.lines import LINES
from sandbox.tariffs import BY_ID

PRODUCTS_BASE = "/tmf-api/productInventory/v4"
SHOWN = shown_of(LINES)
DEFAULTS = defaults_of(LINES)


def product(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the table as a TM Forum product."""
    key = public_id(PRODUCT, row["id"])
    tariff = BY_ID[row["tariff_id"]]
    return {
        "id": key,
        "href": f"{PRODUCTS_BASE}/product/{key}",
        "name": f"+{row['msisdn']}",
        "status": row["status"],
        "startDate": f"{row['start_date'].isoformat()}T00:00:00Z",
        "lastUpdate": iso(row["last_update"]),
        "productOffering": {"id": tariff.id, "name": tariff.name},
        "billingAccount": {"id": public_id(ACCOUNT, row["account_id"]), "@referredType": "BillingAccount"},
        "relatedParty": _parties(row),
        "realizingResource": [
            {
                "id": public_id(NUMBER, row["number_id"] or row["id"]),
                "@referredType": "LogicalResource",
                "value": row["msisdn"],
            },
            {
                "id": public_id(SIM, row["sim_id"] or row["id"]),
                "@referredType": "PhysicalResource",
                "value": row["iccid"],
            },
        ],
        "productCharacteristic": _characteristics(row),
        "@type": "Product",
    }


def _parties(row: dict[str, Any]) -> list[dict[str, Any]]:
    owner = public_id(ORGANIZATION, row["organization_id"])
    parties = [{"id": owner, "role": "customer", "@referredType": "Organization"}]
    if row["employee_id"] is not None:
        user = public_id(EMPLOYEE, row["employee_id"])
        parties.append(
            {"id": user, "name": row["employee_name"], "role": "user", "@referredType": "Individual"}
        )
    return parties


def _characteristics(row: dict[str, Any]) -> list[dict[str, Any]]:
    items = [
        {"name": "msisdn", "value": row["msisdn"]},
        {"name": "iccid", "value": row["iccid"]},
        {"name": "spentThisMonth", "value": str(row["spent"])},
        {"name": "lastActivity", "value": row["last_activity"].isoformat()},
    ]
    for shown in SHOWN:
        items += [{"name": name, "value": value} for name, value in shown(row).items()]
    kept = {**DEFAULTS, **(row["characteristics"] or {})}
    items += [{"name": name, "value": value} for name, value in kept.items()]
    return items


def order_item(key: str, state: str, reason: str | None) -> dict[str, Any]:
    """An item as it stands in an answer and in an event."""
    view: dict[str, Any] = {"id": key, "action": "modify", "state": state}
    if reason is not None:
        view["statusReason"] = {"code": reason, "message": REASONS[reason]}
    return view

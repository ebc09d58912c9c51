"""What changes, as parts of a TMF637 product: attributes of its own and characteristics."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from operators.changes import Change, InvoiceDelivery, Limit

STATUSES = {"active": "active", "blocked": "suspended"}


def _limit(limit: Limit | None) -> dict[str, Any] | None:
    if limit is None:
        return None
    return {"amount": str(limit.amount), "unit": "RUB", "period": limit.period, "warnAt": limit.warn}


def _delivery(delivery: InvoiceDelivery) -> dict[str, Any]:
    return {"channel": delivery.channel, "address": delivery.address}


def _as_it_is(value: str) -> str:
    return value


Writer = Callable[[Any], Any]
ATTRIBUTES: Mapping[str, tuple[str, Writer]] = {
    "state": ("status", lambda state: STATUSES[state]),
    "tariff": ("productOffering", lambda tariff: {"id": tariff}),
}
"""What is an attribute of the product: our name, its name there, its value there."""
CHARACTERISTICS: Mapping[str, tuple[str, Writer]] = {
    "block_reason": ("blockReason", _as_it_is),
    "effective": ("effective", _as_it_is),
    "limit": ("spendingLimit", _limit),
    "iccid": ("iccid", _as_it_is),
    "msisdn": ("msisdn", _as_it_is),
    "delivery": ("invoiceDelivery", _delivery),
}
"""What is one of its characteristics: our name, its name there, its value there."""


def product_of(change: Change) -> dict[str, Any]:
    """What changes, as a part of a product."""
    product: dict[str, Any] = {}
    characteristics = []
    for name, value in change.attributes():
        if name in ATTRIBUTES:
            theirs, write = ATTRIBUTES[name]
            product[theirs] = write(value)
        else:
            theirs, write = CHARACTERISTICS[name]
            characteristics.append({"name": theirs, "value": write(value)})
    if characteristics:
        product["productCharacteristic"] = characteristics
    return product

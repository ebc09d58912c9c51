"""The attributes of operators/changes.py in a TMF637 product: written into orders and read from products.

What RULES does not name is a characteristic of the product: its name in camelCase, its value as
operators/tmf/characteristics.py writes and reads it. A rule says only what is different.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, get_type_hints

from operators import fields
from operators.changes import NAMES, Change, InvoiceDelivery, Limit, LineAttributes
from operators.fields import Unfit, clean, get_id, get_object, objects
from operators.tmf.characteristics import camel_case, reader, written

Body = dict[str, Any]
"""A product of TMF637, or an account of TMF666 where the attribute is one of accounts."""
Characteristics = Mapping[str, Any]
"""Values of a product's characteristics by their names."""

MSISDN = re.compile(r"[1-9][0-9]{9,14}")
ICCID = re.compile(r"[0-9]{18,22}")
PERIODS = ("day", "month")
STATUSES = {"active": "active", "blocked": "suspended"}
STATES = {
    "active": "active",
    "pendingTerminate": "active",
    "suspended": "blocked",
    "terminated": "terminated",
    "cancelled": "terminated",
    "aborted": "terminated",  # the enumeration of TMF637 has it with a blank at its end
}
INVOICE_DELIVERY = "invoiceDelivery"
ADDRESSES = {"email": "emailAddress", "paper": "street1", "edo": "edoId"}
"""Which characteristic of a contact's medium has the address of a channel; channels are called as we call them."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One attribute: `name` at the operator, `write` makes the value there, `read` ours, None where there is none.

    `read` gets the whole body and its characteristics and raises operators.fields.Unfit. Where `is_characteristic` is
    False, the name is that of an attribute of the product itself.
    """

    name: str = ""
    write: Callable[[Any], Any] = written
    read: Callable[[Body, Characteristics], Any] | None = None
    is_characteristic: bool = True


def _state(body: Body, _characteristics: Characteristics) -> str:
    status = fields.text(body, "status")
    if status not in STATES:
        raise Unfit(f"status {status[:30]!r} is not that of a line in service")
    return STATES[status]


def _block_reason(body: Body, characteristics: Characteristics) -> str | None:
    is_blocked = _state(body, characteristics) == "blocked"
    return fields.text(dict(characteristics), "blockReason") or None if is_blocked else None


def _tariff(body: Body, _characteristics: Characteristics) -> str:
    return get_id(get_object(body.get("productOffering"), "productOffering"))


def _written_limit(limit: Limit | None) -> Body | None:
    if limit is None:
        return None
    return {"amount": str(limit.amount), "unit": "RUB", "period": limit.period, "warnAt": limit.warn}


def _limit(_body: Body, characteristics: Characteristics) -> Limit | None:
    value = characteristics.get("spendingLimit")
    if value is None:
        return None
    limit = get_object(value, "spendingLimit")
    period, warn = limit.get("period", "month"), limit.get("warnAt")
    if period not in PERIODS:
        raise Unfit("the period of the limit is neither day nor month")
    if warn is not None and (isinstance(warn, bool) or not isinstance(warn, int) or not 0 <= warn <= 100):
        raise Unfit("the warning of the limit is not a percentage")
    if limit.get("unit", "RUB") != "RUB":
        raise Unfit("the limit is not in RUB")
    return Limit(fields.amount(limit.get("amount"), "the limit"), period, warn)


def _iccid(_body: Body, characteristics: Characteristics) -> str:
    return digits(characteristics.get("iccid"), ICCID, "the ICCID")


def _msisdn(body: Body, characteristics: Characteristics) -> str:
    return digits(characteristics.get("msisdn") or body.get("name"), MSISDN, "the number")


def _delivery(body: Body, _characteristics: Characteristics) -> InvoiceDelivery | None:
    """The delivery of invoices; an address that does not fit is none, for the account counts without it too."""
    for contact in objects(body.get("contact")):
        if contact.get("contactType") != INVOICE_DELIVERY:
            continue
        for medium in objects(contact.get("contactMedium")):
            channel, values = medium.get("mediumType"), medium.get("characteristic")
            if isinstance(channel, str) and channel in ADDRESSES and isinstance(values, dict):
                address = values.get(ADDRESSES[channel])
                if isinstance(address, str) and clean(address):
                    return InvoiceDelivery(channel, clean(address))
    return None


RULES: Mapping[str, Rule] = {
    "state": Rule("status", lambda state: STATUSES[state], _state, is_characteristic=False),
    "block_reason": Rule(read=_block_reason),
    "tariff": Rule("productOffering", lambda tariff: {"id": tariff}, _tariff, is_characteristic=False),
    "limit": Rule("spendingLimit", _written_limit, _limit),
    "iccid": Rule(read=_iccid),
    "msisdn": Rule(read=_msisdn),
    "delivery": Rule(INVOICE_DELIVERY, read=_delivery),
}
"""What is no characteristic of its own name, or is read under rules of its own."""


def rule_of(name: str, declared: Any = None) -> Rule:
    """The rule of an attribute with what it leaves out: its own name, and how its declared type is read."""
    rule = RULES.get(name, Rule())
    rule = replace(rule, name=rule.name or camel_case(name))
    if rule.read is not None or declared is None:
        return rule
    read, key = reader(declared), rule.name
    return replace(rule, read=lambda _body, characteristics: read(characteristics.get(key), key))


WRITTEN: Mapping[str, Rule] = {name: rule_of(name) for name in NAMES}
READ: Mapping[str, Rule] = {
    name: rule_of(name, declared) for name, declared in get_type_hints(LineAttributes).items()
}


def product_of(change: Change) -> Body:
    """The changes as a part of a product."""
    product: Body = {}
    characteristics = []
    for name, value in change.attributes():
        rule = WRITTEN[name]
        if rule.is_characteristic:
            characteristics.append({"name": rule.name, "value": rule.write(value)})
        else:
            product[rule.name] = rule.write(value)
    if characteristics:
        product["productCharacteristic"] = characteristics
    return product


def read_line(body: Body, characteristics: Characteristics) -> dict[str, Any]:
    """The attributes of a line as a product shows them, by our names; raises operators.fields.Unfit."""
    return {name: rule.read(body, characteristics) for name, rule in READ.items() if rule.read is not None}


def read_delivery(account: Body) -> InvoiceDelivery | None:
    """The delivery of the invoices of a billing account (TMF666)."""
    return _delivery(account, {})


def digits(value: Any, pattern: re.Pattern[str], name: str) -> str:
    """The digits of a number that may begin with a plus; raises operators.fields.Unfit."""
    number = value.removeprefix("+") if isinstance(value, str) else ""
    if not pattern.fullmatch(number):
        raise Unfit(f"{name} is not one")
    return number

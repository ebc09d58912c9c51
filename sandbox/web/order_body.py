"""Reads the body of a product order and finds everything that is wrong with it at once."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from http import HTTPStatus
from typing import Any

from sandbox.moments import find_moment
from sandbox.rules import Kind
from sandbox.web.errors import ApiError, bad_request

MAX_ITEMS = 1_000
MAX_TEXT = 200
MAX_PROBLEMS = 50
BLOCK_REASONS = ("voluntary", "lost", "company")
PERIODS = ("day", "month")
EFFECTIVE = ("now", "nextPeriod")


class Wrong(ValueError):
    """One thing that is wrong with an item."""


@dataclass(frozen=True, slots=True)
class ItemBody:
    """One line of an order; `args` are what the kind of change needs."""

    external_id: str
    product: str
    kind: Kind
    args: dict[str, Any]


@dataclass(frozen=True, slots=True)
class OrderBody:
    """An order that may be accepted."""

    external_id: str | None
    category: str | None
    description: str | None
    customer: str
    start: datetime | None
    items: list[ItemBody]


def read_order(body: dict[str, Any]) -> OrderBody:
    """The order in a body, or 400 (413 with too many items)."""
    problems: list[str] = []
    texts = {name: _text(body, name, problems) for name in ("externalId", "category", "description")}
    customer = _customer(body.get("relatedParty"), problems)
    start = _start(body.get("requestedStartDate"), problems)
    items = _items(body.get("productOrderItem"), problems)
    if problems:
        more = len(problems) - MAX_PROBLEMS
        raise bad_request(problems[:MAX_PROBLEMS] + ([f"And {more} more."] if more > 0 else []))
    return OrderBody(texts["externalId"], texts["category"], texts["description"], customer, start, items)


def _text(body: dict[str, Any], name: str, problems: list[str]) -> str | None:
    value = body.get(name)
    if value is not None and not (value == "" or _is_text(value)):
        problems.append(f"{name}: a text of at most {MAX_TEXT} characters is expected.")
        return None
    return value or None


def _is_text(value: Any) -> bool:
    # Printable leaves out what a database or JSON cannot carry: NUL and halves of surrogate pairs.
    return isinstance(value, str) and 0 < len(value) <= MAX_TEXT and value.replace("\n", " ").isprintable()


def _customer(value: Any, problems: list[str]) -> str:
    for party in value if isinstance(value, list) else []:
        if isinstance(party, dict) and party.get("role") == "customer" and _is_text(party.get("id")):
            return str(party["id"])
    problems.append('relatedParty: one party with an id and the role "customer" is expected.')
    return ""


def _start(value: Any, problems: list[str]) -> datetime | None:
    if value is None:
        return None
    moment = find_moment(value) if isinstance(value, str) else None
    if moment is None:
        problems.append("requestedStartDate: a moment such as 2026-01-31T09:00:00Z is expected.")
    return moment


def _items(value: Any, problems: list[str]) -> list[ItemBody]:
    if not isinstance(value, list) or not value:
        problems.append("productOrderItem: a list with at least one item is expected.")
        return []
    if len(value) > MAX_ITEMS:
        raise ApiError(
            HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
            "Too many items",
            f"productOrderItem: at most {MAX_ITEMS} items are taken, {len(value)} came.",
        )
    found: list[ItemBody] = []
    seen: set[str] = set()
    for place, raw in enumerate(value):
        try:
            item = _item(raw)
            if item.external_id in seen:
                raise Wrong(f"id {item.external_id!r} stands in this order twice.")
        except Wrong as wrong:
            problems.append(f"productOrderItem[{place}]: {wrong}")
            continue
        seen.add(item.external_id)
        found.append(item)
    return found


def _item(raw: Any) -> ItemBody:
    if not isinstance(raw, dict):
        raise Wrong("an object is expected.")
    key, product = raw.get("id"), raw.get("product")
    if not isinstance(key, str) or not _is_text(key):
        raise Wrong(f"id: a text of 1 to {MAX_TEXT} characters is expected.")
    if raw.get("action") != "modify":
        raise Wrong('action: only "modify" is taken.')
    if raw.get("quantity", 1) != 1:
        raise Wrong("quantity: 1 is expected.")
    if not isinstance(product, dict):
        raise Wrong("product: an object is expected.")
    reference = product.get("id")
    if not isinstance(reference, str) or not _is_text(reference):
        raise Wrong("product.id: a text is expected.")
    kind, args = _change(product)
    return ItemBody(key, reference, kind, args)


def _change(product: dict[str, Any]) -> tuple[Kind, dict[str, Any]]:
    values = _characteristics(product.get("productCharacteristic", []))
    asked: list[str] = [name for name in ("status", "productOffering") if name in product]
    asked += [name for name in ("spendingLimit", "iccid", "msisdn") if name in values]
    if len(asked) != 1:
        raise Wrong(
            "product: exactly one of status, productOffering, spendingLimit, iccid and msisdn is expected."
        )
    if asked[0] in ("iccid", "msisdn"):
        return _swap(asked[0], values[asked[0]])
    if asked[0] == "spendingLimit":
        limit = values["spendingLimit"]
        return (Kind.REMOVE_LIMIT, {}) if limit is None else (Kind.SET_LIMIT, {"limit": _limit(limit)})
    if asked[0] == "productOffering":
        return Kind.CHANGE_TARIFF, _tariff(product["productOffering"], values)
    if product["status"] == "active":
        return Kind.UNBLOCK, {}
    if product["status"] != "suspended":
        raise Wrong('product.status: "suspended" or "active" is expected.')
    reason = values.get("blockReason", "voluntary")
    if reason not in BLOCK_REASONS:
        raise Wrong("blockReason: one of " + ", ".join(BLOCK_REASONS) + " is expected.")
    return Kind.BLOCK, {"reason": reason}


def _swap(name: str, value: Any) -> tuple[Kind, dict[str, Any]]:
    # Whether there is such a card or number is asked of the single item, not of the whole order.
    if not isinstance(value, str) or not _is_text(value):
        raise Wrong(f"{name}: a text is expected.")
    kind = Kind.REPLACE_SIM if name == "iccid" else Kind.CHANGE_NUMBER
    return kind, {name: value.removeprefix("+")}


def _characteristics(value: Any) -> dict[str, Any]:
    if not isinstance(value, list):
        raise Wrong("product.productCharacteristic: a list is expected.")
    found: dict[str, Any] = {}
    for item in value:
        if not isinstance(item, dict) or not isinstance(item.get("name"), str) or "value" not in item:
            raise Wrong("product.productCharacteristic: name and value are expected in each.")
        found[item["name"]] = item["value"]
    return found


def _tariff(offering: Any, values: dict[str, Any]) -> dict[str, Any]:
    if not isinstance(offering, dict) or not _is_text(offering.get("id")):
        raise Wrong("product.productOffering.id: a text is expected.")
    effective = values.get("effective", "now")
    if effective not in EFFECTIVE:
        raise Wrong("effective: now or nextPeriod is expected.")
    return {"tariff": offering["id"], "effective": effective}


def _limit(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise Wrong("spendingLimit: an object or null is expected.")
    try:
        amount = Decimal(str(value.get("amount")))
    except InvalidOperation as error:
        raise Wrong("spendingLimit.amount: a decimal number is expected.") from error
    # Compared only when finite: NaN cannot be ordered.
    if not amount.is_finite() or not 0 < amount < 10**9 or amount != round(amount, 2):
        raise Wrong("spendingLimit.amount: above zero and with at most two decimals is expected.")
    if value.get("unit", "RUB") != "RUB":
        raise Wrong("spendingLimit.unit: RUB is expected.")
    if value.get("period", "month") not in PERIODS:
        raise Wrong("spendingLimit.period: day or month is expected.")
    warn = value.get("warnAt", 80)
    if warn is not None and (isinstance(warn, bool) or not isinstance(warn, int) or not 1 <= warn <= 100):
        raise Wrong("spendingLimit.warnAt: percents from 1 to 100 are expected.")
    return {"amount": f"{amount:.2f}", "unit": "RUB", "period": value.get("period", "month"), "warnAt": warn}

"""Reads the body of a product order and finds everything that is wrong with it at once."""

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any

from sandbox.lookup import read_change
from sandbox.moments import find_moment
from sandbox.operations.operation import MAX_TEXT, Args, SandboxOperation, Unfit, is_text
from sandbox.targets.accounts import ACCOUNTS
from sandbox.targets.lines import LINES
from sandbox.web.errors import ApiError, bad_request

MAX_ITEMS = 1_000
MAX_PROBLEMS = 50


@dataclass(frozen=True, slots=True)
class ItemBody:
    """One item of an order: what it asks for, and the public id of the thing that it asks it for."""

    external_id: str
    reference: str
    operation: SandboxOperation[Any]
    args: Args


@dataclass(frozen=True, slots=True)
class OrderBody:
    """An order that may be accepted."""

    external_id: str | None
    category: str | None
    description: str | None
    customer: str
    start: datetime | None
    valid_until: datetime | None
    items: list[ItemBody]


def read_order(body: dict[str, Any]) -> OrderBody:
    """The order in a body, or 400 (413 with too many items)."""
    problems: list[str] = []
    texts = {name: _text(body, name, problems) for name in ("externalId", "category", "description")}
    customer = _customer(body.get("relatedParty"), problems)
    start = _moment(body, "requestedStartDate", problems)
    valid_until = _moment(body, "requestedCompletionDate", problems)
    items = _items(body.get("productOrderItem"), problems)
    if problems:
        more = len(problems) - MAX_PROBLEMS
        raise bad_request(problems[:MAX_PROBLEMS] + ([f"And {more} more."] if more > 0 else []))
    return OrderBody(
        texts["externalId"], texts["category"], texts["description"], customer, start, valid_until, items
    )


def _text(body: dict[str, Any], name: str, problems: list[str]) -> str | None:
    value = body.get(name)
    if value is not None and not (value == "" or is_text(value)):
        problems.append(f"{name}: a text of at most {MAX_TEXT} characters is expected.")
        return None
    return value or None


def _customer(value: Any, problems: list[str]) -> str:
    for party in value if isinstance(value, list) else []:
        if isinstance(party, dict) and party.get("role") == "customer" and is_text(party.get("id")):
            return str(party["id"])
    problems.append('relatedParty: one party with an id and the role "customer" is expected.')
    return ""


def _moment(body: dict[str, Any], name: str, problems: list[str]) -> datetime | None:
    value = body.get(name)
    if value is None:
        return None
    moment = find_moment(value) if isinstance(value, str) else None
    if moment is None:
        problems.append(f"{name}: a moment such as 2026-01-31T09:00:00Z is expected.")
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
    items: list[ItemBody] = []
    seen: set[str] = set()
    for place, raw in enumerate(value):
        try:
            item = _item(raw)
            if item.external_id in seen:
                raise Unfit(f"id {item.external_id!r} stands in this order twice.")
        except Unfit as problem:
            problems.append(f"productOrderItem[{place}]: {problem}")
            continue
        seen.add(item.external_id)
        items.append(item)
    return items


def _item(raw: Any) -> ItemBody:
    if not isinstance(raw, dict):
        raise Unfit("an object is expected.")
    key, product = raw.get("id"), raw.get("product")
    if not isinstance(key, str) or not is_text(key):
        raise Unfit(f"id: a text of 1 to {MAX_TEXT} characters is expected.")
    if raw.get("action") != "modify":
        raise Unfit('action: only "modify" is taken.')
    if raw.get("quantity", 1) != 1:
        raise Unfit("quantity: 1 is expected.")
    if not isinstance(product, dict):
        raise Unfit("product: an object is expected.")
    # An account is ordered for by an item without a line; beside a line it only says what the line is paid from.
    target = ACCOUNTS if "billingAccount" in raw and "id" not in product else LINES
    subject = raw[target.field]
    reference = subject.get("id") if isinstance(subject, dict) else None
    if not isinstance(reference, str) or not is_text(reference):
        raise Unfit(f"{target.field}.id: a text is expected.")
    operation, args = read_change(target, product)
    return ItemBody(key, reference, operation, args)

"""Our orders as TMF622 bodies, and the operator's answers as ours."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from operators.fields import Unfit, clean, find_id, get_id, get_object, objects
from operators.http import Reply
from operators.port import (
    ANY_REASON,
    Accepted,
    Answer,
    LineOutcome,
    Order,
    OrderLine,
    Outcome,
    Product,
    Rejected,
    Retry,
    Unknown,
)
from operators.tmf.attributes import product_of
from operators.tmf.characteristics import snake_case

REASONS = {
    "alreadySuspended": "already_blocked",
    "alreadyActive": "not_blocked",
    "limitNotSet": "no_limit",
    "lineSuspended": "blocked",
    "unknownProduct": "unknown_line",
    "accountNotFound": "unknown_account",
    "sameDeliveryAddress": "same_delivery",
}
"""Codes of the operator that we call otherwise. Any other is ours in snake_case; what a line's operation does not know
under that name, the engine takes as a refusal without a reason."""
REASON_CODE = re.compile(r"[a-z][A-Za-z0-9]{0,59}")
OUTCOMES = {
    "completed": Outcome.DONE,
    "rejected": Outcome.REFUSED,
    "failed": Outcome.FAILED,
    "cancelled": Outcome.FAILED,  # the operator took it back without judging it: it may be ordered anew
}
ENDED = ("completed", "failed", "rejected", "partial", "cancelled")
"""States of an order after which none of its items changes any more (TMF622)."""
REJECTIONS = (400, 409, 413, 422)
UNSURE = (408, 500, 502, 503, 504)
"""A proxy says 503 also of a request that had already reached the operator: look it up."""
BUSY_SECONDS = 1.0
MISCONFIGURED_SECONDS = 30.0


def body_of(order: Order) -> dict[str, Any]:
    """The body of POST productOrder."""
    # Mostly it is one change for all lines: what it says is built once.
    changes = {id(line.change): line.change for line in order.lines}
    products = {key: product_of(change) for key, change in changes.items()}
    body = {
        "externalId": order.key,
        "category": order.category,
        "description": f"{order.category}: {len(order.lines)}",
        "relatedParty": [{"id": order.party_id, "role": "customer", "@referredType": "Organization"}],
        "productOrderItem": [_item(line, products[id(line.change)]) for line in order.lines],
        "@type": "ProductOrder",
    }
    if order.valid_until is not None:
        body["requestedCompletionDate"] = order.valid_until.isoformat(timespec="milliseconds")
    return body


def _item(line: OrderLine, product: dict[str, Any]) -> dict[str, Any]:
    key, target = line.external_id, line.target
    if isinstance(target, Product):
        changed = {"id": target.id, **product}
        return {"id": key, "action": "modify", "quantity": 1, "product": changed}
    account = {"id": target.id}
    return {"id": key, "action": "modify", "quantity": 1, "billingAccount": account, "product": product}


def answer_to_order(reply: Reply) -> Answer:
    """The meaning of a reply to POST productOrder; the table stands in docs/operator.md."""
    status = reply.status
    if reply.is_ok:
        try:
            return accepted(get_object(reply.body, "the answer"))
        except Unfit as problem:
            return Unknown(f"http {status}: {problem}")
    if status in REJECTIONS:
        return Rejected(*_error(reply.body))
    if status == 429:
        return Retry(_pause(reply, BUSY_SECONDS), "http 429", is_turn=reply.retry_after is not None)
    if status in UNSURE or status >= 500:
        return Unknown(f"http {status}")
    # A wrong token or address is our fault, not the lines': they wait until somebody has mended it.
    return Retry(_pause(reply, MISCONFIGURED_SECONDS), f"http {status}")


def _pause(reply: Reply, otherwise: float) -> float:
    return otherwise if reply.retry_after is None else reply.retry_after


def _error(body: Any) -> tuple[str, str]:
    """Our reason and the operator's text from a TM Forum Error."""
    error = body if isinstance(body, dict) else {}
    return reason_of(error.get("code")), _text(error.get("message")) or _text(error.get("reason"))


def accepted(order: dict[str, Any]) -> Accepted:
    """An order as the operator shows it; raises Unfit where it has no id."""
    return Accepted(get_id(order), outcomes(order), str(order.get("state")) in ENDED)


def outcomes(order: dict[str, Any]) -> Sequence[LineOutcome]:
    """The outcome of each item; items without an id are left out, since nobody could say whose they are."""
    is_done = order.get("state") == "completed"
    items = [item for item in objects(order.get("productOrderItem")) if find_id(item)]
    # "Completed" is said of an order of which every item is: then an item may leave its own state out.
    return [outcome({"state": "completed", **item} if is_done else item) for item in items]


def outcome(item: dict[str, Any]) -> LineOutcome:
    """One item: an unheard-of state counts as open, and is asked about again."""
    state = OUTCOMES.get(str(item.get("state")), Outcome.OPEN)
    key = find_id(item)
    if state in (Outcome.OPEN, Outcome.DONE):
        return LineOutcome(key, state)
    raw_reason = item.get("statusReason")
    status_reason = raw_reason if isinstance(raw_reason, dict) else {}
    code = status_reason.get("code")
    unsaid = "technical" if state is Outcome.FAILED else ANY_REASON
    reason = unsaid if code is None else reason_of(code)
    return LineOutcome(key, state, reason, _text(status_reason.get("message")))


def reason_of(code: Any) -> str:
    """Our code for the operator's; `operator_refused` for what is no code."""
    if not isinstance(code, str) or not REASON_CODE.fullmatch(code):
        return ANY_REASON
    return REASONS.get(code) or snake_case(code)


def _text(value: Any) -> str:
    return clean(value) if isinstance(value, str) else ""

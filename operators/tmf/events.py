"""Events that the operator sends to our callback: whether they are genuine, and what they say."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput
from core.i18n import N_
from operators.gateway import LineOutcome
from operators.records import LineData
from operators.tmf import parse
from operators.tmf.fields import Unfit, clean, get_id, get_object
from operators.tmf.orders import outcomes

TIMESTAMP_HEADER = "X-Event-Timestamp"
SIGNATURE_HEADER = "X-Event-Signature"
TOLERANCE = timedelta(minutes=5)
ORDER_EVENT = "ProductOrderStateChangeEvent"
LINE_EVENTS = ("ProductStateChangeEvent", "ProductAttributeValueChangeEvent", "ProductCreateEvent")


@dataclass(frozen=True)
class OrderEvent:
    """An order moved on: `key` is our external id of it, `lines` the items that the event tells of."""

    event_id: str
    key: str
    order_id: str
    lines: Sequence[LineOutcome]


@dataclass(frozen=True)
class LineEvent:
    """A line changed outside any order of ours."""

    event_id: str
    line: LineData


@dataclass(frozen=True)
class OtherEvent:
    """An event that we take and do nothing about."""

    event_id: str
    event_type: str


Event = OrderEvent | LineEvent | OtherEvent


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of an event: "sha256=" and the HMAC of the timestamp, a dot and the body."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return "sha256=" + digest.hexdigest()


def is_genuine(secret: str, timestamp: str | None, signature: str | None, body: bytes, now: datetime) -> bool:
    """Whether the sender knows our secret and sent this within five minutes; without a secret nothing is."""
    if not secret or not timestamp or not signature:
        return False
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return False
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return False
    expected = sign(secret, timestamp, body)
    return hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace"))


def parse_event(body: bytes) -> Event:
    """What an event says; raises InvalidInput where it does not fit."""
    try:
        envelope = get_object(json.loads(body, parse_float=Decimal), "the event")
        event_type = envelope.get("eventType")
        event_id = clean(str(envelope.get("eventId", "")))
        if event_type == ORDER_EVENT:
            return _order_event(event_id, get_object(envelope.get("event"), "event"))
        if event_type in LINE_EVENTS:
            product = get_object(envelope.get("event"), "event").get("product")
            return LineEvent(event_id, parse.line(get_object(product, "event.product")))
    except (ValueError, RecursionError) as problem:  # Unfit is a ValueError, as is broken JSON
        what = str(problem) if isinstance(problem, Unfit) else "not JSON"
        raise InvalidInput(N_("The event cannot be read."), code="bad_event", what=what) from problem
    return OtherEvent(event_id, clean(str(event_type)))


def _order_event(event_id: str, event: dict[str, Any]) -> OrderEvent:
    order = get_object(event.get("productOrder"), "event.productOrder")
    key = get_id(order, "externalId") if order.get("externalId") is not None else ""
    return OrderEvent(event_id, key, get_id(order), outcomes(order))

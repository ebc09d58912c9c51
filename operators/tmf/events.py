"""Events that the operator sends to our callback: whether they are genuine, and what they say."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from core.errors import InvalidInput
from core.i18n import N_
from operators.fields import Unfit, clean, get_id, get_object
from operators.port import Disbelief, Event, EventRefused, LineEvent, OrderEvent, OtherEvent
from operators.tmf import parse
from operators.tmf.orders import outcomes

TIMESTAMP_HEADER = "X-Event-Timestamp"
SIGNATURE_HEADER = "X-Event-Signature"
TOLERANCE = timedelta(minutes=5)
ORDER_EVENT = "ProductOrderStateChangeEvent"
LINE_EVENTS = ("ProductStateChangeEvent", "ProductAttributeValueChangeEvent", "ProductCreateEvent")


def sign(secret: str, timestamp: str, body: bytes) -> str:
    """The signature of an event: "sha256=" and the HMAC of the timestamp, a dot and the body."""
    digest = hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256)
    return "sha256=" + digest.hexdigest()


def read_event(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> Event | EventRefused:
    """The event, or the reason why it is not believed; names of headers are in lower case. Raises InvalidInput."""
    timestamp, signature = (headers.get(name.lower(), "") for name in (TIMESTAMP_HEADER, SIGNATURE_HEADER))
    why = disbelief(secret, timestamp, signature, body, now)
    return parse_event(body) if why is None else EventRefused(why)


def disbelief(secret: str, timestamp: str, signature: str, body: bytes, now: datetime) -> Disbelief | None:
    """The reason why an event is not believed; None where its sender knows our secret and sent it within five minutes.

    Without a secret nothing is believed.
    """
    if not secret or not signature:
        return Disbelief.BAD_SIGNATURE
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
        return Disbelief.BAD_SIGNATURE
    expected = sign(secret, timestamp, body)
    if not hmac.compare_digest(expected.encode(), signature.encode("utf-8", "replace")):
        return Disbelief.BAD_SIGNATURE
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE.total_seconds():
        return Disbelief.TOO_OLD
    return None


def parse_event(body: bytes) -> Event:
    """The content of an event; raises InvalidInput where it does not fit."""
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
        reason = str(problem) if isinstance(problem, Unfit) else "not JSON"
        raise InvalidInput(N_("The event cannot be read."), code="bad_event", what=reason) from problem
    return OtherEvent(event_id, clean(str(event_type)))


def _order_event(event_id: str, event: dict[str, Any]) -> OrderEvent:
    order = get_object(event.get("productOrder"), "event.productOrder")
    key = get_id(order, "externalId") if order.get("externalId") is not None else ""
    return OrderEvent(event_id, key, get_id(order), outcomes(order))

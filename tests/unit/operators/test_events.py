"""Events are believed only with the right signature and a fresh timestamp, and read without guessing."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from operators.port import (
    Disbelief,
    EventRefused,
    LineEvent,
    LineOutcome,
    OrderEvent,
    OtherEvent,
    Outcome,
)
from operators.tmf.events import parse_event, read_event, sign
from tests.unit.operators.test_parse import LINE, PRODUCT

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
STAMP = str(int(NOW.timestamp()))
BODY = '{"eventType":"Привет"}'.encode()
GOOD = sign("secret", STAMP, BODY)


def is_genuine(secret: str, stamp: str | None, signature: str | None, body: bytes, now: datetime) -> bool:
    """Whether this is believed; None leaves a header out."""
    given = {"x-event-timestamp": stamp, "x-event-signature": signature}
    headers = {name: value for name, value in given.items() if value is not None}
    try:
        return not isinstance(read_event(secret, headers, body, now), EventRefused)
    except InvalidInput:
        return True


def test_the_right_signature_is_genuine() -> None:
    assert is_genuine("secret", STAMP, GOOD, BODY, NOW)


def test_the_signature_is_the_agreed_one() -> None:
    # HMAC-SHA256 of "1.{}" under "secret", as the openssl command works it out.
    assert sign("secret", "1", b"{}") == (
        "sha256=1122767b193110cfec322b6f199b599edbf608ed087f2d27afb0b97d99523908"
    )


@pytest.mark.parametrize("seconds", [-301, 301, 86_400])
def test_an_old_or_early_event_is_not(seconds: int) -> None:
    assert not is_genuine("secret", STAMP, GOOD, BODY, NOW + timedelta(seconds=seconds))


def test_why_it_is_not_believed_is_told() -> None:
    headers = {"x-event-timestamp": STAMP, "x-event-signature": GOOD}
    late = NOW + timedelta(days=1)
    assert read_event("secret", headers, BODY, NOW) == OtherEvent("", "Привет")
    assert read_event("secret", headers, BODY, late) == EventRefused(Disbelief.TOO_OLD)
    assert read_event("other", headers, BODY, NOW) == EventRefused(Disbelief.BAD_SIGNATURE)
    assert read_event("other", headers, BODY, late) == EventRefused(Disbelief.BAD_SIGNATURE)


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_are_tolerated(seconds: int) -> None:
    assert is_genuine("secret", STAMP, GOOD, BODY, NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("secret", "stamp", "signature", "body"),
    [
        ("other", STAMP, GOOD, BODY),
        ("", STAMP, sign("", STAMP, BODY), BODY),
        ("secret", str(int(STAMP) + 1), GOOD, BODY),
        ("secret", None, GOOD, BODY),
        ("secret", STAMP, None, BODY),
        ("secret", STAMP, "", BODY),
        ("secret", STAMP, GOOD.removeprefix("sha256="), BODY),
        ("secret", STAMP, GOOD, BODY + b" "),
        ("secret", STAMP, "sha256=é\udc80", BODY),
        ("secret", "now", GOOD, BODY),
        ("secret", "-1", GOOD, BODY),
        ("secret", "9" * 30, GOOD, BODY),
        ("secret", "١٢٣", GOOD, BODY),
    ],
)
def test_anything_else_is_not(secret: str, stamp: str | None, signature: str | None, body: bytes) -> None:
    assert not is_genuine(secret, stamp, signature, body, NOW)


@given(st.text(max_size=30), st.text(max_size=80), st.binary(max_size=50))
def test_nobody_guesses_it(stamp: str, signature: str, body: bytes) -> None:
    assert not is_genuine("secret", stamp, signature, body, NOW)


def _event(event_type: str, event: Any) -> bytes:
    return json.dumps({"eventId": "e1", "eventType": event_type, "event": event}).encode()


def test_an_order_event() -> None:
    order = {
        "id": "R1",
        "externalId": "vm-7-abc",
        "state": "partial",
        "productOrderItem": [
            {"id": "7-1", "state": "completed"},
            {"id": "7-2", "state": "rejected", "statusReason": {"code": "alreadySuspended", "message": "m"}},
        ],
    }
    outcomes = [LineOutcome("7-1", Outcome.DONE), LineOutcome("7-2", Outcome.REFUSED, "already_blocked", "m")]
    body = _event("ProductOrderStateChangeEvent", {"productOrder": order})
    assert parse_event(body) == OrderEvent("e1", "vm-7-abc", "R1", outcomes)
    del order["externalId"]
    assert parse_event(_event("ProductOrderStateChangeEvent", {"productOrder": order})) == OrderEvent(
        "e1", "", "R1", outcomes
    )


def test_an_order_event_tells_of_accounts_too() -> None:
    items = [
        {"id": "9-0", "state": "completed", "billingAccount": {"id": "A1"}},
        {
            "id": "9-1",
            "state": "rejected",
            "billingAccount": {"id": "A2"},
            "statusReason": {"code": "accountClosed", "message": "m"},
        },
    ]
    order = {"id": "R2", "externalId": "vm-9-abc", "state": "partial", "productOrderItem": items}
    outcomes = [LineOutcome("9-0", Outcome.DONE), LineOutcome("9-1", Outcome.REFUSED, "account_closed", "m")]
    body = _event("ProductOrderStateChangeEvent", {"productOrder": order})
    assert parse_event(body) == OrderEvent("e1", "vm-9-abc", "R2", outcomes)


@pytest.mark.parametrize("name", ["ProductStateChangeEvent", "ProductAttributeValueChangeEvent"])
def test_a_line_event(name: str) -> None:
    assert parse_event(_event(name, {"product": PRODUCT})) == LineEvent("e1", LINE)


def test_an_event_of_another_kind_is_taken() -> None:
    assert parse_event(_event("CustomerBillCreateEvent", {})) == OtherEvent("e1", "CustomerBillCreateEvent")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"{",
        b"[" * 100_000,
        _event("ProductOrderStateChangeEvent", {}),
        _event("ProductOrderStateChangeEvent", {"productOrder": {"id": 1}}),
        _event("ProductOrderStateChangeEvent", None),
        _event("ProductStateChangeEvent", {"product": {"id": "P1"}}),
    ],
)
def test_what_cannot_be_read_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInput):
        parse_event(body)


@given(st.binary(max_size=60))
def test_no_body_breaks_it(body: bytes) -> None:
    try:
        parse_event(body)
    except InvalidInput as problem:
        assert problem.code == "bad_event"

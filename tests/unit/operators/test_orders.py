"""Orders become TMF622 bodies, and each of the operator's replies one of our answers."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operators.changes import NAMES, Change, InvoiceDelivery, Limit
from operators.http import Reply
from operators.port import (
    Accepted,
    Account,
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
from operators.tmf.attributes import RULES
from operators.tmf.orders import REASONS, answer_to_order, body_of, outcome

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=20), inner, max_size=4),
    max_leaves=12,
)


def _order(change: Change) -> Order:
    return Order("key", "C1", "block", [OrderLine("7-1", Product("P1"), change)])


@pytest.mark.parametrize(
    ("change", "product"),
    [
        (
            Change(state="blocked", block_reason="lost"),
            {
                "id": "P1",
                "status": "suspended",
                "productCharacteristic": [{"name": "blockReason", "value": "lost"}],
            },
        ),
        (Change(state="active"), {"id": "P1", "status": "active"}),
        (
            Change(limit=None),
            {"id": "P1", "productCharacteristic": [{"name": "spendingLimit", "value": None}]},
        ),
        (
            Change(tariff="T-M2M", effective="now"),
            {
                "id": "P1",
                "productOffering": {"id": "T-M2M"},
                "productCharacteristic": [{"name": "effective", "value": "now"}],
            },
        ),
    ],
)
def test_only_what_changes_is_ordered(change: Change, product: dict[str, Any]) -> None:
    body = body_of(_order(change))
    assert body["externalId"] == "key"
    assert body["relatedParty"][0]["id"] == "C1"
    assert body["productOrderItem"] == [{"id": "7-1", "action": "modify", "quantity": 1, "product": product}]


def test_one_order_changes_lines_and_accounts() -> None:
    limit = Change(limit=Limit(Decimal("500.00"), "month", 80))
    mail = Change(delivery=InvoiceDelivery("email", "accounts@example.org"))
    lines = [
        OrderLine("7-0", Product("P1"), limit),
        OrderLine("7-1", Account("A1"), mail),
        OrderLine("7-2", Account("A2"), Change(delivery=InvoiceDelivery("paper", "Москва, 7"))),
        OrderLine("7-3", Product("P2"), Change(iccid="8970")),
        OrderLine("7-4", Product("P3"), Change(msisdn="79")),
    ]
    items = body_of(Order("key", "C1", "mixed", lines))["productOrderItem"]
    values = {
        item["id"]: (
            item.get("billingAccount"),
            item["product"].get("id"),
            *((pair["name"], pair["value"]) for pair in item["product"]["productCharacteristic"]),
        )
        for item in items
    }
    assert values == {
        "7-0": (
            None,
            "P1",
            ("spendingLimit", {"amount": "500.00", "unit": "RUB", "period": "month", "warnAt": 80}),
        ),
        "7-1": (
            {"id": "A1"},
            None,
            ("invoiceDelivery", {"channel": "email", "address": "accounts@example.org"}),
        ),
        "7-2": ({"id": "A2"}, None, ("invoiceDelivery", {"channel": "paper", "address": "Москва, 7"})),
        "7-3": (None, "P2", ("iccid", "8970")),
        "7-4": (None, "P3", ("msisdn", "79")),
    }
    assert {(item["action"], item["quantity"]) for item in items} == {("modify", 1)}


def test_rules_are_for_attributes_that_there_are() -> None:
    assert set(RULES) <= set(NAMES)


def test_outcomes_of_accounts_are_read_as_those_of_lines() -> None:
    account = {"billingAccount": {"id": "A1"}}
    items = [
        {"id": "7-0", "state": "completed", **account},
        {"id": "7-1", "state": "rejected", "statusReason": {"code": "deliveryAddressUnfit"}, **account},
        {"id": "7-2", "state": "failed", "statusReason": {"code": "technical", "message": "x"}, **account},
    ]
    answer = answer_to_order(Reply(201, {"id": "R1", "state": "partial", "productOrderItem": items}, {}))
    assert answer == Accepted(
        "R1",
        [
            LineOutcome("7-0", Outcome.DONE),
            LineOutcome("7-1", Outcome.REFUSED, "delivery_address_unfit"),
            LineOutcome("7-2", Outcome.FAILED, "technical", "x"),
        ],
        is_final=True,
    )


@pytest.mark.parametrize(
    ("status", "headers", "answer"),
    [
        (429, {"retry-after": "0.05"}, Retry(0.05, "http 429", is_turn=True)),
        (429, {}, Retry(1.0, "http 429")),
        (429, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, Retry(1.0, "http 429")),
        (429, {"retry-after": "-5"}, Retry(1.0, "http 429")),
        (429, {"retry-after": "nan"}, Retry(1.0, "http 429")),
        (429, {"retry-after": "999999"}, Retry(3600.0, "http 429", is_turn=True)),
        (503, {"retry-after": "7"}, Unknown("http 503")),
        (401, {}, Retry(30.0, "http 401")),
        (404, {}, Retry(30.0, "http 404")),
        (302, {}, Retry(30.0, "http 302")),
        (408, {}, Unknown("http 408")),
        (500, {}, Unknown("http 500")),
        (502, {}, Unknown("http 502")),
        (504, {}, Unknown("http 504")),
        (520, {}, Unknown("http 520")),
        (400, {}, Rejected("operator_refused", "Nein")),
        (413, {}, Rejected("operator_refused", "Nein")),
        (422, {}, Rejected("operator_refused", "Nein")),
    ],
)
def test_replies_that_are_no_order(status: int, headers: dict[str, str], answer: Answer) -> None:
    assert answer_to_order(Reply(status, {"code": str(status), "message": "Nein"}, headers)) == answer


def test_a_rejection_keeps_a_reason_that_we_know() -> None:
    reply = Reply(422, {"code": "debt", "reason": "In arrears"}, {})
    assert answer_to_order(reply) == Rejected("debt", "In arrears")


def test_an_accepted_order_brings_its_outcomes() -> None:
    items = [
        {"id": "7-1", "state": "acknowledged"},
        {"id": "7-2", "state": "completed"},
        {"id": "7-3", "state": "rejected", "statusReason": {"code": "debt", "message": "Долг"}},
        {"id": "7-4", "state": "failed", "statusReason": {"code": "technical", "message": "x"}},
        {"id": "7-5", "state": "failed"},
        {"id": "7-6", "state": "rejected", "statusReason": {"code": "newCode", "message": "?"}},
        {"id": "7-7", "state": "levitating"},
        {"state": "completed"},
        "nonsense",
    ]
    answer = answer_to_order(Reply(201, {"id": "R1", "productOrderItem": items}, {}))
    assert answer == Accepted(
        "R1",
        [
            LineOutcome("7-1", Outcome.OPEN),
            LineOutcome("7-2", Outcome.DONE),
            LineOutcome("7-3", Outcome.REFUSED, "debt", "Долг"),
            LineOutcome("7-4", Outcome.FAILED, "technical", "x"),
            LineOutcome("7-5", Outcome.FAILED, "technical", ""),
            LineOutcome("7-6", Outcome.REFUSED, "new_code", "?"),
            LineOutcome("7-7", Outcome.OPEN),
        ],
    )


@pytest.mark.parametrize("body", [None, [], {}, {"id": 5}, {"id": ""}, "text"])
def test_a_success_that_names_no_order_is_unknown(body: Any) -> None:
    assert isinstance(answer_to_order(Reply(201, body, {})), Unknown)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        *REASONS.items(),
        ("sameForwarding", "same_forwarding"),
        ("debt", "debt"),
        ("not a code", "operator_refused"),
        ("x" * 61, "operator_refused"),
        ("404", "operator_refused"),
    ],
)
def test_every_reason_of_the_operator_is_one_of_ours(code: str, reason: str) -> None:
    item = {"id": "7-1", "state": "rejected", "statusReason": {"code": code}}
    assert outcome(item) == LineOutcome("7-1", Outcome.REFUSED, reason, "")


@given(st.integers(200, 599), JSON)
def test_no_body_breaks_the_reading_of_an_answer(status: int, body: Any) -> None:
    answer = answer_to_order(Reply(status, body, {}))
    assert isinstance(answer, Accepted | Rejected | Retry | Unknown)


@given(JSON)
def test_an_item_is_only_done_when_it_says_so(item: Any) -> None:
    order = {"id": "R1", "productOrderItem": [item, {"id": "x", "state": item, "statusReason": item}]}
    answer = answer_to_order(Reply(201, order, {}))
    assert isinstance(answer, Accepted)
    assert all(line.outcome == Outcome.OPEN for line in answer.lines if line.external_id == "x")


def test_a_reason_that_is_no_text_is_refused_plainly() -> None:
    item = {"id": "1", "state": "rejected", "statusReason": {"code": Decimal(1), "message": ["a"]}}
    assert outcome(item) == LineOutcome("1", Outcome.REFUSED, "operator_refused", "")

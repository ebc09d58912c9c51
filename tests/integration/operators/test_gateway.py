"""Orders reach the running operator exactly once, whatever goes wrong on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

import pytest

from operators.changes import Change, Limit
from operators.port import (
    Absent,
    Accepted,
    Away,
    Order,
    OrderLine,
    Outcome,
    Product,
    Rejected,
    Retry,
    Unknown,
)
from operators.records import LineData
from operators.tmf.gateway import TmfGateway
from operators.tmf.reading import TmfSource
from tests.integration.operators.conftest import Operator

BLOCK = Change(state="blocked", block_reason="lost")


@pytest.fixture
def lines(source: TmfSource) -> list[LineData]:
    party = next(iter(source.parties())).records[0]
    return [line for page in source.lines(party.id) for line in page.records]


def _order(key: str, lines: list[LineData], change: Change = BLOCK) -> Order:
    items = [OrderLine(f"{key}-{no}", Product(line.id), change) for no, line in enumerate(lines)]
    return Order(key, lines[0].party_id, "block", items)


def _settled(gateway: TmfGateway, key: str) -> Accepted:
    def final(answer: object) -> bool:
        return isinstance(answer, Accepted) and all(line.outcome != Outcome.OPEN for line in answer.lines)

    answer = _until(lambda: gateway.find(key), final)
    assert isinstance(answer, Accepted)
    return answer


def _until(ask: Callable[[], object], fits: Callable[[object], bool]) -> object:
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        answer = ask()
        if fits(answer):
            return answer
        time.sleep(0.05)
    raise AssertionError(f"still {answer}")


def _received(operator: Operator) -> int:
    return int(operator.admin("GET", "stats")["ordersReceived"])


def test_an_order_is_accepted_and_every_line_gets_its_outcome(
    operator: Operator, lines: list[LineData], source: TmfSource
) -> None:
    gateway = operator.gateway()
    answer = gateway.place(_order("run-1", lines))
    assert isinstance(answer, Accepted)
    assert [line.external_id for line in answer.lines] == [f"run-1-{no}" for no in range(len(lines))]
    settled = {line.external_id: line for line in _settled(gateway, "run-1").lines}
    for no, line in enumerate(lines):
        outcome = settled[f"run-1-{no}"]
        if line.state == "blocked":
            assert (outcome.outcome, outcome.reason) == (Outcome.REFUSED, "already_blocked")
            assert outcome.detail
        else:
            assert (outcome.outcome, outcome.reason) == (Outcome.DONE, "")
    first = source.find_line(lines[0].id)
    assert first is not None
    assert first.state == "blocked"
    by_id = gateway.find_order(answer.order_id)
    assert isinstance(by_id, Accepted)
    assert len(by_id.lines) == len(lines)
    assert isinstance(gateway.find_order("R0000009999"), Absent)


@pytest.mark.parametrize(
    "change",
    [
        Change(limit=Limit(Decimal("500.00"), "month", 80)),
        Change(tariff="T-M2M", effective="nextPeriod"),
        Change(state="active"),
        Change(limit=None),
    ],
)
def test_every_kind_of_change_is_understood(
    operator: Operator, lines: list[LineData], change: Change
) -> None:
    gateway = operator.gateway()
    assert isinstance(gateway.place(_order("kind", lines[:3], change)), Accepted)
    assert len(_settled(gateway, "kind").lines) == 3


def test_a_time_out_after_acceptance_is_unknown_and_then_found(
    operator: Operator, lines: list[LineData]
) -> None:
    operator.admin("PUT", "faults", {"timeoutAfterAcceptRate": 1.0, "timeoutSeconds": 30})
    gateway = operator.gateway(timeout=0.5)
    started = time.monotonic()
    assert isinstance(gateway.place(_order("lost-answer", lines)), Unknown)
    assert time.monotonic() - started < 5
    settled = _settled(operator.gateway(), "lost-answer")
    assert len(settled.lines) == len(lines)
    assert _received(operator) == 1


def test_a_connection_cut_after_acceptance_is_unknown(operator: Operator, lines: list[LineData]) -> None:
    operator.admin("PUT", "faults", {"timeoutAfterAcceptRate": 1.0, "timeoutSeconds": 0.05})
    assert isinstance(operator.gateway().place(_order("cut", lines)), Unknown)
    assert isinstance(operator.gateway().find("cut"), Accepted)


def test_an_error_is_unknown_and_then_not_found(operator: Operator, lines: list[LineData]) -> None:
    operator.admin("PUT", "faults", {"errorRate": 1.0})
    gateway = operator.gateway()
    assert gateway.place(_order("error", lines)) == Unknown("http 500")
    assert isinstance(gateway.find("error"), Away)
    operator.admin("DELETE", "faults")
    assert isinstance(gateway.find("error"), Absent)
    assert _received(operator) == 0


def test_an_outage_is_unknown_and_a_refused_connection_did_not_arrive(
    operator: Operator, lines: list[LineData]
) -> None:
    operator.admin("PUT", "faults", {"outageSeconds": 60})
    answer = operator.gateway().place(_order("outage", lines))
    assert answer == Unknown("http 503")
    operator.admin("DELETE", "faults")
    assert isinstance(operator.gateway().find("outage"), Absent)
    nobody = TmfGateway(Operator("http://127.0.0.1:9").client(), order_items=500, settle=1)
    assert isinstance(nobody.place(_order("nobody", lines)), Retry)
    assert isinstance(nobody.find("nobody"), Away)


def test_a_worker_that_was_held_up_sends_nothing_late(operator: Operator, lines: list[LineData]) -> None:
    gateway = operator.gateway()
    late = replace(_order("run-late", lines), send_by=time.monotonic() - 0.001)
    assert gateway.place(late) == Retry(0.0, "it was too late to send", is_turn=True)
    assert _received(operator) == 0
    assert isinstance(gateway.place(replace(late, send_by=time.monotonic() + 9)), Accepted)
    assert _received(operator) == 1


def test_the_limit_says_when_to_come_again(operator: Operator, lines: list[LineData]) -> None:
    operator.admin("PUT", "limit", {"requestsPerSecond": 2})
    gateway = operator.gateway()
    answers = [gateway.place(_order(f"limit-{no}", lines[:1])) for no in range(3)]
    refused = [answer for answer in answers if isinstance(answer, Retry)]
    assert refused
    assert all(0 < answer.after <= 0.5 for answer in refused)
    assert refused[0].why == "http 429"
    operator.admin("PUT", "limit", {"requestsPerSecond": 0})
    assert _received(operator) == len(answers) - len(refused)


def test_an_order_that_does_not_fit_is_rejected_as_a_whole(operator: Operator, lines: list[LineData]) -> None:
    answer = operator.gateway().place(
        _order("odd", lines, Change(state="blocked", block_reason="on holiday"))
    )
    assert isinstance(answer, Rejected)
    assert answer.reason == "operator_refused"
    assert "blockReason" in answer.detail
    wrong = TmfGateway(Operator(operator.url).client(), order_items=500, settle=1)
    wrong.client._headers["Authorization"] = "Bearer wrong"
    misconfigured = wrong.place(_order("wrong-token", lines))
    assert isinstance(misconfigured, Retry)
    assert misconfigured.why == "http 401"


def test_reading_goes_on_through_errors_and_the_limit(operator: Operator, lines: list[LineData]) -> None:
    operator.admin("PUT", "faults", {"errorRate": 0.4, "seed": 3})
    source = TmfSource(operator.client(sleep=lambda _seconds: None))
    assert len([line for page in source.lines(lines[0].party_id) for line in page.records]) == len(lines)
    operator.admin("DELETE", "faults")
    operator.admin("PUT", "limit", {"requestsPerSecond": 5})
    source = TmfSource(operator.client())
    for _ in range(4):
        assert source.find_line(lines[0].id) is not None

"""Orders in doubt: when "the operator knows none" is believed, and what "it is so already" then means."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from core import db
from core.tenancy import all_companies, company_scope
from operators.contact import Contact, answering_since
from operators.port import Absent, Accepted, Away, FoundOrder, LineOutcome, Order, Outcome, Retry, Unknown
from runs.engine import outcomes
from tests.integration.runs.conftest import RunHarness
from tests.integration.runs.test_lifecycle import states
from tests.integration.runs.test_trouble import drive

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def lose_first(harness: RunHarness) -> list[Order]:
    """The first order gets no answer and is nowhere to be seen; returned once it was sent."""
    hidden: list[Order] = []

    def plan(number: int, order: Order) -> str:
        if hidden:
            return "complete"
        hidden.append(order)
        return "lose"

    harness.operator.plan, harness.operator.order_items = plan, 25
    return hidden


def appear(harness: RunHarness, hidden: Order) -> None:
    """The operator has carried the order out after all: the same order sent again is refused."""
    first = {line.external_id for line in hidden.lines}
    harness.operator.orders[hidden.key] = hidden

    def outcomes_of(order: Order) -> tuple[LineOutcome, ...]:
        refused = LineOutcome("", Outcome.REFUSED, "already_blocked", "The line is already suspended.")
        return tuple(
            LineOutcome(line.external_id, Outcome.DONE)
            if order.key == hidden.key or line.external_id not in first
            else LineOutcome(line.external_id, refused.outcome, refused.reason, refused.detail)
            for line in order.lines
        )

    harness.operator.outcomes_of = outcomes_of


def look_up(harness: RunHarness, run: object) -> None:
    harness.make_due(run)  # type: ignore[arg-type]
    harness.work(run)  # type: ignore[arg-type]


def test_what_an_order_given_up_has_done_is_not_written_as_refused(harness: RunHarness) -> None:
    hidden = lose_first(harness)
    run = harness.start()
    harness.work(run)
    assert harness.run(run).unknown == 25
    place = harness.operator.place

    def late(order: Order) -> object:
        appear(harness, hidden[0])
        return place(order)

    harness.operator.place = late  # type: ignore[method-assign, assignment]
    drive(harness, run)
    assert states(harness, run.id) == {("done", None): 25}


def test_what_others_have_done_stays_refused(harness: RunHarness) -> None:
    hidden = lose_first(harness)
    run = harness.start()
    harness.work(run)
    place = harness.operator.place

    def late(order: Order) -> object:
        appear(harness, hidden[0])
        del harness.operator.orders[hidden[0].key]
        return place(order)

    harness.operator.place = late  # type: ignore[method-assign, assignment]
    drive(harness, run)
    assert states(harness, run.id) == {("refused", "already_blocked"): 25}


def test_what_synchronisation_brought_of_an_order_given_up_is_done(harness: RunHarness) -> None:
    hidden = lose_first(harness)
    run = harness.start()
    harness.work(run)
    appear(harness, hidden[0])
    shown = harness.operator.orders.pop(hidden[0].key)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        session.execute(text("UPDATE lines SET state = 'blocked', block_reason = 'voluntary'"))
    look_up(harness, run)  # given up, and then refused here: it goes back to the earlier order
    assert harness.run(run).unknown == 25
    harness.operator.orders[shown.key] = shown
    drive(harness, run)
    assert states(harness, run.id) == {("done", None): 25}
    assert harness.operator.calls == 1


def test_an_event_of_an_order_given_up_keeps_its_lines_from_being_sent_again(harness: RunHarness) -> None:
    hidden = lose_first(harness)
    run = harness.start()
    harness.work(run)
    harness.operator.take_token = lambda wait: False  # type: ignore[method-assign]
    look_up(harness, run)
    assert harness.run(run).pending == 25
    done = [LineOutcome(line.external_id, Outcome.DONE) for line in hidden[0].lines]
    assert outcomes.record_event(harness.parts, hidden[0].key, "O", done)
    assert states(harness, run.id) == {("done", None): 25}
    assert harness.operator.calls == 1


def test_a_broken_look_up_begins_the_settling_time_again(harness: RunHarness) -> None:
    lose_first(harness)
    harness.operator.settle = 30.0
    run = harness.start()
    harness.work(run)
    look_up(harness, run)
    since(harness, seconds_ago=31)
    harness.operator.is_away = True
    look_up(harness, run)
    harness.operator.is_away = False
    look_up(harness, run)
    assert harness.run(run).unknown == 25
    since(harness, seconds_ago=31)
    look_up(harness, run)
    assert (harness.run(run).done, harness.operator.calls) == (25, 2)


def since(harness: RunHarness, seconds_ago: float) -> None:
    """As if the look-up that first found nothing, and the first answer before it, had been so long ago."""
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        values = {"seconds": seconds_ago}
        session.execute(
            text("UPDATE order_batches SET absent_since = now() - make_interval(secs => :seconds)"), values
        )
        session.execute(
            text("UPDATE operator_contact SET answering_since = now() - make_interval(secs => :seconds)"),
            values,
        )


def test_not_found_counts_only_after_the_end_of_validity_by_the_operators_clock(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = lose_first(harness)
    monkeypatch.setattr(harness.operator, "moment", lambda: NOON)
    asked_after: list[datetime | None] = [None]
    find = harness.operator.find

    def dated(key: str) -> FoundOrder:
        answer = find(key)
        return Absent(asked_after[0]) if isinstance(answer, Absent) else answer

    monkeypatch.setattr(harness.operator, "find", dated)
    run = harness.start()
    harness.work(run)
    valid_until = hidden[0].valid_until
    assert valid_until is not None
    assert NOON + timedelta(seconds=harness.parts.settings.operator_timeout) < valid_until
    for moment in (None, NOON, valid_until - timedelta(seconds=1)):
        asked_after[0] = moment
        look_up(harness, run)
        assert harness.run(run).unknown == 25
    asked_after[0] = valid_until
    look_up(harness, run)
    assert (harness.run(run).done, harness.operator.calls) == (25, 2)


@pytest.fixture
def contact(harness: RunHarness) -> Iterator[Contact]:
    with all_companies(reason="the operator is the same for all"):
        yield Contact()


def answering() -> datetime | None:
    with db.unit_of_work() as session:
        return answering_since(session)


def test_a_time_out_begins_it_again_unless_others_were_answered(contact: Contact) -> None:
    assert answering() is None
    contact.note(Accepted("O"), 0.1)
    first = answering()
    assert first is not None
    Contact().note(Unknown("time-out", is_silence=True), 10.0)
    assert answering() == first, "somebody was answered meanwhile"
    Contact().note(Away(1.0, "time-out", is_silence=True), 0.0)
    assert answering() is None
    Contact().note(Retry(1.0, "http 429", is_turn=True), 0.1)
    assert answering() is None
    Contact().note(Absent(), 0.1)
    second = answering()
    assert second is not None
    assert second > first


def test_a_slow_answer_and_a_long_pause_begin_it_again(contact: Contact) -> None:
    contact.note(Absent(), 0.1)
    with db.unit_of_work() as session:
        session.execute(text("UPDATE operator_contact SET answered_at = now() - interval '2 seconds'"))
    first = answering()
    contact.note(Absent(), 0.1)
    assert answering() == first, "one worker writes it down twice a second at most"
    Contact().note(Absent(), 1.5)
    second = answering()
    assert first is not None
    assert second is not None
    assert second > first
    with db.unit_of_work() as session:
        session.execute(text("UPDATE operator_contact SET answered_at = now() - interval '6 seconds'"))
    Contact().note(Absent(), 0.1)
    third = answering()
    assert third is not None
    assert third > second

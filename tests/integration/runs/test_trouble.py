"""What happens when the operator, a worker or the network misbehaves: nothing is lost and nothing is done twice."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core import db
from core.db import session
from core.tenancy import company_scope
from operators.port import Answer, LineOutcome, Order, Outcome, Retry
from runs.engine import claims, outcomes, runner, sweeper
from runs.models import BatchState, OrderBatch, RunState
from tests.integration.runs.conftest import RunHarness


def drive(harness: RunHarness, run: object, most: int = 60) -> None:
    """Wake the run, all pauses over, until it is finished."""
    for _ in range(most):
        harness.work(run)  # type: ignore[arg-type]
        if harness.run(run).finished_at is not None:  # type: ignore[arg-type]
            return
        harness.make_due(run)  # type: ignore[arg-type]
    pytest.fail("the run did not come to its end")


def test_an_answer_that_was_lost_is_looked_up_not_repeated(harness: RunHarness) -> None:
    harness.operator.plan = lambda number, order: "timeout"
    run = harness.start()
    harness.work(run)
    assert harness.run(run).unknown > 0
    drive(harness, run)
    after = harness.run(run)
    assert (after.done, after.open) == (25, 0)
    assert set(harness.operator.ordered.values()) == {1}


def test_an_order_that_never_arrived_is_sent_again(harness: RunHarness) -> None:
    harness.operator.plan = lambda number, order: "lose" if number % 2 else "complete"
    run = harness.start()
    drive(harness, run)
    assert harness.run(run).done == 25
    assert set(harness.operator.ordered.values()) == {1}


def test_not_found_is_believed_only_after_the_settling_time(harness: RunHarness) -> None:
    harness.operator.plan = lambda number, order: "lose"
    harness.operator.settle = 3600.0
    run = harness.start()
    harness.work(run)
    harness.make_due(run)
    harness.work(run)
    assert (harness.run(run).unknown, harness.run(run).pending) == (25, 0)
    assert harness.operator.calls == 3


def test_the_operator_away_makes_lines_wait_and_says_so(harness: RunHarness) -> None:
    harness.operator.is_away = True
    run = harness.start()
    harness.work(run)
    waiting = harness.run(run)
    assert (waiting.state, waiting.pending, waiting.trouble) == (RunState.RUNNING, 25, "http 503")
    assert waiting.trouble_since is not None
    assert waiting.retry_at is not None
    harness.operator.is_away = False
    drive(harness, run)
    after = harness.run(run)
    assert (after.done, after.trouble) == (25, "")


def test_to_be_told_when_our_turn_comes_is_no_trouble(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, turns = harness.operator.place, iter([True, False, True, True])

    def busy(order: Order) -> Answer:
        return Retry(0.01, "http 429", is_turn=True) if next(turns, False) else place(order)

    monkeypatch.setattr(harness.operator, "place", busy)
    run = harness.start()
    harness.work(run)
    after = harness.run(run)
    assert (after.done, after.troubles, after.trouble) == (25, 0, "")
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(OrderBatch)) == 3  # the order stayed in hand


def test_without_a_turn_claimed_lines_wait_again(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    turns = iter([False, True])
    monkeypatch.setattr(harness.operator, "take_token", lambda wait: next(turns, True))
    run = harness.start()
    harness.work(run)
    assert harness.run(run).done == 25
    assert set(harness.operator.ordered.values()) == {1}


def test_a_worker_that_died_between_writing_and_sending(harness: RunHarness) -> None:
    run = harness.start()
    with company_scope(harness.place.company_id):
        work = runner._open(harness.parts, harness.place.company_id, run.id, "dead-worker")
        assert work is not None
        with db.unit_of_work() as session:
            claim = claims.claim(session, work, 10)
    assert claim is not None
    assert sweeper.worker_died("dead-worker") == 1
    drive(harness, run)
    assert harness.run(run).done == 25
    assert set(harness.operator.ordered.values()) == {1}


def test_the_settling_time_of_a_dead_workers_order_begins_with_its_last_moment(harness: RunHarness) -> None:
    run = harness.start()
    harness.operator.settle = 3600.0
    with company_scope(harness.place.company_id):
        work = runner._open(harness.parts, harness.place.company_id, run.id, "dead-worker")
        assert work is not None
        with db.unit_of_work() as session:
            claim = claims.claim(session, work, 10)
            assert claim is not None
            before = session.get_one(OrderBatch, (harness.place.company_id, claim.batch_id)).sent_at
        time.sleep(0.05)
        sweeper.worker_died("dead-worker")
        harness.work(run)
        with db.unit_of_work() as session:
            after = session.get_one(OrderBatch, (harness.place.company_id, claim.batch_id))
    assert after.state == BatchState.UNSURE
    last = claims.SEND_WITHIN + harness.parts.settings.operator_timeout
    assert after.sent_at - before == timedelta(seconds=last)


def test_orders_carry_the_moment_after_which_they_must_not_leave(harness: RunHarness) -> None:
    seen: list[Order] = []
    harness.operator.plan = lambda number, order: seen.append(order) or "complete"  # type: ignore[func-returns-value]
    before = time.monotonic()
    harness.work(harness.start())
    lease = harness.parts.settings.operator_timeout + claims.MARGIN
    for order in seen:
        assert order.send_by is not None
        assert before < order.send_by < time.monotonic() + lease


def test_a_worker_that_died_between_sending_and_recording(harness: RunHarness) -> None:
    run = harness.start()
    with company_scope(harness.place.company_id):
        work = runner._open(harness.parts, harness.place.company_id, run.id, "dead-worker")
        assert work is not None
        for _ in range(2):
            with db.unit_of_work() as session:
                claim = claims.claim(session, work, 10)
            assert claim is not None
            assert work.operation.change is not None
            lines = runner.order_lines(work, work.operation.change, claim.lines)
            harness.operator.place(Order(claim.key, work.party_id, "block", lines))
    sweeper.worker_died("dead-worker")
    drive(harness, run)
    assert harness.run(run).done == 25
    assert set(harness.operator.ordered.values()) == {1}


def test_events_repeated_and_late_do_no_harm(harness: RunHarness) -> None:
    harness.operator.plan = lambda number, order: "accept"
    run = harness.start()
    harness.work(run)
    assert harness.run(run).sent == 25
    events = [
        (order.key, [LineOutcome(line.external_id, Outcome.DONE) for line in order.lines])
        for order in harness.operator.orders.values()
    ]
    for _ in range(2):
        for key, lines in reversed(events):
            outcomes.record_event(harness.parts, key, "O", lines)
    for key, lines in events:
        late = [LineOutcome(line.external_id, Outcome.FAILED, "technical") for line in lines]
        outcomes.record_event(harness.parts, key, "O", late)
    after = harness.run(run)
    assert (after.state, after.done, after.failed) == (RunState.FINISHED, 25, 0)


def test_an_order_is_told_piece_by_piece(harness: RunHarness) -> None:
    harness.operator.plan = lambda number, order: "accept"
    run = harness.start()
    harness.work(run)
    for order in harness.operator.orders.values():
        for line in order.lines:
            outcomes.record_event(
                harness.parts, order.key, "O", [LineOutcome(line.external_id, Outcome.DONE)]
            )
    assert harness.run(run).state == RunState.FINISHED


def test_an_event_of_a_foreign_order_changes_nothing(harness: RunHarness) -> None:
    assert outcomes.record_event(harness.parts, "not-ours", "O", [LineOutcome("1-1", Outcome.DONE)]) is False


def test_an_operator_that_forgot_an_accepted_order_fails_its_lines(harness: RunHarness) -> None:
    harness.operator.plan = lambda number, order: "accept"
    run = harness.start()
    harness.work(run)
    harness.operator.orders.clear()
    drive(harness, run)
    after = harness.run(run)
    assert (after.failed, after.open) == (25, 0)


def test_stopping_while_answers_are_missing_ends_cleanly(harness: RunHarness) -> None:
    from runs import control

    harness.operator.plan = lambda number, order: "lose"
    run = harness.start()
    harness.work(run)
    with company_scope(harness.place.company_id), db.unit_of_work():
        control.stop(session(), harness.place.actor(harness.user), harness.parts, run.id)
    sent = harness.operator.calls
    drive(harness, run)
    after = harness.run(run)
    assert (after.cancelled, after.open, after.state) == (25, 0, RunState.CANCELLED)
    assert harness.operator.calls == sent


@pytest.mark.parametrize("seed", range(5))
def test_any_mixture_of_trouble_ends_with_each_line_ordered_once(harness: RunHarness, seed: int) -> None:
    dice = random.Random(seed)
    harness.operator.plan = lambda number, order: dice.choice(
        ["accept", "complete", "lose", "timeout", "away"]
    )
    harness.operator.order_items = 3
    run = harness.start()
    drive(harness, run)
    after = harness.run(run)
    assert (after.done, after.open, after.total) == (25, 0, 25)
    assert set(harness.operator.ordered.values()) == {1}

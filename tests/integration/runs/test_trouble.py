"""What happens when the operator, a worker or the network misbehaves: nothing is lost and nothing is done twice."""

from __future__ import annotations

import random
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core import clock, db
from core.db import session
from core.tenancy import company_scope
from operators.port import Answer, LineOutcome, Order, Outcome, Retry
from runs.engine import claims, outcomes, runner, sweeper
from runs.models import BatchState, OrderBatch, RunState
from tests.integration.runs.conftest import Desk


def drive(desk: Desk, run: object, most: int = 60) -> None:
    """Wake the run, all pauses over, until it is finished."""
    for _ in range(most):
        desk.work(run)  # type: ignore[arg-type]
        if desk.run(run).finished_at is not None:  # type: ignore[arg-type]
            return
        desk.make_due(run)  # type: ignore[arg-type]
    pytest.fail("the run did not come to its end")


def test_an_answer_that_was_lost_is_looked_up_not_repeated(desk: Desk) -> None:
    desk.operator.plan = lambda number, order: "timeout"
    run = desk.start()
    desk.work(run)
    assert desk.run(run).unknown > 0
    drive(desk, run)
    after = desk.run(run)
    assert (after.done, after.open) == (25, 0)
    assert set(desk.operator.ordered.values()) == {1}


def test_an_order_that_never_arrived_is_sent_again(desk: Desk) -> None:
    desk.operator.plan = lambda number, order: "lose" if number % 2 else "complete"
    run = desk.start()
    drive(desk, run)
    assert desk.run(run).done == 25
    assert set(desk.operator.ordered.values()) == {1}


def test_not_found_is_believed_only_after_the_settling_time(desk: Desk) -> None:
    desk.operator.plan = lambda number, order: "lose"
    desk.operator.settle = 3600.0
    run = desk.start()
    desk.work(run)
    desk.make_due(run)
    desk.work(run)
    assert (desk.run(run).unknown, desk.run(run).pending) == (25, 0)
    assert desk.operator.calls == 3


def test_the_operator_away_makes_lines_wait_and_says_so(desk: Desk) -> None:
    desk.operator.is_away = True
    run = desk.start()
    desk.work(run)
    waiting = desk.run(run)
    assert (waiting.state, waiting.pending, waiting.trouble) == (RunState.RUNNING, 25, "http 503")
    assert waiting.trouble_since is not None
    assert waiting.retry_at is not None
    desk.operator.is_away = False
    drive(desk, run)
    after = desk.run(run)
    assert (after.done, after.trouble) == (25, "")


def test_to_be_told_when_our_turn_comes_is_no_trouble(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    place, turns = desk.operator.place, iter([True, False, True, True])

    def busy(order: Order) -> Answer:
        return Retry(0.01, "http 429", is_turn=True) if next(turns, False) else place(order)

    monkeypatch.setattr(desk.operator, "place", busy)
    run = desk.start()
    desk.work(run)
    after = desk.run(run)
    assert (after.done, after.troubles, after.trouble) == (25, 0, "")
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(OrderBatch)) == 3  # the order stayed in hand


def test_without_a_turn_claimed_lines_wait_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    turns = iter([False, True])
    monkeypatch.setattr(desk.operator, "take_token", lambda wait: next(turns, True))
    run = desk.start()
    desk.work(run)
    assert desk.run(run).done == 25
    assert set(desk.operator.ordered.values()) == {1}


def test_a_worker_that_died_between_writing_and_sending(desk: Desk) -> None:
    run = desk.start()
    with company_scope(desk.place.company_id):
        work = runner._open(desk.parts, desk.place.company_id, run.id, "dead-worker")
        assert work is not None
        with db.unit_of_work() as session:
            claim = claims.claim(session, work, 10)
    assert claim is not None
    assert sweeper.worker_died("dead-worker") == 1
    drive(desk, run)
    assert desk.run(run).done == 25
    assert set(desk.operator.ordered.values()) == {1}


def test_the_settling_time_of_a_dead_workers_order_begins_with_its_last_moment(desk: Desk) -> None:
    run = desk.start()
    desk.operator.settle = 3600.0
    with company_scope(desk.place.company_id):
        work = runner._open(desk.parts, desk.place.company_id, run.id, "dead-worker")
        assert work is not None
        with db.unit_of_work() as session:
            claim = claims.claim(session, work, 10)
            assert claim is not None
            before = session.get_one(OrderBatch, (desk.place.company_id, claim.batch_id)).sent_at
        assert claim.send_by > before
        time.sleep(0.05)
        sweeper.worker_died("dead-worker")
        desk.work(run)
        with db.unit_of_work() as session:
            after = session.get_one(OrderBatch, (desk.place.company_id, claim.batch_id))
    assert after.state == BatchState.UNSURE
    last = claims.SEND_WITHIN + desk.parts.settings.operator_timeout
    assert after.sent_at - before == timedelta(seconds=last)


def test_orders_carry_the_moment_after_which_they_must_not_leave(desk: Desk) -> None:
    seen: list[Order] = []
    desk.operator.plan = lambda number, order: seen.append(order) or "complete"  # type: ignore[func-returns-value]
    before = clock.now()
    desk.work(desk.start())
    lease = timedelta(seconds=desk.parts.settings.operator_timeout + claims.MARGIN)
    for order in seen:
        assert order.send_by is not None
        assert before < order.send_by < clock.now() + lease


def test_a_worker_that_died_between_sending_and_recording(desk: Desk) -> None:
    run = desk.start()
    with company_scope(desk.place.company_id):
        work = runner._open(desk.parts, desk.place.company_id, run.id, "dead-worker")
        assert work is not None
        for _ in range(2):
            with db.unit_of_work() as session:
                claim = claims.claim(session, work, 10)
            assert claim is not None
            assert work.operation.change is not None
            lines = runner.order_lines(work, work.operation.change, claim.lines)
            desk.operator.place(Order(claim.key, work.party_id, "block", lines))
    sweeper.worker_died("dead-worker")
    drive(desk, run)
    assert desk.run(run).done == 25
    assert set(desk.operator.ordered.values()) == {1}


def test_events_repeated_and_late_do_no_harm(desk: Desk) -> None:
    desk.operator.plan = lambda number, order: "accept"
    run = desk.start()
    desk.work(run)
    assert desk.run(run).sent == 25
    told = [
        (order.key, [LineOutcome(line.external_id, Outcome.DONE) for line in order.lines])
        for order in desk.operator.orders.values()
    ]
    for _ in range(2):
        for key, lines in reversed(told):
            outcomes.record_event(desk.parts, key, "O", lines)
    for key, lines in told:
        late = [LineOutcome(line.external_id, Outcome.FAILED, "technical") for line in lines]
        outcomes.record_event(desk.parts, key, "O", late)
    after = desk.run(run)
    assert (after.state, after.done, after.failed) == (RunState.FINISHED, 25, 0)


def test_an_order_is_told_piece_by_piece(desk: Desk) -> None:
    desk.operator.plan = lambda number, order: "accept"
    run = desk.start()
    desk.work(run)
    for order in desk.operator.orders.values():
        for line in order.lines:
            outcomes.record_event(desk.parts, order.key, "O", [LineOutcome(line.external_id, Outcome.DONE)])
    assert desk.run(run).state == RunState.FINISHED


def test_an_event_of_a_foreign_order_changes_nothing(desk: Desk) -> None:
    assert outcomes.record_event(desk.parts, "not-ours", "O", [LineOutcome("1-1", Outcome.DONE)]) is False


def test_an_operator_that_forgot_an_accepted_order_fails_its_lines(desk: Desk) -> None:
    desk.operator.plan = lambda number, order: "accept"
    run = desk.start()
    desk.work(run)
    desk.operator.orders.clear()
    drive(desk, run)
    after = desk.run(run)
    assert (after.failed, after.open) == (25, 0)


def test_stopping_while_answers_are_missing_ends_cleanly(desk: Desk) -> None:
    from runs import control

    desk.operator.plan = lambda number, order: "lose"
    run = desk.start()
    desk.work(run)
    with company_scope(desk.place.company_id), db.unit_of_work():
        control.stop(session(), desk.place.actor(desk.user), desk.parts, run.id)
    sent = desk.operator.calls
    drive(desk, run)
    after = desk.run(run)
    assert (after.cancelled, after.open, after.state) == (25, 0, RunState.CANCELLED)
    assert desk.operator.calls == sent


@pytest.mark.parametrize("seed", range(5))
def test_any_mixture_of_trouble_ends_with_each_line_ordered_once(desk: Desk, seed: int) -> None:
    dice = random.Random(seed)
    desk.operator.plan = lambda number, order: dice.choice(["accept", "complete", "lose", "timeout", "away"])
    desk.operator.order_items = 3
    run = desk.start()
    drive(desk, run)
    after = desk.run(run)
    assert (after.done, after.open, after.total) == (25, 0, 25)
    assert set(desk.operator.ordered.values()) == {1}

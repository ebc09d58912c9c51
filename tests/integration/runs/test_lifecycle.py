"""A run from the preview to its result: what it says before, that it does it once, how every line ended."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import func, select, text

from core import db
from core.db import session
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.journal import entries as journal
from core.tenancy import company_scope
from hierarchy.models import DepartmentTotal
from lines.models import Line
from operators.port import LineOutcome, Outcome
from runs import control
from runs.engine import claims, sweeper
from runs.models import ItemState, RunItem, RunState
from tests.fixtures.world import World
from tests.integration.runs.conftest import RunHarness


def states(harness: RunHarness, run_id: int) -> dict[tuple[str, str | None], int]:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        rows = session.execute(
            select(RunItem.state, RunItem.reason, func.count())
            .where(RunItem.run_id == run_id)
            .group_by(RunItem.state, RunItem.reason)
        )
        return {(state, reason): count for state, reason, count in rows}


def test_every_line_is_ordered_once_and_done(harness: RunHarness) -> None:
    run = harness.start()
    assert (run.state, run.total, run.pending) == (RunState.RUNNING, 25, 25)
    assert harness.queue.woken == [(harness.place.company_id, run.id)] * 2
    harness.work(run)
    run = harness.run(run)
    assert (run.state, run.done, run.open) == (RunState.FINISHED, 25, 0)
    assert run.finished_at is not None
    assert set(harness.operator.ordered.values()) == {1}
    assert len(harness.operator.orders) == 3
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        assert set(session.scalars(select(Line.state))) == {"blocked"}
        assert session.execute(
            select(DepartmentTotal.state, DepartmentTotal.lines).where(DepartmentTotal.lines > 0)
        ).all() == [("blocked", 25)]
        assert journal.verify(session, harness.place.company_id) == []
        entry = session.scalars(
            select(journal.JournalEntry).where(journal.JournalEntry.action == "line.block").limit(1)
        ).one()
    assert (entry.before, entry.after) == (
        {"state": "active", "block_reason": None},
        {"state": "blocked", "block_reason": "voluntary"},
    )
    assert (entry.ip, entry.run_id) == ("203.0.113.7", run.id)


def test_items_stand_in_the_order_of_the_numbers(harness: RunHarness) -> None:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        for place, line_id in enumerate(harness.place.line_ids):  # the oldest line has the highest number
            session.execute(
                text("UPDATE lines SET msisdn = :number WHERE id = :id"),
                {"number": str(79_999_999_999 - place), "id": line_id},
            )
    run = harness.start()
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        listed = session.scalars(
            select(Line.msisdn)
            .join(RunItem, RunItem.target_id == Line.id)
            .where(RunItem.run_id == run.id)
            .order_by(RunItem.no)
        ).all()
    assert len(listed) == 25
    assert listed == sorted(listed)


def test_the_preview_says_who_is_refused_and_why(harness: RunHarness, world: World) -> None:
    world.lines(harness.place, 3, state="blocked")
    world.lines(harness.place, 2, state="terminated")
    run = harness.preview()
    assert run.preview["total"] == 30
    assert run.preview["allowed"] == 25
    assert run.preview["refused"] == {"already_blocked": 3, "terminated": 2}
    assert run.total == 0


def test_lines_of_another_company_are_not_found_and_not_touched(harness: RunHarness, world: World) -> None:
    other = world.company("ООО «Чужие»", lines=5)
    run = harness.preview(kind="ids", ids=[*harness.place.line_ids, *other.line_ids, 99_999_999])
    assert (run.preview["total"], run.preview["missing"]) == (25, 6)
    run = harness.submit(run)
    harness.work(run)
    assert harness.run(run).total == 25
    with company_scope(other.company_id), db.unit_of_work() as session:
        assert set(session.scalars(select(Line.state))) == {"active"}


def test_a_manager_sees_and_changes_the_own_branch_only(harness: RunHarness, world: World) -> None:
    north = world.lines(harness.place, 4, department="city")
    harness.user = world.person(harness.place, "numbers_manager", at="north")
    run = harness.preview()
    assert (run.preview["total"], run.preview["missing"]) == (4, 25)
    run = harness.submit(run)
    harness.work(run)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        assert sorted(session.scalars(select(Line.id).where(Line.state == "blocked"))) == sorted(north)


def test_who_may_only_look_cannot_preview(harness: RunHarness, world: World) -> None:
    harness.user = world.person(harness.place, "viewer")
    with pytest.raises(NotAllowed):
        harness.preview()


def test_a_right_lost_after_the_preview_refuses_the_lines(harness: RunHarness, world: World) -> None:
    run = harness.start()
    world.drop_grants(harness.place, harness.user)
    harness.work(run)
    assert states(harness, run.id) == {(ItemState.REFUSED, "no_right"): 25}
    assert harness.run(run).state == RunState.FINISHED
    assert harness.operator.orders == {}


def test_a_right_lost_in_mid_run_ends_the_orders_within_the_same_wake_up(
    harness: RunHarness, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "RIGHTS_SECONDS", 0.0)

    def lose_right(number: int, order: object) -> str:
        world.drop_grants(harness.place, harness.user)
        return "complete"

    harness.operator.plan = lose_right
    run = harness.start()
    harness.work(run)
    assert states(harness, run.id) == {(ItemState.DONE, None): 10, (ItemState.REFUSED, "no_right"): 15}
    assert harness.operator.calls == 1


def test_a_line_that_changed_after_the_preview_is_refused_before_sending(harness: RunHarness) -> None:
    run = harness.start()
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        session.execute(
            text("UPDATE lines SET state = 'blocked' WHERE id = :id"), {"id": harness.place.line_ids[0]}
        )
    harness.work(run)
    assert states(harness, run.id) == {(ItemState.DONE, None): 24, (ItemState.REFUSED, "already_blocked"): 1}


def test_a_line_in_another_unfinished_run_is_said_in_the_preview(harness: RunHarness) -> None:
    first = harness.start(kind="ids", ids=harness.place.line_ids[:10])
    second = harness.preview()
    assert second.preview["refused"] == {"busy": 10}
    harness.work(first)
    assert harness.preview().preview["refused"] == {"already_blocked": 10}


def test_two_runs_frozen_at_once_order_each_line_once(harness: RunHarness) -> None:
    first, second = harness.preview(), harness.preview()
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(harness.submit, (first, second))
    for run in (first, second):
        harness.work(run, wakes=3)
    lines = [line.target.id for order in harness.operator.orders.values() for line in order.lines]
    assert len(lines) == len(set(lines)) == 25
    assert harness.run(first).open == harness.run(second).open == 0


def test_fifty_submissions_at_once_are_one_run(harness: RunHarness) -> None:
    run = harness.preview()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: harness.submit(run), range(50)))
    assert {answer.id for answer in answers} == {run.id}
    assert harness.run(run).total == 25
    assert len(harness.queue.woken) == 2
    harness.work(run)
    assert set(harness.operator.ordered.values()) == {1}


def test_nothing_selected_is_never_everything(harness: RunHarness) -> None:
    for selection in ({"kind": "ids", "ids": []}, {"kind": "filter", "query": ""}, {"kind": "nonsense"}):
        with pytest.raises(InvalidInput):
            harness.preview(**selection)


def test_bad_parameters_are_all_said_at_once(harness: RunHarness) -> None:
    with pytest.raises(InvalidInput) as caught:
        harness.preview("set_limit", {"amount": "-5", "period": "year", "warn_at": 500})
    assert set(caught.value.fields) == {"amount", "period", "warn_at"}


def test_somebody_elses_preview_cannot_be_confirmed(harness: RunHarness, world: World) -> None:
    run = harness.preview()
    harness.user = world.person(harness.place)
    with pytest.raises(NotFound):
        harness.submit(run)


def test_a_stopped_run_sends_nothing_more(harness: RunHarness) -> None:
    run = harness.preview()
    actor = harness.place.actor(harness.user)

    def stop_at_second(number: int, order: object) -> str:
        if number == 2:
            with company_scope(harness.place.company_id), db.unit_of_work():
                control.stop(session(), actor, harness.parts, run.id)
        return "complete"

    harness.operator.plan = stop_at_second
    harness.submit(run)
    harness.work(run, wakes=2)
    after = harness.run(run)
    assert (after.state, after.done, after.cancelled, after.open) == (RunState.CANCELLED, 20, 5, 0)
    assert after.finished_at is not None
    assert len(harness.operator.orders) == 2
    with pytest.raises(Conflict), company_scope(harness.place.company_id), db.unit_of_work():
        control.stop(session(), actor, harness.parts, run.id)


def test_failed_lines_are_offered_again_refused_ones_are_not(harness: RunHarness) -> None:
    bad = {"-3": Outcome.FAILED, "-4": Outcome.FAILED, "-5": Outcome.REFUSED}

    def outcome(item: str) -> LineOutcome:
        state = next(
            (state for end, state in bad.items() if item.endswith(end) and len(item.split("-")[1]) == 1),
            Outcome.DONE,
        )
        return LineOutcome(item, state, "" if state == Outcome.DONE else "technical")

    harness.operator.outcome = outcome
    run = harness.start()
    harness.work(run)
    after = harness.run(run)
    assert (after.done, after.failed, after.refused) == (22, 2, 1)
    harness.operator.outcome = lambda item: LineOutcome(item, Outcome.DONE)
    with company_scope(harness.place.company_id), db.unit_of_work():
        again = control.retry_failed(session(), harness.place.actor(harness.user), harness.parts, run.id)
    assert again.preview["allowed"] == 2
    harness.work(harness.submit(again))
    assert harness.run(again).done == 2


def test_a_reason_of_another_operation_is_kept_as_a_plain_refusal_with_what_the_operator_said(
    harness: RunHarness,
) -> None:
    reasons = {"-1": "already_blocked", "-2": "same_sim", "-3": "stopped"}

    def outcome(item: str) -> LineOutcome:
        reason = reasons.get(item[item.index("-") :])
        if reason is None:
            return LineOutcome(item, Outcome.DONE)
        return LineOutcome(item, Outcome.REFUSED, reason, "words of the operator")

    harness.operator.outcome = outcome
    run = harness.start()
    harness.work(run)
    with company_scope(harness.place.company_id), db.unit_of_work():
        refused = select(RunItem.no, RunItem.reason, RunItem.detail).where(RunItem.state == "refused")
        rows = session().execute(refused.where(RunItem.run_id == run.id).order_by(RunItem.no)).all()
    assert [tuple(row) for row in rows] == [
        (1, "already_blocked", "words of the operator"),
        (2, "operator_refused", "words of the operator"),
        (3, "operator_refused", "words of the operator"),
    ]


def test_prices_are_shown_before_and_kept_with_the_run(harness: RunHarness, world: World) -> None:
    world.lines(harness.place, 2, account="debt")
    world.lines(harness.place, 3, tariff="T-M")
    run = harness.preview("change_tariff", {"tariff": "T-M", "effective": "now"})
    assert run.preview["refused"] == {"debt": 2, "same_tariff": 3}
    assert (run.preview["price_once"], run.preview["price_month"]) == ("1250.00", "5000.00")
    run = harness.submit(run)
    assert (run.price_once, run.price_month) == (Decimal(1250), Decimal(5000))


def test_a_tariff_that_is_not_sold_is_refused_as_a_parameter(harness: RunHarness) -> None:
    with pytest.raises(InvalidInput) as caught:
        harness.preview("change_tariff", {"tariff": "T-OLD"})
    assert "tariff" in caught.value.fields


@pytest.mark.parametrize(
    ("code", "params", "column", "value"),
    [
        (
            "set_limit",
            {"amount": "750.50", "period": "day", "warn_at": 90},
            Line.limit_amount,
            Decimal("750.50"),
        ),
        ("change_tariff", {"tariff": "T-M"}, Line.tariff_id, "T-M"),
    ],
)
def test_operations_change_what_they_say(
    harness: RunHarness, code: str, params: dict[str, object], column: object, value: object
) -> None:
    run = harness.start(code, params)
    harness.work(run)
    assert harness.run(run).done == 25
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        assert set(session.scalars(select(column))) == {value}  # type: ignore[call-overload]


def test_limit_then_removed_then_unblocked(harness: RunHarness) -> None:
    operations: tuple[tuple[str, dict[str, object]], ...] = (
        ("set_limit", {"amount": "10"}),
        ("remove_limit", {}),
        ("block", {"reason": "lost"}),
        ("unblock", {}),
    )
    for code, params in operations:
        run = harness.start(code, params)
        harness.work(run)
        assert harness.run(run).done == 25, code


def test_redis_away_at_submission_loses_nothing(harness: RunHarness) -> None:
    harness.queue.works = False
    run = harness.start()
    assert harness.queue.woken == []
    harness.queue.works = True
    assert sweeper.sweep(harness.parts) == 1
    assert (harness.place.company_id, run.id) in harness.queue.woken
    assert sweeper.sweep(harness.parts) == 0

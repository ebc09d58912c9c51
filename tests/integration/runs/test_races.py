"""Interleavings that a review found: each once lost, doubled or hung something."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from core import clock, db
from core.db import session
from core.errors import Conflict
from core.tenancy import company_scope
from hierarchy import service as structure
from operators.port import Accepted, LineOutcome, Outcome, Retry
from runs import control, listing, previews, submission
from runs.engine import claims as batches
from runs.engine import runner, sweeper
from runs.engine.claims import Claim, Work
from runs.models import Run, RunState
from runs.selection import parse
from tests.fixtures.world import World
from tests.integration.runs.conftest import Desk


def apart(call: Callable[[], object]) -> object:
    """The call in a thread of its own: another process, as far as the database can tell."""
    answers: list[object] = []

    def run() -> None:
        try:
            answers.append(call())
        except Conflict as refusal:
            answers.append(refusal)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    return answers[0]


def query(desk: Desk, sql: str) -> list[tuple[Any, ...]]:
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        return [tuple(row) for row in session.execute(text(sql)).all()]


def opened(desk: Desk, run: Run) -> Work:
    with company_scope(desk.place.company_id):
        work = runner._open(desk.parts, desk.place.company_id, run.id, "w1")
    assert work is not None
    return work


def claimed(desk: Desk, work: Work) -> Claim:
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        claim = batches.claim(session, work, desk.operator.order_items)
    assert claim is not None
    return claim


def stop(desk: Desk, run: Run) -> Run:
    with company_scope(desk.place.company_id), db.unit_of_work():
        return control.stop(session(), desk.place.actor(desk.user), desk.parts, run.id)


def test_two_stops_and_an_order_that_comes_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk.start()
    claim = claimed(desk, opened(desk, run))
    cancel, calls = control.cancel_pending, iter([True])

    def release() -> None:
        with company_scope(desk.place.company_id), db.unit_of_work() as session:
            batches.release(session, desk.place.company_id, run.id, claim.batch_id)

    def cancel_late(*arguments: Any) -> int:
        if next(calls, False):
            apart(lambda: stop(desk, run))
            apart(release)
        return cancel(*arguments)

    monkeypatch.setattr(control, "cancel_pending", cancel_late)
    with pytest.raises(Conflict):
        stop(desk, run)
    desk.make_due(run)
    desk.work(run)
    after = desk.run(run)
    assert (after.state, after.cancelled, after.open) == (RunState.CANCELLED, 25, 0)
    assert after.finished_at is not None


def test_a_branch_moved_during_a_run_loses_nobody_a_right(desk: Desk, world: World) -> None:
    ids = world.lines(desk.place, 15, department="city")
    admin = desk.place.actor(desk.user)
    desk.user = world.person(desk.place, "global_admin", at="city")
    run = desk.start(kind="ids", ids=ids)
    work = opened(desk, run)
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        structure.move_department(
            session, admin, desk.place.departments["city"], desk.place.departments["south"]
        )
    assert len(claimed(desk, work).lines) == 10


def test_a_stopped_run_does_not_wait_for_the_operators_pause(desk: Desk) -> None:
    run = desk.start()
    work = opened(desk, run)
    claim = claimed(desk, work)
    stop(desk, run)
    with company_scope(desk.place.company_id):
        runner._record(work, claim, Retry(3600.0, "http 429"))
        runner._give_back(work)
    assert sweeper.sweep(desk.parts) == 1
    desk.work(run)
    assert (desk.run(run).cancelled, desk.run(run).open) == (25, 0)


def test_a_dead_workers_order_may_still_be_taken_in(desk: Desk) -> None:
    run = desk.start(kind="ids", ids=desk.place.line_ids[:5])
    claimed(desk, opened(desk, run))
    sweeper.worker_died("w1")
    desk.work(run)
    waits = query(desk, "SELECT sent_at, check_at, state FROM order_batches")[0]
    longest = timedelta(seconds=desk.parts.settings.operator_timeout)
    assert waits[2] == "unsure"
    assert waits[1] > clock.now() + longest - timedelta(seconds=2)
    assert (desk.run(run).unknown, desk.operator.calls) == (5, 0)


def test_an_order_of_which_every_line_is_refused_is_closed(desk: Desk, world: World) -> None:
    run = desk.start()
    world.drop_grants(desk.place, desk.user)
    desk.work(run)
    assert query(desk, "SELECT DISTINCT state, open FROM order_batches") == [("closed", 0)]


def test_two_runs_confirmed_at_once_order_each_line_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.operator.plan = lambda number, order: "accept"
    ids = desk.place.line_ids[:3]
    older = desk.preview("set_limit", {"amount": "100"}, kind="ids", ids=ids)
    younger = desk.preview("set_limit", {"amount": "200"}, kind="ids", ids=ids)
    freeze = submission.freeze

    def freeze_slowly(session: Any, actor: Any, parts: Any, operation: Any, params: Any, run: Run) -> None:
        freeze(session, actor, parts, operation, params, run)
        if run.id == older.id:
            apart(lambda: desk.work(desk.submit(younger)))

    monkeypatch.setattr(submission, "freeze", freeze_slowly)
    desk.work(desk.submit(older))
    ordered = [line.target.id for order in desk.operator.orders.values() for line in order.lines]
    assert len(ordered) == len(set(ordered)) == 3


def test_an_operation_that_a_release_took_away_ends_its_runs(desk: Desk) -> None:
    run = desk.start()
    query(desk, "UPDATE runs SET operation = 'gone' RETURNING id")
    desk.work(run)
    after = desk.run(run)
    assert (after.state, after.failed, after.open) == (RunState.BROKEN, 25, 0)
    assert after.finished_at is not None
    assert sweeper.sweep(desk.parts) == 0


def test_items_that_a_finished_order_leaves_out_have_failed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.operator.plan = lambda number, order: "accept"
    run = desk.start(kind="ids", ids=desk.place.line_ids[:2])
    desk.work(run)

    def ended(key: str) -> Accepted:
        first = desk.operator.orders[key].lines[0].external_id
        return Accepted("O", (LineOutcome(first, Outcome.DONE),), is_final=True)

    monkeypatch.setattr(desk.operator, "find", ended)
    desk.make_due(run)
    desk.work(run)
    after = desk.run(run)
    assert (after.done, after.failed, after.state) == (1, 1, RunState.FINISHED)


def test_more_lines_than_were_shown_are_not_started(desk: Desk, world: World) -> None:
    run = desk.preview(kind="department", department=desk.place.root_id)
    world.lines(desk.place, 2)
    with pytest.raises(Conflict) as caught:
        desk.submit(run)
    assert (caught.value.code, caught.value.params["now"], caught.value.params["shown"]) == (
        "preview_stale",
        27,
        25,
    )
    assert desk.run(run).state == RunState.PREVIEWED
    assert desk.queue.woken == []


def test_fewer_lines_than_were_shown_are_started(desk: Desk) -> None:
    run = desk.preview()
    query(desk, f"UPDATE lines SET state = 'blocked' WHERE id = {desk.place.line_ids[0]} RETURNING id")
    run = desk.submit(run)
    assert (run.pending, run.refused) == (24, 1)


def test_runs_of_others_are_for_people_who_see_the_whole_company(desk: Desk, world: World) -> None:
    from core.errors import NotFound

    run = desk.start()
    branch = desk.place.actor(world.person(desk.place, "global_admin", at="north"))
    whole = desk.place.actor(world.person(desk.place, "auditor"))
    with company_scope(desk.place.company_id), db.unit_of_work():
        assert listing.get_run(session(), whole, run.id).id == run.id
        with pytest.raises(NotFound):
            listing.get_run(session(), branch, run.id)
        with pytest.raises(NotFound):
            control.stop(session(), branch, desk.parts, run.id)
        with pytest.raises(NotFound):
            failed = parse({"kind": "failed_of", "run": run.id})
            previews.create_preview(session(), branch, desk.parts, "block", {"reason": "lost"}, failed)


def test_a_claim_that_comes_too_late_for_its_rows_is_an_empty_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = desk.start()
    first, second = opened(desk, run), opened(desk, run)
    # The second worker gets no processor between its view of the table and its rows; the rest is as always.
    slept = "SELECT id FROM (SELECT *, pg_sleep(0.8) FROM runs OFFSET 0) AS r WHERE"
    late = text(str(batches.CLAIM).replace("SELECT id FROM runs WHERE", slept))
    claims: list[Claim] = []
    monkeypatch.setattr(batches, "CLAIM", late)
    thread = threading.Thread(target=lambda: claims.append(claimed(desk, second)))
    thread.start()
    time.sleep(0.3)
    monkeypatch.undo()
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        claim = batches.claim(session, first, desk.operator.order_items)
        assert claim is not None
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        batches.release(session, desk.place.company_id, run.id, claim.batch_id)
    thread.join(30)
    assert [list(one.lines) for one in claims] == [[]]
    assert desk.run(run).pending == 25
    desk.work(run)
    assert (desk.run(run).done, set(desk.operator.ordered.values())) == (25, {1})

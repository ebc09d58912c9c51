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
from tests.integration.runs.conftest import RunHarness


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


def query(harness: RunHarness, sql: str) -> list[tuple[Any, ...]]:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        return [tuple(row) for row in session.execute(text(sql)).all()]


def work_of(harness: RunHarness, run: Run) -> Work:
    with company_scope(harness.place.company_id):
        work = runner._open(harness.parts, harness.place.company_id, run.id, "w1")
    assert work is not None
    return work


def claimed(harness: RunHarness, work: Work) -> Claim:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        claim = batches.claim(session, work, harness.operator.order_items)
    assert claim is not None
    return claim


def stop(harness: RunHarness, run: Run) -> Run:
    with company_scope(harness.place.company_id), db.unit_of_work():
        return control.stop(session(), harness.place.actor(harness.user), harness.parts, run.id)


def test_two_stops_and_an_order_that_comes_back(harness: RunHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    run = harness.start()
    claim = claimed(harness, work_of(harness, run))
    cancel, calls = control.cancel_pending, iter([True])

    def release() -> None:
        with company_scope(harness.place.company_id), db.unit_of_work() as session:
            batches.release(session, harness.place.company_id, run.id, claim.batch_id)

    def cancel_late(*arguments: Any) -> int:
        if next(calls, False):
            apart(lambda: stop(harness, run))
            apart(release)
        return cancel(*arguments)

    monkeypatch.setattr(control, "cancel_pending", cancel_late)
    with pytest.raises(Conflict):
        stop(harness, run)
    harness.make_due(run)
    harness.work(run)
    after = harness.run(run)
    assert (after.state, after.cancelled, after.open) == (RunState.CANCELLED, 25, 0)
    assert after.finished_at is not None


def test_a_branch_moved_during_a_run_loses_nobody_a_right(harness: RunHarness, world: World) -> None:
    ids = world.lines(harness.place, 15, department="city")
    admin = harness.place.actor(harness.user)
    harness.user = world.person(harness.place, "global_admin", at="city")
    run = harness.start(kind="ids", ids=ids)
    work = work_of(harness, run)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        structure.move_department(
            session, admin, harness.place.departments["city"], harness.place.departments["south"]
        )
    assert len(claimed(harness, work).lines) == 10


def test_a_stopped_run_does_not_wait_for_the_operators_pause(harness: RunHarness) -> None:
    run = harness.start()
    work = work_of(harness, run)
    claim = claimed(harness, work)
    stop(harness, run)
    with company_scope(harness.place.company_id):
        runner._record(work, claim, Retry(3600.0, "http 429"))
        runner._give_back(work)
    assert sweeper.sweep(harness.parts) == 1
    harness.work(run)
    assert (harness.run(run).cancelled, harness.run(run).open) == (25, 0)


def test_a_dead_workers_order_may_still_be_taken_in(harness: RunHarness) -> None:
    run = harness.start(kind="ids", ids=harness.place.line_ids[:5])
    claimed(harness, work_of(harness, run))
    sweeper.worker_died("w1")
    harness.work(run)
    waits = query(harness, "SELECT sent_at, check_at, state FROM order_batches")[0]
    longest = timedelta(seconds=harness.parts.settings.operator_timeout)
    assert waits[2] == "unsure"
    assert waits[1] > clock.now() + longest - timedelta(seconds=2)
    assert (harness.run(run).unknown, harness.operator.calls) == (5, 0)


def test_an_order_of_which_every_line_is_refused_is_closed(harness: RunHarness, world: World) -> None:
    run = harness.start()
    world.drop_grants(harness.place, harness.user)
    harness.work(run)
    assert query(harness, "SELECT DISTINCT state, open FROM order_batches") == [("closed", 0)]


def test_two_runs_confirmed_at_once_order_each_line_once(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.operator.plan = lambda number, order: "accept"
    ids = harness.place.line_ids[:3]
    older = harness.preview("set_limit", {"amount": "100"}, kind="ids", ids=ids)
    younger = harness.preview("set_limit", {"amount": "200"}, kind="ids", ids=ids)
    freeze = submission.freeze

    def freeze_slowly(session: Any, actor: Any, parts: Any, operation: Any, params: Any, run: Run) -> None:
        freeze(session, actor, parts, operation, params, run)
        if run.id == older.id:
            apart(lambda: harness.work(harness.submit(younger)))

    monkeypatch.setattr(submission, "freeze", freeze_slowly)
    harness.work(harness.submit(older))
    ordered = [line.target.id for order in harness.operator.orders.values() for line in order.lines]
    assert len(ordered) == len(set(ordered)) == 3


def test_an_operation_that_a_release_took_away_ends_its_runs(harness: RunHarness) -> None:
    run = harness.start()
    query(harness, "UPDATE runs SET operation = 'gone' RETURNING id")
    harness.work(run)
    after = harness.run(run)
    assert (after.state, after.failed, after.open) == (RunState.BROKEN, 25, 0)
    assert after.finished_at is not None
    assert sweeper.sweep(harness.parts) == 0


def test_items_that_a_finished_order_leaves_out_have_failed(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    harness.operator.plan = lambda number, order: "accept"
    run = harness.start(kind="ids", ids=harness.place.line_ids[:2])
    harness.work(run)

    def ended(key: str) -> Accepted:
        first = harness.operator.orders[key].lines[0].external_id
        return Accepted("O", (LineOutcome(first, Outcome.DONE),), is_final=True)

    monkeypatch.setattr(harness.operator, "find", ended)
    harness.make_due(run)
    harness.work(run)
    after = harness.run(run)
    assert (after.done, after.failed, after.state) == (1, 1, RunState.FINISHED)


def test_more_lines_than_were_shown_are_not_started(harness: RunHarness, world: World) -> None:
    run = harness.preview(kind="department", department=harness.place.root_id)
    world.lines(harness.place, 2)
    with pytest.raises(Conflict) as caught:
        harness.submit(run)
    assert (caught.value.code, caught.value.params["now"], caught.value.params["shown"]) == (
        "preview_stale",
        27,
        25,
    )
    assert harness.run(run).state == RunState.PREVIEWED
    assert harness.queue.woken == []


def test_fewer_lines_than_were_shown_are_started(harness: RunHarness) -> None:
    run = harness.preview()
    query(harness, f"UPDATE lines SET state = 'blocked' WHERE id = {harness.place.line_ids[0]} RETURNING id")
    run = harness.submit(run)
    assert (run.pending, run.refused) == (24, 1)


def test_runs_of_others_are_for_people_who_see_the_whole_company(harness: RunHarness, world: World) -> None:
    from core.errors import NotFound

    run = harness.start()
    branch = harness.place.actor(world.person(harness.place, "global_admin", at="north"))
    whole = harness.place.actor(world.person(harness.place, "auditor"))
    with company_scope(harness.place.company_id), db.unit_of_work():
        assert listing.get_run(session(), whole, run.id).id == run.id
        with pytest.raises(NotFound):
            listing.get_run(session(), branch, run.id)
        with pytest.raises(NotFound):
            control.stop(session(), branch, harness.parts, run.id)
        with pytest.raises(NotFound):
            failed = parse({"kind": "failed_of", "run": run.id})
            previews.create_preview(session(), branch, harness.parts, "block", {"reason": "lost"}, failed)


def test_a_claim_that_comes_too_late_for_its_rows_is_an_empty_one(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = harness.start()
    first, second = work_of(harness, run), work_of(harness, run)
    # The second worker gets no processor between its view of the table and its rows; the rest is as always.
    slept = "SELECT id FROM (SELECT *, pg_sleep(0.8) FROM runs OFFSET 0) AS r WHERE"
    late = text(str(batches.CLAIM).replace("SELECT id FROM runs WHERE", slept))
    claims: list[Claim] = []
    monkeypatch.setattr(batches, "CLAIM", late)
    thread = threading.Thread(target=lambda: claims.append(claimed(harness, second)))
    thread.start()
    time.sleep(0.3)
    monkeypatch.undo()
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        claim = batches.claim(session, first, harness.operator.order_items)
        assert claim is not None
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        batches.release(session, harness.place.company_id, run.id, claim.batch_id)
    thread.join(30)
    assert [list(claim.lines) for claim in claims] == [[]]
    assert harness.run(run).pending == 25
    harness.work(run)
    assert (harness.run(run).done, set(harness.operator.ordered.values())) == (25, {1})

"""Control of a submitted run: stopping it, retrying what failed, going on with what a stop left unsent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, update
from sqlalchemy.orm import Session

from core import clock
from core.errors import Conflict
from core.i18n import N_
from core.journal.entries import Entry, write
from rbac.actor import Actor
from rbac.decision import require, require_everywhere
from rbac.permissions import Permission
from runs.journal import RUN_STOPPED
from runs.listing import get_run
from runs.models import ItemState, Run, RunItem, RunState
from runs.parts import Parts
from runs.previews import create_preview
from runs.selection import FailedOf, UnsentOf


def stop(session: Session, actor: Actor, parts: Parts, run_id: int) -> Run:
    """Send nothing more: what was not sent ends as `cancelled`; what is on its way is followed to its end."""
    run = get_run(session, actor, run_id)
    require(actor, parts.operations.of(run.operation).permission)
    if run.created_by != actor.user_id:
        require_everywhere(actor, Permission.RUNS_STOP)
    if run.state != RunState.RUNNING:
        raise Conflict(N_("This run has already ended."), code="not_running")
    now = clock.now()
    dropped = cancel_pending(session, run.company_id, run.id)
    write(session, actor, [Entry(RUN_STOPPED, "run", run.id, None, {"cancelled": dropped}, run.id)])
    values: dict[str, Any] = {"state": RunState.CANCELLED, "stopped_at": now, "stopped_by": actor.name}
    values |= {"pending": Run.pending - dropped, "cancelled": Run.cancelled + dropped}
    values["finished_at"] = case((Run.sent + Run.unknown + Run.pending == dropped, now), else_=None)
    stopped = session.execute(
        update(Run)
        .where(Run.company_id == run.company_id, Run.id == run.id, Run.state == RunState.RUNNING)
        .values(values),
        execution_options={"synchronize_session": False},
    )
    if stopped.rowcount == 0:  # type: ignore[attr-defined]
        # Somebody else was quicker: what this transaction has cancelled belongs to the run's own end.
        raise Conflict(N_("This run has already ended."), code="not_running")
    session.refresh(run)
    return run


def cancel_pending(db: Session, company_id: int, run_id: int) -> int:
    """End items that were never sent as `cancelled`; returns their number."""
    return end_pending(db, company_id, run_id, ItemState.CANCELLED, "stopped")


def end_pending(db: Session, company_id: int, run_id: int, state: ItemState, reason: str) -> int:
    """End items that were never sent in this state; returns their number. The caller moves the counters."""
    result = db.execute(
        update(RunItem)
        .where(RunItem.company_id == company_id, RunItem.run_id == run_id, RunItem.state == ItemState.PENDING)
        .values(state=state, reason=reason, updated_at=clock.now()),
        execution_options={"synchronize_session": False},
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def retry_failed(session: Session, actor: Actor, parts: Parts, run_id: int) -> Run:
    """A preview of the same operation for the lines that failed in this run."""
    run = get_run(session, actor, run_id)
    if run.failed == 0:
        raise Conflict(N_("Nothing has failed in this run."), code="nothing_failed")
    again = create_preview(session, actor, parts, run.operation, run.params, FailedOf(run.id))
    again.retry_of = run.id
    return again


def continue_rest(session: Session, actor: Actor, parts: Parts, run_id: int) -> Run:
    """A preview of the same operation for the lines that a stop left unsent."""
    run = get_run(session, actor, run_id)
    if run.cancelled == 0 or run.finished_at is None:
        raise Conflict(N_("Nothing was left unsent in this run."), code="nothing_unsent")
    rest = create_preview(session, actor, parts, run.operation, run.params, UnsentOf(run.id))
    rest.retry_of = run.id
    return rest

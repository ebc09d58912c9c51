"""Submission of a previewed run: frozen as items in one statement, once however often it is asked for."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import String, case, cast, func, insert, literal, select, update
from sqlalchemy.orm import Session

from core import clock
from core.db import after_commit
from core.errors import Conflict, NotFound
from core.i18n import N_
from core.journal.entries import Entry, write
from core.money import Money
from core.queue import WakeUp
from rbac.actor import Actor
from rbac.decision import require
from runs import listing
from runs.journal import RUN_SUBMITTED
from runs.listing import get_run
from runs.models import ItemState, Run, RunItem, RunState
from runs.operation import Operation, Params
from runs.operation_params import stored_params
from runs.parts import Parts, target_of
from runs.previews import judged

WAKE = WakeUp("runs.jobs.wake_run", queue="runs")
STALE = "preview_stale"
COSTS_ONCE = N_("It now costs %(now)s once instead of %(shown)s. Look at it again.")
COSTS_MONTHLY = N_("It now changes what is paid per month by %(now)s instead of %(shown)s. Look at it again.")


def submit(session: Session, actor: Actor, parts: Parts, run_id: int) -> Run:
    """Freeze a previewed run and start it. Submitting it again, or fifty times at once, changes nothing."""
    run = get_run(session, actor, run_id)
    operation = parts.operations.of(run.operation)
    require(actor, operation.permission)
    if run.created_by != actor.user_id:
        raise NotFound
    now = clock.now()
    won = session.execute(
        update(Run)
        .where(Run.company_id == run.company_id, Run.id == run.id, Run.state == RunState.PREVIEWED)
        .values(state=RunState.RUNNING, submitted_at=now),
        execution_options={"synchronize_session": False},
    )
    if won.rowcount == 0:  # type: ignore[attr-defined]
        session.expire(run)
        return get_run(session, actor, run_id)
    params = stored_params(operation, run)
    freeze(session, actor, parts, operation, params, run)
    session.refresh(run)
    _refuse_stale(run, target_of(parts, operation).words.more_now)
    described = {"operation": run.operation, "params": run.params, "total": run.total, "allowed": run.pending}
    write(session, actor, [Entry(RUN_SUBMITTED, "run", run.id, None, described, run.id)])
    wake(parts, run)
    return run


def _refuse_stale(run: Run, more_now: str) -> None:
    """Never more than was shown: raises Conflict where more lines or a higher price came together meanwhile."""
    shown = int(run.preview["allowed"])
    if run.pending > shown:
        raise Conflict(more_now, code=STALE, now=run.pending, shown=shown)
    for message, now, before in (
        (COSTS_ONCE, run.price_once, Decimal(run.preview["price_once"])),
        (COSTS_MONTHLY, run.price_month, Decimal(run.preview["price_month"])),
    ):
        if now > before:
            raise Conflict(message, code=STALE, now=Money(now), shown=Money(before))


def freeze(
    session: Session, actor: Actor, parts: Parts, operation: Operation, params: Params, run: Run
) -> None:
    """Selection to items in one INSERT … SELECT, in the order in which people look for them in a result.

    Sets the counters and the price of the run.
    """
    target = target_of(parts, operation)
    place = target.sort_column().label("place")
    rows = judged(session, actor, parts, operation, params, run).add_columns(place).subquery()
    if operation.price is not None:
        sums = select(func.coalesce(func.sum(rows.c.once), 0), func.coalesce(func.sum(rows.c.month), 0))
        run.price_once, run.price_month = session.execute(sums.where(rows.c.reason.is_(None))).one()
    target_id = rows.c[str(target.id_column().key)]
    state = case((rows.c.reason.is_(None), ItemState.PENDING.value), else_=ItemState.REFUSED.value)
    items = select(
        literal(run.company_id),
        literal(run.id),
        func.row_number().over(order_by=rows.c.place),
        target_id,
        cast(state, String),
        rows.c.reason,
        func.now(),
    )
    names = ["company_id", "run_id", "no", "target_id", "state", "reason", "updated_at"]
    session.execute(insert(RunItem).from_select(names, items))
    _count(session, run)


def _count(db: Session, run: Run) -> None:
    counted: dict[str, int] = {}
    for state, _, number in db.execute(listing.outcome_counts(run.company_id, run.id)):
        counted[state] = counted.get(state, 0) + number
    run.state = RunState.RUNNING if counted.get(ItemState.PENDING) else RunState.FINISHED
    run.pending, run.refused = counted.get(ItemState.PENDING, 0), counted.get(ItemState.REFUSED, 0)
    run.total = run.pending + run.refused
    run.submitted_at = clock.now()
    if run.state == RunState.FINISHED:
        run.finished_at = clock.now()
    db.flush()


def wake(parts: Parts, run: Run) -> None:
    """Wake workers for the run once the transaction has been committed."""
    copies = max(1, min(parts.settings.workers, -(-run.pending // parts.operator.gateway.order_items)))
    company_id, run_id = run.company_id, run.id
    after_commit(lambda: _enqueue(parts, company_id, run_id, copies))


def _enqueue(parts: Parts, company_id: int, run_id: int, copies: int) -> None:
    parts.queue.wake(WAKE, company_id, run_id, copies)

"""The runner: one wake-up of a run sends a share of its lines and follows up on orders without an answer."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.errors import NotAllowed, NotFound
from core.tenancy import company_scope
from hierarchy.models import Company
from operators.gateway import (
    Accepted,
    Answer,
    LineOutcome,
    Order,
    OrderLine,
    Outcome,
    Rejected,
    Retry,
    Unknown,
)
from rbac.decision import Actor
from runs import batches, followup, outcomes, service
from runs.batches import Claim, Work
from runs.engine import Engine
from runs.models import Run, RunState
from runs.operation import TargetLine
from users.actor import load_actor

log = structlog.get_logger(__name__)
SHARE_SECONDS = 5.0
"""A wake-up gives way to other runs after this long."""
HOLD_SECONDS = 10.0
"""For how long a wake-up keeps the sweeper from waking another worker, unless it renews the hold."""


def work_on(engine: Engine, company_id: int, run_id: int, worker: str) -> bool:
    """Carry a run on; returns whether lines still wait, so that another wake-up is worth while. Safe to repeat."""
    with company_scope(company_id):
        work = _open(engine, company_id, run_id, worker)
        if work is None:
            return False
        until = time.monotonic() + SHARE_SECONDS
        followup.check_due(work)
        more = True
        while more and time.monotonic() < until:
            more = _send_next(work)
        return _give_back(work) and more


def _open(engine: Engine, company_id: int, run_id: int, worker: str) -> Work | None:
    now = clock.now()
    with unit_of_work() as db:
        run = db.scalar(select(Run).where(Run.company_id == company_id, Run.id == run_id))
        if (
            run is None
            or run.state not in (RunState.RUNNING, RunState.CANCELLED)
            or run.finished_at is not None
        ):
            return None
        if run.state == RunState.CANCELLED and run.pending:
            dropped = service.cancel_pending(db, company_id, run_id)
            counters = {Run.pending: Run.pending - dropped, Run.cancelled: Run.cancelled + dropped}
            batches.update_run(db, company_id, run_id, counters, now)
        batches.update_run_only(
            db, company_id, run_id, {Run.wake_until: now + timedelta(seconds=HOLD_SECONDS)}
        )
        operation = engine.operation(run.operation)
        actor = _actor(db, run)
        party = db.scalars(select(Company.party_id).where(Company.id == company_id)).one()
        params = service.stored_params(operation, run)
        return Work(engine, actor, operation, params, company_id, run_id, party, worker)


def _actor(db: Session, run: Run) -> Actor:
    """Who started the run, with the rights of this moment; somebody who may no longer sign in has none."""
    try:
        return load_actor(db, run.created_by or 0, run.company_id, run.created_ip, run.staff_reason)
    except (NotFound, NotAllowed):
        return Actor("user", run.created_by, run.company_id, run.created_name, frozenset())


def _send_next(work: Work) -> bool:
    """Send one order; False where nothing waits, the run was stopped or the operator wants a pause."""
    gateway = work.engine.gateway
    if not _is_waiting(work):
        return False
    if not gateway.take_token(wait=1.0):
        return True
    # Claimed only now: while waiting for the token the run may have been stopped.
    with unit_of_work() as db:
        claim = batches.claim(db, work, gateway.order_items)
    if claim is None:
        return False
    if not claim.lines:
        return True
    lines = [order_line(work, line) for line in claim.lines]
    answer = gateway.place(Order(claim.key, work.party_id, work.operation.code, lines))
    return _record(work, claim, answer)


def order_line(work: Work, line: TargetLine) -> OrderLine:
    """One line of the order, under the external id by which it is known for ever."""
    return OrderLine(f"{work.run_id}-{line.no}", line.product_id, work.operation.change(work.params))


def _is_waiting(work: Work) -> bool:
    now = clock.now()
    with unit_of_work() as db:
        row = db.execute(
            update(Run)
            .where(Run.company_id == work.company_id, Run.id == work.run_id, Run.state == RunState.RUNNING)
            .values(wake_until=now + timedelta(seconds=HOLD_SECONDS))
            .returning(Run.pending, Run.retry_at),
            execution_options={"synchronize_session": False},
        ).one_or_none()
    return row is not None and row[0] > 0 and (row[1] is None or row[1] <= now)


def _record(work: Work, claim: Claim, answer: Answer) -> bool:
    now = clock.now()
    with unit_of_work() as db:
        match answer:
            case Accepted(order_id, known):
                batches.accepted(
                    db,
                    work.company_id,
                    claim.batch_id,
                    order_id,
                    now + timedelta(seconds=outcomes.poll_pause(0)),
                )
                if any(line.outcome != Outcome.OPEN for line in known):
                    _write_known(work, claim, order_id, known)
            case Rejected(reason, detail):
                refused = [
                    LineOutcome(f"{work.run_id}-{line.no}", Outcome.REFUSED, reason, detail)
                    for line in claim.lines
                ]
                _write_known(work, claim, "", refused)
            case Retry(after, why):
                batches.release(db, work.company_id, work.run_id, claim.batch_id)
                return _pause(work, after, why)
            case Unknown(why):
                batches.unsure(
                    db,
                    work.company_id,
                    work.run_id,
                    claim.batch_id,
                    now + timedelta(seconds=followup.FIRST_LOOK),
                )
                followup.note_trouble(db, work, why)
    return True


def _write_known(work: Work, claim: Claim, order_id: str, known: Sequence[LineOutcome]) -> None:
    with unit_of_work() as db:
        batch = outcomes.lock(db, work.company_id, claim.key)
        if batch is not None:
            outcomes.record(db, work.engine, batch, order_id, known)


def _pause(work: Work, after: float, why: str) -> bool:
    """A short pause is waited for here, a long one is left to the sweeper; the run says why it waits."""
    with unit_of_work() as db:
        pause = followup.note_trouble(db, work, why, at_least=after)
    if pause > 1.0:
        return False
    time.sleep(pause)
    return True


def _give_back(work: Work) -> bool:
    """End the hold so that the sweeper may wake another worker; returns whether lines wait that may go now."""
    now = clock.now()
    with unit_of_work() as db:
        row = db.execute(
            update(Run)
            .where(Run.company_id == work.company_id, Run.id == work.run_id)
            .values(wake_until=None)
            .returning(Run.pending, Run.retry_at, Run.state),
            execution_options={"synchronize_session": False},
        ).one()
    pending, retry_at, state = row
    return state == RunState.RUNNING and pending > 0 and (retry_at is None or retry_at <= now)

"""The sweeper: finds in the database what is due, stuck or lost, and wakes a worker for it."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import delete, text, update

from core import clock
from core.db import unit_of_work
from core.tenancy import all_companies
from runs.models import BatchState, OrderBatch, Run, RunState
from runs.parts import Parts
from runs.submission import WAKE

log = structlog.get_logger(__name__)
ENQUEUED_HOLD = 15.0
"""Seconds for which a run that was just enqueued is not enqueued again."""
PREVIEW_HOURS = 24

DUE = text("""
    UPDATE runs SET wake_until = :hold
    WHERE state IN ('running', 'cancelled', 'broken') AND finished_at IS NULL
      AND (wake_until IS NULL OR wake_until < :now)
      AND ((pending > 0 AND (state <> 'running' OR retry_at IS NULL OR retry_at <= :now))
           OR EXISTS (SELECT 1 FROM order_batches AS batch
                      WHERE batch.company_id = runs.company_id AND batch.run_id = runs.id
                        AND batch.state <> 'closed' AND batch.check_at <= :now))
    RETURNING company_id, id, pending""")


def sweep(parts: Parts) -> int:
    """Wake a worker for every run that is due; returns how many. A run whose job was lost is due again by itself."""
    with all_companies(reason="the sweeper looks after the runs of every company"), unit_of_work() as db:
        now = clock.shared_now(db)
        due = db.execute(DUE, {"now": now, "hold": now + timedelta(seconds=ENQUEUED_HOLD)}).all()
    woken = 0
    for company_id, run_id, pending in due:
        copies = max(1, min(parts.settings.workers, -(-pending // parts.operator.gateway.order_items)))
        if parts.queue.wake(WAKE, company_id, run_id, copies):
            woken += 1
        else:
            _unhold(company_id, run_id)
    return woken


def _unhold(company_id: int, run_id: int) -> None:
    """Make the run due again at the next sweep, where Redis did not take the job."""
    with all_companies(reason="the sweeper looks after the runs of every company"), unit_of_work() as db:
        db.execute(
            update(Run).where(Run.company_id == company_id, Run.id == run_id).values(wake_until=None),
            execution_options={"synchronize_session": False},
        )


def worker_died(worker: str) -> int:
    """End the leases of a worker that is known to be dead or to have given up; returns how many.

    Its orders are looked up now.
    """
    with all_companies(reason="a dead worker may have worked for any company"), unit_of_work() as db:
        now = clock.shared_now(db)
        ended = db.execute(
            update(OrderBatch)
            .where(OrderBatch.worker == worker, OrderBatch.state == BatchState.SENDING)
            .values(check_at=now)
            .returning(OrderBatch.company_id, OrderBatch.run_id),
            execution_options={"synchronize_session": False},
        ).all()
        db.execute(
            update(Run)
            .where(Run.state.in_((RunState.RUNNING, RunState.CANCELLED)), Run.wake_until > now)
            .values(wake_until=now),
            execution_options={"synchronize_session": False},
        )
    log.warning("worker.died", worker=worker, orders_in_doubt=len(ended))
    return len(ended)


def forget_previews() -> int:
    """Delete previews that nobody confirmed within a day; returns how many."""
    limit = clock.now() - timedelta(hours=PREVIEW_HOURS)
    with all_companies(reason="old previews of every company"), unit_of_work() as db:
        gone = db.execute(
            delete(Run).where(Run.state == RunState.PREVIEWED, Run.created_at < limit),
            execution_options={"synchronize_session": False},
        )
    return int(gone.rowcount)  # type: ignore[attr-defined]

"""Orders on their way: claiming lines for one, and writing down what became of it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.orm import Session

from core import clock
from rbac.decision import Actor
from runs import service
from runs.engine import Engine
from runs.models import BatchState, ItemState, OrderBatch, Run, RunItem
from runs.operation import Operation, Params, TargetLine

MARGIN = 5.0
"""Seconds by which a lease outlives the longest call to the operator."""

# Rows are found again by their place, not by a join: a plan made before the table was analysed stays quick.
CLAIM = text("""
    WITH run AS (
        SELECT id FROM runs WHERE company_id = :company AND id = :run AND state = 'running'),
    picked AS (
        SELECT no, ctid FROM run_items
        WHERE company_id = :company AND run_id = (SELECT id FROM run) AND state = 'pending'
        ORDER BY no LIMIT :most FOR UPDATE SKIP LOCKED),
    batch AS (
        INSERT INTO order_batches (company_id, run_id, key, state, items, open, worker, sent_at, check_at, checks)
        SELECT :company, :run, :key, 'sending', count(*), count(*), :worker, :now, :lease, 0
        FROM picked HAVING count(*) > 0
        RETURNING id),
    moved AS (
        UPDATE run_items AS item SET state = 'sent', batch_id = batch.id, updated_at = :now
        FROM batch WHERE item.company_id = :company AND item.ctid = ANY (ARRAY(SELECT ctid FROM picked))
        RETURNING item.no)
    SELECT batch.id, (SELECT count(*) FROM moved) FROM batch""")


@dataclass(frozen=True)
class Claim:
    """Lines that this worker alone may send now, in one order with this key."""

    batch_id: int
    key: str
    lines: Sequence[TargetLine]


@dataclass(frozen=True)
class Work:
    """A run as its worker holds it: loaded afresh at each wake-up, rights included."""

    engine: Engine
    actor: Actor
    operation: Operation
    params: Params
    company_id: int
    run_id: int
    party_id: str
    worker: str


def claim(db: Session, work: Work, most: int) -> Claim | None:
    """Take the next lines of the run and refuse what is not eligible now; None where nothing is left or it stopped."""
    now, key = clock.now(), f"vm-{work.run_id}-{secrets.token_hex(8)}"
    lease = now + timedelta(seconds=work.engine.settings.operator_timeout + MARGIN)
    row = db.execute(
        CLAIM,
        {
            "company": work.company_id,
            "run": work.run_id,
            "most": most,
            "key": key,
            "worker": work.worker,
            "now": now,
            "lease": lease,
        },
    ).one_or_none()
    if row is None:
        return None
    batch_id, count = row
    lines = work.engine.target.before_sending(
        db,
        work.company_id,
        work.run_id,
        batch_id,
        service.all_refusals(work.engine, work.actor, work.operation, work.params, before=work.run_id),
    )
    refused = {line.no: line.refusal for line in lines if line.refusal is not None}
    if refused:
        _refuse(db, work, batch_id, refused, now)
    counters = {
        Run.pending: Run.pending - count,
        Run.sent: Run.sent + count - len(refused),
        Run.refused: Run.refused + len(refused),
    }
    if len(refused) == count:
        update_run(db, work.company_id, work.run_id, counters, now)
    else:
        update_run_only(db, work.company_id, work.run_id, counters)
    return Claim(batch_id, key, [line for line in lines if line.refusal is None])


REFUSE = text("""
    UPDATE run_items AS item SET state = 'refused', reason = r.reason, updated_at = :now
    FROM unnest(CAST(:nos AS bigint[]), CAST(:reasons AS text[])) AS r(no, reason)
    WHERE item.company_id = :company AND item.run_id = :run AND item.no = ANY (CAST(:nos AS bigint[]))
          AND item.no = r.no""")


def _refuse(db: Session, work: Work, batch_id: int, refused: Mapping[int, str], now: datetime) -> None:
    found = {"company": work.company_id, "run": work.run_id, "now": now}
    db.execute(REFUSE, {**found, "nos": list(refused), "reasons": list(refused.values())})
    left = OrderBatch.open - len(refused)
    db.execute(
        update(OrderBatch)
        .where(OrderBatch.company_id == work.company_id, OrderBatch.id == batch_id)
        .values(open=left)
    )


Counters = dict[Any, Any]
"""New values of a run's counters, as expressions over the old ones."""


def update_run(db: Session, company_id: int, run_id: int, counters: Counters, now: datetime) -> None:
    """Move counters of a run; ends it when its last item has its final outcome. The run's row is locked last of all."""
    update_run_only(db, company_id, run_id, counters)
    db.execute(FINISH, {"company": company_id, "run": run_id, "now": now})


FINISH = text("""
    UPDATE runs SET state = CASE state WHEN 'running' THEN 'finished' ELSE state END, finished_at = :now,
           trouble = '', trouble_since = NULL, retry_at = NULL
    WHERE company_id = :company AND id = :run AND pending + sent + unknown = 0 AND finished_at IS NULL
          AND state IN ('running', 'cancelled')""")


def accepted(db: Session, company_id: int, batch_id: int, order_id: str, poll_at: datetime) -> None:
    """The operator has the order. An event that was quicker has already closed it: then nothing changes."""
    db.execute(
        update(OrderBatch)
        .where(
            OrderBatch.company_id == company_id,
            OrderBatch.id == batch_id,
            OrderBatch.state.in_((BatchState.SENDING, BatchState.UNSURE)),
        )
        .values(state=BatchState.ACCEPTED, order_id=order_id, check_at=poll_at, checks=0),
        execution_options={"synchronize_session": False},
    )


def unsure(db: Session, company_id: int, run_id: int, batch_id: int, check_at: datetime) -> None:
    """Nobody knows whether the order arrived: its items are `unknown` until it was looked up."""
    now = clock.now()
    changed = db.execute(
        update(OrderBatch)
        .where(
            OrderBatch.company_id == company_id,
            OrderBatch.id == batch_id,
            OrderBatch.state == BatchState.SENDING,
        )
        .values(state=BatchState.UNSURE, sent_at=now, check_at=check_at),
        execution_options={"synchronize_session": False},
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        return
    moved = _move(db, company_id, run_id, batch_id, ItemState.SENT, ItemState.UNKNOWN, now)
    update_run_only(db, company_id, run_id, {Run.sent: Run.sent - moved, Run.unknown: Run.unknown + moved})


def release(db: Session, company_id: int, run_id: int, batch_id: int) -> None:
    """The order surely did not arrive: its items wait again, or end as cancelled where the run was stopped."""
    now = clock.now()
    closed = db.execute(
        update(OrderBatch)
        .where(
            OrderBatch.company_id == company_id,
            OrderBatch.id == batch_id,
            OrderBatch.state != BatchState.CLOSED,
        )
        .values(state=BatchState.CLOSED, open=0),
        execution_options={"synchronize_session": False},
    )
    if closed.rowcount == 0:  # type: ignore[attr-defined]
        return
    sent = _move(db, company_id, run_id, batch_id, ItemState.SENT, ItemState.PENDING, now)
    unknown = _move(db, company_id, run_id, batch_id, ItemState.UNKNOWN, ItemState.PENDING, now)
    # Where the run was stopped meanwhile, its next wake-up turns what waits again into cancelled.
    back = Run.pending + sent + unknown
    update_run_only(
        db,
        company_id,
        run_id,
        {Run.sent: Run.sent - sent, Run.unknown: Run.unknown - unknown, Run.pending: back},
    )


def update_run_only(db: Session, company_id: int, run_id: int, counters: Counters) -> None:
    """Move counters without asking whether the run has ended."""
    db.execute(
        update(Run).where(Run.company_id == company_id, Run.id == run_id).values(counters),
        execution_options={"synchronize_session": False},
    )


def _move(
    db: Session, company_id: int, run_id: int, batch_id: int, old: ItemState, new: ItemState, now: datetime
) -> int:
    values: dict[str, object] = {"state": new, "updated_at": now}
    if new == ItemState.PENDING:
        values["batch_id"] = None
    result = db.execute(
        update(RunItem)
        .where(
            RunItem.company_id == company_id,
            RunItem.run_id == run_id,
            RunItem.batch_id == batch_id,
            RunItem.state == old,
        )
        .values(values),
        execution_options={"synchronize_session": False},
    )
    return int(result.rowcount)  # type: ignore[attr-defined]

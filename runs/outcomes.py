"""Outcomes of orders, from events and from polling: each item is written once, however often it is told."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

import structlog
from marshmallow import ValidationError
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.errors import NotFound
from core.journal import Entry, write
from core.tenancy import all_companies, company_scope
from operators.gateway import LineOutcome, Outcome
from runs import counters, service
from runs.counters import Moved
from runs.engine import Engine
from runs.models import BatchState, ItemState, OrderBatch, Run

log = structlog.get_logger(__name__)

MOST_DIGITS = 18  # what a bigint surely holds
FINAL_STATES = {
    Outcome.DONE: ItemState.DONE,
    Outcome.REFUSED: ItemState.REFUSED,
    Outcome.FAILED: ItemState.FAILED,
}

# Rows are found by an array of numbers, then by their place: quick even before the table was analysed.
WRITE = text("""
    WITH told AS MATERIALIZED (
        SELECT item.ctid AS place, item.state AS old, r.state, r.reason, r.detail
        FROM run_items AS item
        JOIN jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(no bigint, state text, reason text, detail text)
             ON r.no = item.no
        WHERE item.company_id = :company AND item.run_id = :run AND item.no = ANY (CAST(:nos AS bigint[]))
              AND item.batch_id = :batch AND item.state IN ('sent', 'unknown')
        FOR UPDATE OF item)
    UPDATE run_items AS item SET state = told.state, reason = told.reason, detail = told.detail, updated_at = :now
    FROM told WHERE item.company_id = :company AND item.ctid = told.place
    RETURNING item.line_id, told.old, told.state""")


def record_event(engine: Engine, key: str, order_id: str, lines: Sequence[LineOutcome]) -> bool:
    """Write down what an event says of the order with this external id; False where the order is not ours."""
    with all_companies(reason="an event names an order, not a company"), unit_of_work() as db:
        company_id = db.scalar(select(OrderBatch.company_id).where(OrderBatch.key == key))
    if company_id is None:
        return False
    with company_scope(company_id), unit_of_work() as db:
        batch = lock(db, company_id, key)
        if batch is not None:
            record(db, engine, batch, order_id, lines)
    return True


def lock(db: Session, company_id: int, key: str) -> OrderBatch | None:
    """The batch with this key while it is open, its row locked; None once it is closed."""
    return db.scalar(
        select(OrderBatch)
        .where(
            OrderBatch.company_id == company_id, OrderBatch.key == key, OrderBatch.state != BatchState.CLOSED
        )
        .with_for_update()
    )


def record(
    db: Session, engine: Engine, batch: OrderBatch, order_id: str, lines: Sequence[LineOutcome]
) -> int:
    """Write outcomes on the items of a locked batch: lines changed, journal, counters, all in this transaction.

    Returns how many items became final now; those that already were, or are still open, are left as they are.
    """
    now = clock.now()
    rows = [_row(batch.run_id, line) for line in lines if line.outcome != Outcome.OPEN]
    changed: list[tuple[int, str, str]] = []
    if rows:
        found = {"company": batch.company_id, "run": batch.run_id, "batch": batch.id, "now": now}
        changed = [
            tuple(row)
            for row in db.execute(
                WRITE, {**found, "nos": [row["no"] for row in rows], "rows": json.dumps(rows)}
            )
        ]
    _close(db, batch, order_id, len(changed))
    if not changed:
        return 0
    run = db.scalars(select(Run).where(Run.company_id == batch.company_id, Run.id == batch.run_id)).one()
    done = sorted(line_id for line_id, _, state in changed if state == ItemState.DONE)
    if done:
        _apply(db, engine, run, done)
    by = Counter(state for _, _, state in changed)
    by.subtract(old for _, old, _ in changed)
    counters.move(db, run.company_id, run.id, now, by, Moved(answered=True))
    return len(changed)


def _row(run_id: int, line: LineOutcome) -> dict[str, object]:
    run, _, no = line.external_id.partition("-")
    if run != str(run_id) or not no.isascii() or not no.isdigit() or len(no) > MOST_DIGITS:
        log.warning("outcome.foreign_item", run=run_id, item=line.external_id)
        no = "-1"
    state = FINAL_STATES[line.outcome]
    reason = line.reason or None
    return {"no": int(no), "state": state, "reason": reason, "detail": line.detail[:500] or None}


def _close(db: Session, batch: OrderBatch, order_id: str, count: int) -> None:
    left = batch.open - count
    values: dict[str, object] = {"open": left, "order_id": order_id or batch.order_id}
    values["state"] = BatchState.CLOSED if left <= 0 else BatchState.ACCEPTED
    if left > 0:
        values["check_at"] = clock.now() + timedelta(seconds=poll_pause(batch.checks))
    db.execute(
        update(OrderBatch)
        .where(OrderBatch.company_id == batch.company_id, OrderBatch.id == batch.id)
        .values(values),
        execution_options={"synchronize_session": False},
    )


def poll_pause(checks: int) -> float:
    """Seconds until an accepted order that stays silent is asked about: 5, 10, 20 … at most 120."""
    doubled: float = 5.0 * (1 << min(checks, 5))
    return min(doubled, 120.0)


def _apply(db: Session, engine: Engine, run: Run, line_ids: Sequence[int]) -> None:
    try:
        operation = engine.operation(run.operation)
        effect = operation.effect(service.stored_params(operation, run))
    except (NotFound, ValidationError):
        log.error("outcome.unknown_operation", run=run.id, operation=run.operation)
        return  # the outcome is kept; the lines themselves come with the next synchronisation
    changes = engine.target.apply(db, run.company_id, line_ids, effect)
    entries = [
        Entry(f"line.{operation.code}", "line", line_id, before, after, run.id, label)
        for line_id, label, before, after in changes
    ]
    write(db, RunAuthor(run), entries)


class RunAuthor:
    """The person who started a run, for the journal of what the run did."""

    def __init__(self, run: Run) -> None:
        self.kind = "staff" if run.is_staff else "user"
        self.user_id = run.created_by
        self.company_id: int | None = run.company_id
        self.name = run.created_name
        self.ip = run.created_ip

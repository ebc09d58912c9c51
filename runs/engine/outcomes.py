"""Outcomes of orders, from events and from polling: each item is written once, however often its outcome arrives."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import structlog
from marshmallow import ValidationError
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.errors import NotFound
from core.journal.entries import Entry, write
from core.tenancy import all_companies, company_scope
from operators.port import LineOutcome, Outcome
from runs import operation_params, refusals
from runs.engine import counters, doubts
from runs.engine.counters import Moved
from runs.journal import operation_action
from runs.models import BatchState, ItemState, OrderBatch, Run, item_no
from runs.operation import Operation
from runs.parts import Parts, target_of

log = structlog.get_logger(__name__)

FINAL_STATES = {
    Outcome.DONE: ItemState.DONE,
    Outcome.REFUSED: ItemState.REFUSED,
    Outcome.FAILED: ItemState.FAILED,
}

# Items are found by an array of numbers, then by their place: quick even before the table was analysed. The same
# statement counts what is left of the order and closes it where nothing is.
WRITE = text("""
    WITH outcome AS MATERIALIZED (
        SELECT item.ctid AS place, item.state AS old, r.state, r.reason, r.detail
        FROM run_items AS item
        JOIN (SELECT unnest(nos) AS no, state, reason, detail
              FROM jsonb_to_recordset(CAST(:outcomes AS jsonb))
                   AS given(nos bigint[], state text, reason text, detail text)
             ) AS r ON r.no = item.no
        WHERE item.company_id = :company AND item.run_id = :run AND item.no = ANY (CAST(:nos AS bigint[]))
              AND item.batch_id = :batch AND item.state IN ('sent', 'unknown')
        FOR UPDATE OF item),
    changed AS (
        UPDATE run_items AS item SET state = outcome.state, reason = outcome.reason,
               detail = outcome.detail, updated_at = :now
        FROM outcome WHERE item.company_id = :company AND item.ctid = outcome.place
        RETURNING item.target_id, outcome.old, outcome.state),
    closed AS (
        UPDATE order_batches SET open = open - done.count, order_id = coalesce(:order, order_id),
               state = CASE WHEN open <= done.count THEN 'closed' ELSE 'accepted' END,
               check_at = CASE WHEN open <= done.count THEN check_at
                             ELSE clock_timestamp() + make_interval(secs => :poll_pause) END
        FROM (SELECT count(*) AS count FROM changed) AS done WHERE company_id = :company AND id = :batch)
    SELECT target_id, old, state FROM changed""")


@dataclass(frozen=True)
class Locked:
    """An open order whose row is locked, with its run."""

    batch: OrderBatch
    run: Run


def record_event(parts: Parts, key: str, order_id: str, lines: Sequence[LineOutcome]) -> bool:
    """Write down what an event says of the order with this external id; False where the order is not ours."""
    with all_companies(reason="an event names an order, not a company"), unit_of_work() as db:
        locked = lock(db, key)
        if locked is None and doubts.revive(db, key):
            locked = lock(db, key)
        if locked is None:
            return db.scalar(select(OrderBatch.id).where(OrderBatch.key == key)) is not None
        with company_scope(locked.run.company_id):
            record(db, parts, locked, order_id, lines)
    return True


def lock(db: Session, key: str) -> Locked | None:
    """The order with this key while it is open, its row locked; None once it is closed, or where it is not ours."""
    row = db.execute(
        select(OrderBatch, Run)
        .join(Run, (Run.company_id == OrderBatch.company_id) & (Run.id == OrderBatch.run_id))
        .where(OrderBatch.key == key, OrderBatch.state != BatchState.CLOSED)
        .with_for_update(of=OrderBatch)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else Locked(*row)


def record(db: Session, parts: Parts, locked: Locked, order_id: str, lines: Sequence[LineOutcome]) -> int:
    """Write outcomes on the items of a locked order: lines changed, journal, counters, all in this transaction.

    Returns how many items became final now; those that already were, or are still open, are left as they are.
    """
    now, batch, run = clock.now(), locked.batch, locked.run
    lines = _without_doubtful(db, parts, locked, _with_known_reasons(parts, run, lines))
    outcomes = _by_outcome(run.id, lines)
    numbers = ",".join(str(no) for nos in outcomes.values() for no in nos)
    groups = [
        {"nos": nos, "state": state, "reason": reason, "detail": detail}
        for (state, reason, detail), nos in outcomes.items()
    ]
    values = {
        "company": run.company_id,
        "run": run.id,
        "batch": batch.id,
        "now": now,
        "outcomes": json.dumps(groups),
        "nos": f"{{{numbers}}}",
        "order": order_id or None,
        "poll_pause": poll_pause(batch.checks),
    }
    changed = db.execute(WRITE, values).all()
    if not changed:
        return 0
    done = sorted(target_id for target_id, _, state in changed if state == ItemState.DONE)
    if done:
        _apply(db, parts, run, done)
    by = Counter(state for _, _, state in changed)
    by.subtract(old for _, old, _ in changed)
    counters.move(db, run.company_id, run.id, now, by, Moved(answered=True))
    return len(changed)


def _with_known_reasons(parts: Parts, run: Run, lines: Sequence[LineOutcome]) -> Sequence[LineOutcome]:
    """These outcomes, with reasons that the run's operation has a sentence for."""
    if not any(line.reason for line in lines):
        return lines
    try:
        operation = parts.operations.of(run.operation)
        known = refusals.texts(operation, operation_params.stored_params(operation, run))
    except (NotFound, ValidationError):
        known = refusals.texts(None, {})
    return [
        replace(line, reason=refusals.reason_from_operator(line.reason, known)) if line.reason else line
        for line in lines
    ]


def _without_doubtful(
    db: Session, parts: Parts, locked: Locked, lines: Sequence[LineOutcome]
) -> Sequence[LineOutcome]:
    """The outcomes but those that an order given up earlier may have brought about: they are looked up there first."""
    run, numbers = locked.run, {}
    if not any(line.outcome == Outcome.REFUSED for line in lines):
        return lines
    after_success = _after_success(parts, run)
    for line in lines:
        no = item_no(run.id, line.external_id)
        if line.outcome == Outcome.REFUSED and line.reason in after_success and no is not None:
            numbers[no] = line.reason, line.detail[:500] or None
    taken_back = doubts.take_back(db, run.company_id, run.id, locked.batch.id, numbers)
    return [line for line in lines if item_no(run.id, line.external_id) not in taken_back]


def _after_success(parts: Parts, run: Run) -> frozenset[str]:
    try:
        operation = parts.operations.of(run.operation)
        return operation.after_success(operation_params.stored_params(operation, run))
    except (NotFound, ValidationError):
        return frozenset()


Outcomes = dict[tuple[str, str | None, str | None], list[int]]
"""Numbers of items by state, reason and detail: most of an order ends in the same way."""


def _by_outcome(run_id: int, lines: Sequence[LineOutcome]) -> Outcomes:
    numbers: Outcomes = {}
    for line in lines:
        if line.outcome == Outcome.OPEN:
            continue
        no = item_no(run_id, line.external_id)
        if no is None:
            log.warning("outcome.foreign_item", run=run_id, item=line.external_id)
            continue
        key = FINAL_STATES[line.outcome].value, line.reason or None, line.detail[:500] or None
        numbers.setdefault(key, []).append(no)
    return numbers


def poll_pause(checks: int) -> float:
    """The seconds until an accepted order that stays silent is asked about: 5, 10, 20 … at most 120."""
    doubled: float = 5.0 * (1 << min(checks, 5))
    return min(doubled, 120.0)


def _apply(db: Session, parts: Parts, run: Run, target_ids: Sequence[int]) -> None:
    """Write the effect of a run's operation, if the operation is still known."""
    try:
        operation = parts.operations.of(run.operation)
        effect = operation.effect(operation_params.stored_params(operation, run))
    except (NotFound, ValidationError):
        log.error("outcome.unknown_operation", run=run.id, operation=run.operation)
        return  # the outcome is kept; the lines themselves come with the next synchronisation
    apply(db, parts, run, operation, effect, target_ids)


def apply(
    db: Session,
    parts: Parts,
    run: Run,
    operation: Operation,
    effect: Mapping[str, Any],
    target_ids: Sequence[int],
) -> None:
    """Write an effect on lines, and in the journal what it changed on each."""
    target = target_of(parts, operation)
    changes = target.apply(
        db,
        run.company_id,
        run.id,
        target_ids,
        effect,
        operation.row_value,
        is_ordered=operation.change is not None,
    )
    entries = [
        Entry(operation_action(operation), target.kind, target_id, before, after, run.id, label)
        for target_id, label, before, after in changes
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

"""Orders that were given up: what "it is so already" means for a line is looked up there before it is believed.

An order that the operator did not know is given up and its lines are sent again. Should it have been carried out after
all, the lines are refused the second time, by the operator or by what synchronisation brought: as blocked already, say.
Such a line goes back to the earlier order, which is looked up once more: what became of it there is its outcome.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import clock
from operators.port import LineOutcome, Outcome
from runs.engine import counters
from runs.models import ItemState, OrderBatch, RunItem, item_key

Refused = Mapping[int, tuple[str, str | None]]
"""Reason and the operator's own text by the numbers of items."""

# The latest of several earlier orders comes first; where it knows nothing, the one before it is asked. Locks go from
# later orders to earlier ones.
TAKE_BACK = text("""
    WITH refused AS (
        SELECT no, reason, detail FROM jsonb_to_recordset(CAST(:refused AS jsonb))
                                       AS given(no bigint, reason text, detail text)),
    earlier AS (
        SELECT DISTINCT ON (refused.no) refused.no, refused.reason, refused.detail, batch.id
        FROM refused JOIN order_batches AS batch ON refused.no = ANY (batch.given_up)
        WHERE batch.company_id = :company AND batch.run_id = :run AND batch.given_up IS NOT NULL AND batch.id < :batch
        ORDER BY refused.no, batch.id DESC),
    item AS MATERIALIZED (
        SELECT item.ctid AS place, item.state AS old, earlier.*
        FROM run_items AS item JOIN earlier ON earlier.no = item.no
        WHERE item.company_id = :company AND item.run_id = :run AND item.batch_id = :batch
              AND item.state IN ('sent', 'unknown')
        FOR UPDATE OF item),
    moved AS (
        UPDATE run_items AS target SET state = 'unknown', batch_id = item.id, reason = item.reason,
                                       detail = item.detail, updated_at = :now
        FROM item WHERE target.company_id = :company AND target.ctid = item.place
        RETURNING item.no, item.id, item.old),
    reopened AS (
        UPDATE order_batches AS batch
        SET state = 'unsure', open = batch.open + n.count, check_at = clock_timestamp(), absent_since = NULL,
            given_up = ARRAY(SELECT unnest(batch.given_up) EXCEPT SELECT unnest(n.numbers))
        FROM (SELECT id, count(*) AS count, array_agg(no) AS numbers FROM moved GROUP BY id) AS n
        WHERE batch.company_id = :company AND batch.id = n.id),
    left_over AS (
        UPDATE order_batches AS batch
        SET open = batch.open - n.count, state = CASE WHEN batch.open <= n.count THEN 'closed' ELSE batch.state END
        FROM (SELECT count(*) AS count FROM moved) AS n
        WHERE batch.company_id = :company AND batch.id = :batch AND n.count > 0)
    SELECT no, old FROM moved""")

# What waits to be sent again is no longer sent, once the operator speaks of the order that was given up.
REVIVE = text("""
    WITH batch AS (
        SELECT company_id, run_id, id, given_up FROM order_batches
        WHERE key = :key AND state = 'closed' AND given_up IS NOT NULL FOR UPDATE),
    item AS MATERIALIZED (
        SELECT item.ctid AS place, item.company_id, batch.id, item.no
        FROM run_items AS item JOIN batch ON batch.company_id = item.company_id AND batch.run_id = item.run_id
        WHERE item.no = ANY (batch.given_up) AND item.state = 'pending'
        FOR UPDATE OF item SKIP LOCKED),
    moved AS (
        UPDATE run_items AS target SET state = 'unknown', batch_id = item.id, updated_at = :now
        FROM item WHERE target.company_id = item.company_id AND target.ctid = item.place
        RETURNING item.no)
    UPDATE order_batches AS batch
    SET state = 'unsure', open = n.count, check_at = clock_timestamp(), absent_since = NULL,
        given_up = ARRAY(SELECT unnest(batch.given_up) EXCEPT SELECT unnest(n.numbers))
    FROM (SELECT count(*) AS count, array_agg(no) AS numbers FROM moved) AS n
    WHERE batch.key = :key AND n.count > 0
    RETURNING batch.company_id, batch.run_id, n.count""")


def take_back(db: Session, company_id: int, run_id: int, batch_id: int, refused: Refused) -> set[int]:
    """Give items of an order, refused as being so already, back to the order that was given up before it.

    Returns the numbers of those that had one; it is looked up next. The rest may be believed.
    """
    if not refused:
        return set()
    now = clock.now()
    given = [{"no": no, "reason": reason, "detail": detail} for no, (reason, detail) in refused.items()]
    values = {
        "company": company_id,
        "run": run_id,
        "batch": batch_id,
        "now": now,
        "refused": json.dumps(given),
    }
    rows = db.execute(TAKE_BACK, values).all()
    sent = sum(old == ItemState.SENT for _, old in rows)
    if sent:
        counters.move(db, company_id, run_id, now, {"sent": -sent, "unknown": sent})
    return {no for no, _ in rows}


def revive(db: Session, key: str) -> bool:
    """The operator speaks of an order that was given up: what was not sent again belongs to it again.

    Returns whether anything does. The caller sees the orders of every company.
    """
    row = db.execute(REVIVE, {"key": key, "now": clock.now()}).one_or_none()
    if row is None:
        return False
    company_id, run_id, count = row
    counters.move(db, company_id, run_id, clock.now(), {"pending": -count, "unknown": count})
    return True


def reviewed(db: Session, batch: OrderBatch) -> Sequence[LineOutcome]:
    """The items that were given back to an order of which the operator still knows nothing: they are refused.

    Those that an even earlier order was given up for are looked up there first, and are not among them.
    """
    rows = db.execute(
        select(RunItem.no, RunItem.reason, RunItem.detail).where(
            RunItem.company_id == batch.company_id,
            RunItem.run_id == batch.run_id,
            RunItem.batch_id == batch.id,
            RunItem.state == ItemState.UNKNOWN,
            RunItem.reason.is_not(None),
        )
    ).all()
    refused = {no: (reason or "", detail) for no, reason, detail in rows}
    earlier = take_back(db, batch.company_id, batch.run_id, batch.id, refused)
    return [
        LineOutcome(item_key(batch.run_id, no), Outcome.REFUSED, reason, detail or "")
        for no, (reason, detail) in refused.items()
        if no not in earlier
    ]

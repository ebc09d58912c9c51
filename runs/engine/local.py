"""Runs that need no operator: items, lines, journal and counters change in one transaction of ours."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from runs.engine import claims, counters, outcomes
from runs.engine.claims import Work
from runs.models import ItemState, Run
from runs.parts import target_of

MOST = 1000
"""Lines of one transaction: few enough that nobody waits long for the locks that it holds."""

Ended = dict[int, tuple[ItemState, str | None]]
"""States and reasons by the numbers of the items."""

# The rows stay locked until the transaction ends, so that no other worker takes them; a dead worker leaves them
# waiting.
TAKE = text("""
    WITH run AS (SELECT id FROM runs WHERE company_id = :company AND id = :run AND state = 'running')
    SELECT target_id, no FROM run_items
    WHERE company_id = :company AND run_id = (SELECT id FROM run) AND state = 'pending'
    ORDER BY no LIMIT :most FOR UPDATE SKIP LOCKED""")
END = text("""
    UPDATE run_items AS item SET state = r.state, reason = r.reason, updated_at = :now
    FROM unnest(CAST(:nos AS bigint[]), CAST(:states AS text[]), CAST(:reasons AS text[])) AS r(no, state, reason)
    WHERE item.company_id = :company AND item.run_id = :run AND item.no = ANY (CAST(:nos AS bigint[]))
          AND item.no = r.no""")


def carry_out_next(work: Work) -> bool:
    """Carry the operation out on the next lines of the run; False where none waits or the run was stopped."""
    effect = work.operation.effect(work.params)
    with unit_of_work() as session:
        rows = session.execute(TAKE, {"company": work.company_id, "run": work.run_id, "most": MOST}).all()
        if not rows:
            return False
        target_of(work.parts, work.operation).prepare(session, work.company_id, effect)
        lines = claims.read_lines(session, work, dict(rows))
        # A line that is not read any more has left for another company.
        ended: Ended = {no: (ItemState.REFUSED, "unknown_line") for _, no in rows}
        for line in lines:
            ended[line.no] = (ItemState.REFUSED if line.refusal else ItemState.DONE, line.refusal)
        _end(session, work, ended)
        done = sorted(line.target_id for line in lines if line.refusal is None)
        if done:
            run = session.scalars(
                select(Run).where(Run.company_id == work.company_id, Run.id == work.run_id)
            ).one()
            outcomes.apply(session, work.parts, run, work.operation, effect, done)
        _count(session, work, ended)
    return True


def _end(session: Session, work: Work, ended: Ended) -> None:
    values: dict[str, Any] = {"company": work.company_id, "run": work.run_id, "now": clock.now()}
    values |= {
        "nos": list(ended),
        "states": [state.value for state, _ in ended.values()],
        "reasons": [reason for _, reason in ended.values()],
    }
    session.execute(END, values)


def _count(session: Session, work: Work, ended: Ended) -> None:
    by = Counter({"pending": -len(ended)})
    by.update(state.value for state, _ in ended.values())
    counters.move(session, work.company_id, work.run_id, clock.now(), by)

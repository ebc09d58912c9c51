"""A run's counters: moved in one statement, which also ends the run when its last item has its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

NAMES = ("pending", "sent", "unknown", "done", "refused", "failed", "cancelled")
_MOVED = ", ".join(f"{name} = {name} + :{name}" for name in NAMES)
_OPEN = "pending + :pending + sent + :sent + unknown + :unknown"
_ENDS = f"(finished_at IS NULL AND state IN ('running', 'cancelled', 'broken') AND {_OPEN} = 0)"

# A stop that came too late leaves nothing unsent: such a run is finished like any other.
# An answer of the operator ends the trouble that a run was in; so does the run's end.
MOVE = text(f"""
    UPDATE runs SET {_MOVED},
           state = CASE WHEN {_ENDS} AND state = 'running' THEN 'finished'
                        WHEN {_ENDS} AND state = 'cancelled' AND cancelled + :cancelled = 0 THEN 'finished'
                        ELSE state END,
           finished_at = CASE WHEN {_ENDS} THEN :now ELSE finished_at END,
           wake_until = coalesce(clock_timestamp() + CAST(:hold AS float8) * interval '1 second', wake_until),
           answered_at = CASE WHEN :answered THEN :now ELSE answered_at END,
           troubles = CASE WHEN :answered THEN 0 ELSE troubles END,
           trouble = CASE WHEN :answered OR {_ENDS} THEN '' ELSE trouble END,
           trouble_since = CASE WHEN :answered OR {_ENDS} THEN NULL ELSE trouble_since END,
           retry_at = CASE WHEN {_ENDS} THEN NULL ELSE retry_at END
    WHERE company_id = :company AND id = :run
    RETURNING pending""")  # noqa: S608 - names of columns only


@dataclass(frozen=True)
class Moved:
    """The changes beside the counters: for how many seconds to hold the run, and whether the operator has answered."""

    hold: float | None = None
    answered: bool = False


def move(
    db: Session, company_id: int, run_id: int, now: datetime, by: Mapping[str, int], also: Moved | None = None
) -> int:
    """Add to the counters named; returns how many items wait now. The run's row is locked last of all."""
    also = also or Moved()
    params = {"company": company_id, "run": run_id, "now": now, "hold": also.hold, "answered": also.answered}
    deltas = {name: by.get(name, 0) for name in NAMES}
    return int(db.execute(MOVE, {**params, **deltas}).scalar_one())

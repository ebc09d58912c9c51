"""How far each stream of synchronisation has come; see operators.models.SyncState."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import unit_of_work
from core.tenancy import all_companies
from operators.models import SyncState

REASON = "the state of synchronisation belongs to no company"


@dataclass
class Report:
    """What one synchronisation did; `deferred` lines wait for the end of an order, `odd` records were skipped."""

    read: int = 0
    created: int = 0
    changed: int = 0
    terminated: int = 0
    deferred: int = 0
    odd: int = 0
    problem: str = ""

    @property
    def is_quiet(self) -> bool:
        """True where nothing was written."""
        return not (self.created or self.changed or self.terminated)


@dataclass(frozen=True)
class State:
    """Where a stream stands: its cursor, when it last ended well, and what went wrong since."""

    cursor: str
    done_at: datetime | None
    problem: str


def find_state(stream: str) -> State | None:
    """The state of a stream; None where it never ran."""
    with all_companies(reason=REASON), unit_of_work() as db:
        row = db.scalar(select(SyncState).where(SyncState.stream == stream))
        return None if row is None else State(row.cursor, row.done_at, row.problem)


def note_done(stream: str, cursor: str = "", problem: str = "") -> None:
    """The stream ended well; `problem` is what people should still know, such as skipped records."""
    _write(stream, {"cursor": cursor, "done_at": clock.now(), "problem": problem[:500]})


def note_failed(stream: str, problem: str) -> None:
    """The stream broke off; its cursor stays where it was."""
    _write(stream, {"problem": problem[:500]})


def _write(stream: str, values: dict[str, object]) -> None:
    first = {"stream": stream, "cursor": "", "problem": "", **values}
    statement = insert(SyncState).values(first)
    with all_companies(reason=REASON), unit_of_work() as db:
        db.execute(statement.on_conflict_do_update(index_elements=[SyncState.stream], set_=values))

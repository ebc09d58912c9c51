"""The progress of each stream of synchronisation; see operators.models.SyncState."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from core import clock
from core.db import unit_of_work
from core.tenancy import all_companies
from operators.models import SyncState

REASON = "the state of synchronisation belongs to no company"


@dataclass
class Report:
    """The result of one synchronisation; `deferred` lines wait for the end of an order, `odd` records were skipped.

    `corrected` lines stood otherwise at the operator than here although it shows no later change of them.
    """

    read: int = 0
    created: int = 0
    changed: int = 0
    terminated: int = 0
    deferred: int = 0
    odd: int = 0
    corrected: int = 0
    problem: str = ""

    @property
    def is_quiet(self) -> bool:
        """True where nothing was written."""
        return not (self.created or self.changed or self.terminated)


@dataclass(frozen=True)
class State:
    """The state of a stream: its cursor, when it last ended well, and what went wrong since."""

    cursor: str
    done_at: datetime | None
    problem: str


LATE_AFTER: Mapping[str, timedelta] = {
    "lines": timedelta(minutes=15),
    "pool": timedelta(minutes=45),
    "spares": timedelta(hours=1),
    "catalogue": timedelta(hours=4),
    "companies": timedelta(hours=4),
    "accounts": timedelta(hours=4),
    "sims": timedelta(hours=36),
}
"""When a stream is late: several times as long as from one of its readings to the next. What is not named never is."""


def kind_of(stream: str) -> str:
    """The kind of a stream: its name without the company."""
    return stream.partition(":")[0]


def late_kinds(moments: Mapping[str, datetime | None], now: datetime) -> list[str]:
    """The kinds of which a stream is late, by when each stream last ended well; sorted."""
    late = {
        kind_of(stream)
        for stream, done_at in moments.items()
        if (limit := LATE_AFTER.get(kind_of(stream))) and (done_at is None or now - done_at > limit)
    }
    return sorted(late)


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

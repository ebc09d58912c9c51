"""What people know a line by, for the bulk engine: its number, and second its SIM card."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, func

from core.journal.entries import JournalEntry
from lines.models import Line
from lines.sync.merge import PARKED

TITLE_COLUMN: Final = "msisdn"
"""Name of the column of lines."""
TITLE = Line.msisdn
SECOND_TITLE = Line.iccid
TITLE_BEFORE: ColumnElement[str | None] = JournalEntry.before[TITLE_COLUMN].astext
"""What a line was known by before the change that a journal entry tells of."""


def title_without_mark() -> ColumnElement[str]:
    """The title of a line also where it had to give it up to another line, which left a mark."""
    return func.split_part(TITLE, PARKED, 1)

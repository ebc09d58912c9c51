"""Columns beside the numbers of an uploaded list: the SIM cards or numbers that the lines are to get."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from core.excel import Cell, Sheet
from lines.list_cells import Kind, header_above, read_cell
from runs.models import UNREADABLE

KINDS: Final[tuple[Kind, ...]] = ("iccid", "msisdn")
NEW_WORDS: Final = ("нов", "new", "замен", "replace")
_SAMPLE: Final = 400
_LONGEST: Final = 60

Beside = dict[Kind, int]
"""Index of the column that holds what each line gets, by its kind."""


def find_beside(sheet: Sheet, main: int) -> Beside:
    """The columns with new SIM cards and new numbers beside the column `main`, which says which lines are meant.

    A second column of numbers is often somebody's contact: only a header that says so makes them new ones.
    """
    rows = sheet.rows[:: max(1, len(sheet.rows) // _SAMPLE)]
    found: Beside = {}
    for column in range(max(map(len, sheet.rows), default=0)):
        kind = _kind(rows, column) if column != main else None
        if kind is None or (kind == "msisdn" and not says_new(sheet.rows, column)):
            continue
        if kind not in found or says_new(sheet.rows, column) or not says_new(sheet.rows, found[kind]):
            found[kind] = column
    return found


def says_new(rows: Sequence[Sequence[Cell]], column: int) -> bool:
    """Whether the header of a column says that it holds what is to come."""
    header = header_above(rows, column).lower()
    return any(word in header for word in NEW_WORDS)


def _kind(rows: Sequence[Sequence[Cell]], column: int) -> Kind | None:
    """What at least half of the filled cells are."""
    cells = [row[column] for row in rows if column < len(row) and row[column] != ""]
    kinds = [read_cell(cell)[0] for cell in cells]
    return next((kind for kind in KINDS if kinds.count(kind) * 2 >= max(len(kinds) - 1, 1)), None)


def read_beside(row: Sequence[Cell], columns: Beside) -> dict[Kind, str]:
    """What stands in these columns of a row; what cannot be read is kept with a mark before it."""
    found: dict[Kind, str] = {}
    for kind, column in columns.items():
        raw = row[column] if column < len(row) else ""
        if raw == "" or (isinstance(raw, str) and raw.isspace()):
            continue
        read, value, _ = read_cell(raw)
        found[kind] = value if value is not None and read == kind else f"{UNREADABLE}{str(raw)[:_LONGEST]}"
    return found

"""Columns of an uploaded list with row values: what the lines are to get, a column for each kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from core.excel import Cell, Sheet
from lines.uploads.cells import header_above, looks_like_number
from runs.models import UNREADABLE
from runs.row_value_kind import RowValue

# Whole words: "основной", "Ульяновск" and "Иванов" say nothing of what is to come.
NEW: Final = re.compile(r"\b(нов(ый|ая|ое|ого|ой|ому|ые|ых)|new)\b", re.IGNORECASE)
PRESENT: Final = re.compile(r"\b(текущ|стар|прежн|нынешн|present|current|old)", re.IGNORECASE)
_SAMPLE: Final = 400
_LONGEST: Final = 60

ValueColumns = Sequence[tuple[RowValue, int]]
"""Kinds of row values with the index of the column that holds them."""


def find_value_columns(sheet: Sheet, main: int, kinds: Sequence[RowValue]) -> ValueColumns:
    """The columns with row values; the column `main` says which lines are meant.

    A header that says "new" decides, whatever its cells look like: what cannot be read there is a mistake to be shown.
    Without one, a column is taken whose kind is unmistakable, unless it says that it holds the present ones; a second
    column of numbers is somebody's contact.
    """
    rows = sheet.rows[:: max(1, len(sheet.rows) // _SAMPLE)]
    above = _rows_above(sheet, main)
    announced: dict[str, tuple[RowValue, int]] = {}
    likely: dict[str, tuple[RowValue, int]] = {}
    for column in range(max(map(len, sheet.rows), default=0)):
        if column == main:
            continue
        header = header_above(above, column) or header_above(sheet.rows, column)
        kind = _readable_kind(rows, column, header, kinds)
        if NEW.search(header):
            kind = kind or _named_kind(header, kinds)
            if kind is not None:
                announced.setdefault(kind.code, (kind, column))
        elif kind is not None and _is_unmistakable(kind) and not PRESENT.search(header):
            likely.setdefault(kind.code, (kind, column))
    return list({**likely, **announced}.values())


def _rows_above(sheet: Sheet, main: int) -> Sequence[Sequence[Cell]]:
    """The rows above the first number of the column `main`: values of other kinds may look like words of a header."""
    first = next(
        (no for no, row in enumerate(sheet.rows) if main < len(row) and looks_like_number(row[main])), None
    )
    return sheet.rows[:first]


def says_new(rows: Sequence[Sequence[Cell]], column: int) -> bool:
    """Whether the header of a column says that it holds what is to come."""
    return NEW.search(header_above(rows, column)) is not None


def _is_unmistakable(kind: RowValue) -> bool:
    return kind.list_column is not None and kind.list_column.is_unmistakable


def _named_kind(header: str, kinds: Sequence[RowValue]) -> RowValue | None:
    """What the header says that the column holds."""
    return next((kind for kind in kinds if kind.list_column and kind.list_column.words.search(header)), None)


def _readable_kind(
    rows: Sequence[Sequence[Cell]], column: int, header: str, kinds: Sequence[RowValue]
) -> RowValue | None:
    """What at least half of the filled cells are; where several kinds can be read, the one that the header names."""
    cells = [row[column] for row in rows if column < len(row) and row[column] != ""]
    least = max(len(cells) - 1, 1)
    readable = [
        kind
        for kind in kinds
        if kind.list_column is not None and sum(kind.read(cell) is not None for cell in cells) * 2 >= least
    ]
    return _named_kind(header, readable) or next(iter(readable), None)


def read_values(row: Sequence[Cell], columns: ValueColumns) -> dict[str, str]:
    """What stands in these columns of a row by code of the kind; what cannot be read is kept with a mark before it."""
    values: dict[str, str] = {}
    for kind, column in columns:
        raw = row[column] if column < len(row) else ""
        if raw == "" or (isinstance(raw, str) and raw.isspace()):
            continue
        value = kind.read(raw)
        values[kind.code] = f"{UNREADABLE}{str(raw)[:_LONGEST]}" if value is None else value
    return values

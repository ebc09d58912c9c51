"""Columns of an uploaded list with row values: what the lines are to get, a column for each kind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from core.spreadsheets import Cell, Row
from core.spreadsheets.sheet import is_blank
from lines.uploads.cells import header_above, looks_like_number
from lines.uploads.kinds import ListKind

# Whole words: "основной", "Ульяновск" and "Иванов" say nothing of what is to come.
NEW: Final = re.compile(r"\b(нов(ый|ая|ое|ого|ой|ому|ые|ых)|new)\b", re.IGNORECASE)
PRESENT: Final = re.compile(r"\b(текущ|стар|прежн|нынешн|present|current|old)", re.IGNORECASE)
_SAMPLE: Final = 400
_LONGEST: Final = 60

ValueColumns = Sequence[tuple[ListKind, int]]
"""Kinds of row values with the index of the column that holds them."""


def find_value_columns(
    rows: Sequence[Row], main: int, kinds: Sequence[ListKind], left_out: frozenset[int] = frozenset()
) -> ValueColumns:
    """The columns with row values; the column `main` says which lines are meant, those `left_out` are hidden.

    A header that says "new" decides, whatever its cells look like: what cannot be read there is a mistake to be shown.
    Without one, a column is taken whose kind is unmistakable, unless it says that it holds the present ones; a second
    column of numbers is somebody's contact.
    """
    sample = rows[:: max(1, len(rows) // _SAMPLE)]
    above = _rows_above(rows, main)
    announced: dict[str, tuple[ListKind, int]] = {}
    likely: dict[str, tuple[ListKind, int]] = {}
    for column in range(max((len(row.cells) for row in rows), default=0)):
        if column == main or column in left_out:
            continue
        header = header_above(above, column) or header_above(rows, column)
        kind = _readable_kind(sample, column, header, kinds)
        if NEW.search(header):
            kind = kind or _named_kind(header, kinds)
            if kind is not None:
                announced.setdefault(kind.code, (kind, column))
        elif kind is not None and kind.is_unmistakable and not PRESENT.search(header):
            likely.setdefault(kind.code, (kind, column))
    return list({**likely, **announced}.values())


def _rows_above(rows: Sequence[Row], main: int) -> Sequence[Row]:
    """The rows above the first number of the column `main`: values of other kinds may look like words of a header."""
    first = next(
        (no for no, row in enumerate(rows) if main < len(row.cells) and looks_like_number(row.cells[main])),
        None,
    )
    return rows[:first]


def says_new(rows: Sequence[Row], column: int) -> bool:
    """Whether the header of a column says that it holds what is to come."""
    return NEW.search(header_above(rows, column)) is not None


def _named_kind(header: str, kinds: Sequence[ListKind]) -> ListKind | None:
    """The kind that the header of a column names."""
    return next((kind for kind in kinds if kind.words.search(header)), None)


def _readable_kind(
    rows: Sequence[Row], column: int, header: str, kinds: Sequence[ListKind]
) -> ListKind | None:
    """The kind of at least half of the filled cells; where several kinds can be read, the one that the header names."""
    cells = [row.cells[column] for row in rows if column < len(row.cells) and row.cells[column] != ""]
    least = max(len(cells) - 1, 1)
    readable = [kind for kind in kinds if sum(kind.read(cell) is not None for cell in cells) * 2 >= least]
    return _named_kind(header, readable) or next(iter(readable), None)


def read_values(cells: Sequence[Cell], columns: ValueColumns) -> dict[str, str]:
    """The values in these columns of a row by code of the kind; what cannot be read is kept with a mark before it."""
    values: dict[str, str] = {}
    for kind, column in columns:
        raw = cells[column] if column < len(cells) else ""
        if is_blank(raw):
            continue
        value = kind.read(raw)
        values[kind.code] = f"{kind.unreadable}{str(raw)[:_LONGEST]}" if value is None else value
    return values

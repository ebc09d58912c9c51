"""Columns beside the numbers of an uploaded list: the SIM cards or numbers that the lines are to get."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from core.excel import Cell, Sheet
from lines.uploads.cells import Kind, header_above, read_cell
from runs.models import UNREADABLE

KINDS: Final[tuple[Kind, ...]] = ("iccid", "msisdn")
# Whole words: "основной", "Ульяновск" and "Иванов" say nothing of what is to come.
NEW: Final = re.compile(r"\b(нов(ый|ая|ое|ого|ой|ому|ые|ых)|new)\b", re.IGNORECASE)
PRESENT: Final = re.compile(r"\b(текущ|стар|прежн|нынешн|present|current|old)", re.IGNORECASE)
SIM: Final = re.compile(r"\b(sim|сим|iccid|карт)", re.IGNORECASE)
NUMBER: Final = re.compile(r"\b(номер|number|phone|телефон|msisdn)", re.IGNORECASE)
_SAMPLE: Final = 400
_LONGEST: Final = 60

Beside = dict[Kind, int]
"""Index of the column that holds what each line gets, by its kind."""


def find_beside(sheet: Sheet, main: int) -> Beside:
    """The columns with new SIM cards and new numbers beside the column `main`, which says which lines are meant.

    A header that says "new" decides, whatever its cells look like: what cannot be read there is a mistake to be told.
    Without one, a column of SIM cards is taken, unless it says that it holds the present ones; a second column of
    numbers is somebody's contact.
    """
    rows = sheet.rows[:: max(1, len(sheet.rows) // _SAMPLE)]
    told: Beside = {}
    likely: Beside = {}
    for column in range(max(map(len, sheet.rows), default=0)):
        if column == main:
            continue
        header = header_above(sheet.rows, column)
        kind = _kind(rows, column)
        if NEW.search(header):
            kind = kind or _named(header)
            if kind is not None:
                told.setdefault(kind, column)
        elif kind == "iccid" and not PRESENT.search(header):
            likely.setdefault(kind, column)
    return {**likely, **told}


def says_new(rows: Sequence[Sequence[Cell]], column: int) -> bool:
    """Whether the header of a column says that it holds what is to come."""
    return NEW.search(header_above(rows, column)) is not None


def _named(header: str) -> Kind | None:
    """What the header says that the column holds."""
    if SIM.search(header):
        return "iccid"
    return "msisdn" if NUMBER.search(header) else None


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

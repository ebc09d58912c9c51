"""The content of a file as it is read: visible sheets with the rows that hold something, and what is hidden in them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from typing import NamedTuple

Cell = str | int | float | bool | date | time | timedelta | None


class Row(NamedTuple):
    """A row that holds something: its number, counted from 1 as Excel shows it, and its cells.

    They begin with the first column of the sheet.
    """

    number: int
    cells: Sequence[Cell]


@dataclass(slots=True)
class Sheet:
    """One visible sheet. Rows and columns are counted from 1; an empty cell is an empty string.

    Cells begin with the column `first_column`. Errors stand in them as Excel shows them ("#N/A"). `unfinished` are
    cells with a formula that no program has worked out, as (row, column).
    """

    name: str
    rows: list[Row]
    first_column: int = 1
    hidden_rows: frozenset[int] = frozenset()
    hidden_columns: frozenset[int] = frozenset()
    formula_columns: frozenset[int] = frozenset()
    unfinished: frozenset[tuple[int, int]] = frozenset()


@dataclass(slots=True)
class Workbook:
    """The visible sheets with content; `knows_hidden` tells whether hidden rows and columns of the format are seen."""

    sheets: list[Sheet]
    hidden_sheets: list[str] = field(default_factory=list)
    knows_hidden: bool = True
    is_text: bool = False


def is_blank(cell: Cell) -> bool:
    """Whether a cell holds nothing that people see."""
    return cell in ("", None) or (isinstance(cell, str) and cell.isspace())

"""The rows of an uploaded list as they were read, and what of the file was read and what was left out."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from lines.uploads.cells import PROBLEMS, Kind


@dataclass(frozen=True, slots=True)
class OtherColumn:
    """A column that holds numbers too and was not read; it may be hidden."""

    letter: str
    header: str
    is_hidden: bool = False


@dataclass(slots=True)
class SheetUsed:
    """The read part of a sheet: its columns as Excel names them (one, or all of a sheet full of numbers), the header
    as it stands there or empty, the rows from the first to the last.

    `rows` are those that were read and not hidden, `hidden_rows` those that are. `without_number` counts rows that
    hold something, but nothing in the column.
    """

    sheet: str
    letters: list[str]
    header: str
    has_formulas: bool = False
    first_row: int = 0
    last_row: int = 0
    rows: int = 0
    hidden_rows: int = 0
    without_number: int = 0
    others: list[OtherColumn] = field(default_factory=list)


@dataclass(slots=True)
class Account:
    """The account of a file, read or not: skipped sheets have no column with numbers, hidden ones are not read.

    `knows_hidden` is false for formats whose hidden rows are not seen.
    """

    sheets: list[SheetUsed] = field(default_factory=list)
    skipped_sheets: list[str] = field(default_factory=list)
    hidden_sheets: list[str] = field(default_factory=list)
    knows_hidden: bool = True

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)


@dataclass(slots=True)
class NumberList:
    """The rows of a list as parallel columns, one entry per non-blank cell of the column with the numbers.

    ``kinds`` and ``values`` are None where there is a problem other than a duplicate; ``problems`` are keys of
    ``PROBLEMS``. ``first_index`` gives for the index of a duplicate the index of the entry it repeats. ``hidden``
    are the indices of rows that are hidden in the file. ``row_values`` gives by index what else stands in the row
    for its line, by the code of its kind, ``cards`` the SIM card that stands beside its number.
    """

    sheets: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    raws: list[str] = field(default_factory=list)
    kinds: list[Kind | None] = field(default_factory=list)
    values: list[str | None] = field(default_factory=list)
    problems: list[str | None] = field(default_factory=list)
    first_index: dict[int, int] = field(default_factory=dict)
    hidden: set[int] = field(default_factory=set)
    row_values: dict[int, dict[str, str]] = field(default_factory=dict)
    cards: dict[int, str] = field(default_factory=dict)
    account: Account = field(default_factory=Account)

    def __len__(self) -> int:
        return len(self.rows)

    def problem_counts(self) -> dict[str, int]:
        """The number of rows with each problem, by its code."""
        return dict(Counter(problem for problem in self.problems if problem is not None))

    def describe_problem(self, index: int) -> tuple[str, dict[str, object]] | None:
        """The msgid and parameters that tell people what is wrong with entry ``index``; None if nothing is."""
        code = self.problems[index]
        if code is None:
            return None
        first = self.first_index.get(index)
        if first is None:
            return PROBLEMS[code], {}
        if self.sheets[first] == self.sheets[index]:
            return PROBLEMS[code], {"row": self.rows[first]}
        return PROBLEMS["duplicate_on_sheet"], {"row": self.rows[first], "sheet": self.sheets[first]}

    def mark_duplicates(self) -> None:
        """Mark each number that stands there again; a hidden row repeats a visible one."""
        first: dict[str, int] = {}
        order = [*(no for no in range(len(self)) if no not in self.hidden), *sorted(self.hidden)]
        for index in order if self.hidden else range(len(self)):
            value = self.values[index]
            if value is None:
                continue
            earlier = first.setdefault(value, index)
            if earlier != index:
                self.problems[index] = "duplicate"
                self.first_index[index] = earlier

"""Finds the numbers or SIM cards in an uploaded list, whatever its columns, and says by row what is wrong."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from core.excel import Cell, FileRefused, ReadLimits, Sheet, read_sheets
from core.i18n import N_
from lines.uploads.cells import (
    PROBLEMS,
    Kind,
    Reading,
    column_letters,
    header_above,
    looks_like_number,
    read_cell,
)
from lines.uploads.value_columns import find_value_columns, read_values, says_new
from runs.row_value_kind import RowValue

NO_NUMBERS: Final = N_(
    "There is no column with phone numbers or SIM card numbers in the file. "
    "Compare it with the sample, correct it and upload it again."
)

_HEADER_WORDS: Final = ("msisdn", "номер", "телефон", "phone", "number", "моб", "iccid", "sim", "сим")
_SAMPLE: Final = 400
_LIST_SHARE: Final = 0.5
_RAW_LENGTH: Final = 100
_NO_RESULT: Final[Reading] = (None, None, "formula_without_value")


@dataclass(frozen=True, slots=True)
class ColumnUsed:
    """Which column of a sheet was read; ``letter`` as Excel names it, ``header`` as it stands there or empty."""

    sheet: str
    letter: str
    header: str
    has_formulas: bool


@dataclass(slots=True)
class NumberList:
    """The rows of a list as parallel columns, one entry per non-blank cell of the column with the numbers.

    ``kinds`` and ``values`` are None where there is a problem other than a duplicate; ``problems`` are keys of
    ``PROBLEMS``. ``first_index`` gives for the index of a duplicate the index of the entry it repeats.
    ``skipped_sheets`` had no column that is mostly numbers. ``row_values`` gives by index what else stands in the row
    for its line, by the code of its kind.
    """

    sheets: list[str] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)
    raws: list[str] = field(default_factory=list)
    kinds: list[Kind | None] = field(default_factory=list)
    values: list[str | None] = field(default_factory=list)
    problems: list[str | None] = field(default_factory=list)
    first_index: dict[int, int] = field(default_factory=dict)
    columns: list[ColumnUsed] = field(default_factory=list)
    skipped_sheets: list[str] = field(default_factory=list)
    row_values: dict[int, dict[str, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def problem_counts(self) -> dict[str, int]:
        """How many rows have which problem, by its code."""
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


def read_number_list(
    path: Path, filename: str, limits: ReadLimits | None = None, *, kinds: Sequence[RowValue] = ()
) -> NumberList:
    """Reads the list; raises FileRefused if the file cannot be read or has no column with numbers.

    ``filename`` is the name its sender gave the file. Each sheet may have its numbers in another column; sheets
    without numbers are passed over as long as one has some. ``kinds`` are the row values that a list may hold.
    """
    result = NumberList()
    sheets = read_sheets(path, filename, limits or ReadLimits())
    columns = _find_columns(sheets)
    for sheet, column in zip(sheets, columns, strict=True):
        if column is None:
            result.skipped_sheets.append(sheet.name)
        else:
            _add_sheet(result, sheet, column, kinds)
    if not len(result):
        raise FileRefused("no_numbers", NO_NUMBERS)
    _mark_duplicates(result)
    return result


def _find_columns(sheets: Sequence[Sheet]) -> list[int | None]:
    """For each sheet the index of its column with numbers; instructions that name a number are no list."""
    columns = [_find_column(sheet) for sheet in sheets]
    if all(column is None for column, _ in columns):
        return [_find_doubtful_column(sheet) for sheet in sheets]
    least = _LIST_SHARE if any(share >= _LIST_SHARE for _, share in columns) else 0
    return [column if share >= least else None for column, share in columns]


def _find_column(sheet: Sheet) -> tuple[int | None, float]:
    """Index of the column that holds the numbers and the share of its cells that do.

    Chosen by what most of its cells are, then by what stands above: a second column of numbers (of a contact,
    of the SIM card) may be filled as well as the one that is meant.
    """
    rows = sheet.rows
    width = max(map(len, rows), default=0)
    for sample in (rows[:: max(1, len(rows) // _SAMPLE)], rows):
        counts = {column: _count_kinds(sample, column) for column in range(width)}
        best = max((count["msisdn"] + count["iccid"] for count in counts.values()), default=0)
        if best:
            close = [
                column for column, count in counts.items() if (count["msisdn"] + count["iccid"]) * 2 >= best
            ]
            column = min(
                close,
                key=lambda column: (
                    _is_sim_column(counts[column]),
                    says_new(rows, column),
                    _header_rank(rows, column),
                    column,
                ),
            )
            count = counts[column]
            return column, (count["msisdn"] + count["iccid"]) / count.total()
    return None, 0


def _count_kinds(rows: Sequence[Sequence[Cell]], column: int) -> Counter[Kind | None]:
    """How many filled cells of the column are of which kind; None counts the others."""
    cells = (row[column] for row in rows if column < len(row) and row[column] != "")
    return Counter(read_cell(cell)[0] for cell in cells)


def _is_sim_column(count: Counter[Kind | None]) -> bool:
    return count["iccid"] > count["msisdn"]


def _find_doubtful_column(sheet: Sheet) -> int | None:
    """Where no cell is right: the column whose cells were meant to be numbers, so that each gets its problem."""
    for column in range(max(map(len, sheet.rows), default=0)):
        cells = (row[column] for row in sheet.rows if column < len(row) and row[column] != "")
        if any(read_cell(cell)[2] != "not_a_number" for cell in cells):
            return column
    without_value = sorted({place - sheet.first_column for _, place in sheet.formulas.without_value})
    return next(
        (column for column in without_value if _header_rank(sheet.rows, column) < len(_HEADER_WORDS)), None
    )


def _header_rank(rows: Sequence[Sequence[Cell]], column: int) -> int:
    header = header_above(rows, column).lower()
    return next((rank for rank, word in enumerate(_HEADER_WORDS) if word in header), len(_HEADER_WORDS))


def _add_sheet(result: NumberList, sheet: Sheet, column: int, kinds: Sequence[RowValue]) -> None:
    number = sheet.first_column + column
    has_formulas = any(place == number for _, place in sheet.formulas.with_value)
    header = header_above(sheet.rows, column)
    result.columns.append(ColumnUsed(sheet.name, column_letters(number), header, has_formulas))
    empty = {row for row, place in sheet.formulas.without_value if place == number}
    value_columns = find_value_columns(sheet, column, kinds)
    last_row = sheet.first_row + len(sheet.rows) - 1
    # The sheet's content begins after some of them and ends before others.
    for row_number in sorted(row for row in empty if row < sheet.first_row):
        _append(result, sheet.name, row_number, "", _NO_RESULT)
    is_header = True
    for row_number, row in enumerate(sheet.rows, sheet.first_row):
        raw = row[column] if column < len(row) else ""
        if raw == "" or (isinstance(raw, str) and raw.isspace()):
            if row_number in empty:
                _append(result, sheet.name, row_number, "", _NO_RESULT)
        elif not is_header or looks_like_number(raw) or read_cell(raw)[1] is not None:
            is_header = False
            _append(result, sheet.name, row_number, raw, read_cell(raw))
            if value_columns and (values := read_values(row, value_columns)):
                result.row_values[len(result) - 1] = values
    for row_number in sorted(row for row in empty if row > last_row):
        _append(result, sheet.name, row_number, "", _NO_RESULT)


def _append(result: NumberList, sheet: str, row: int, raw: Cell, reading: Reading) -> None:
    kind, value, problem = reading
    result.sheets.append(sheet)
    result.rows.append(row)
    result.raws.append(raw[:_RAW_LENGTH] if isinstance(raw, str) else _shown(raw))
    result.kinds.append(kind)
    result.values.append(value)
    result.problems.append(problem)


def _shown(raw: Cell) -> str:
    if isinstance(raw, float) and raw.is_integer():
        return f"{raw:.0f}"
    return "" if raw is None else str(raw)


def _mark_duplicates(result: NumberList) -> None:
    first: dict[str, int] = {}
    for index, value in enumerate(result.values):
        if value is None:
            continue
        earlier = first.setdefault(value, index)
        if earlier != index:
            result.problems[index] = "duplicate"
            result.first_index[index] = earlier

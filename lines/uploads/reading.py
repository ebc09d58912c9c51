"""The numbers or SIM cards in an uploaded list, whatever its columns, with the problems by row.

`lines.uploads.child` runs it in a process with bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.i18n import N_
from core.spreadsheets import Cell, FileRefused, ReadLimits, Row, Sheet, read_workbook
from core.spreadsheets.sheet import is_blank
from lines.numbers import parse_iccid
from lines.uploads.cells import Reading, column_letters, header_above, looks_like_number, read_cell
from lines.uploads.columns import Choice, Known, choose_columns, names_numbers
from lines.uploads.kinds import ListKind
from lines.uploads.number_list import NumberList, OtherColumn, SheetUsed
from lines.uploads.value_columns import find_value_columns, read_values

NO_NUMBERS: Final = N_(
    "There is no column with phone numbers or SIM card numbers in the file. "
    "Compare it with the sample, correct it and upload it again."
)
HIDDEN_NUMBERS: Final = N_(
    "The numbers stand in a hidden column, and what people cannot see is not read. "
    "Show the column in Excel, save the file and upload it again."
)

_LIST_SHARE: Final = 0.5
_RAW_LENGTH: Final = 100
_MOST_OTHERS: Final = 5
_NO_RESULT: Final[Reading] = (None, None, "formula_without_value")


def read_number_list(
    path: Path,
    filename: str,
    limits: ReadLimits | None = None,
    *,
    kinds: Sequence[ListKind] = (),
    known: Known | None = None,
) -> NumberList:
    """Read the list; raises FileRefused if the file cannot be read or has no column with numbers.

    ``filename`` is the name its sender gave the file. Each sheet may have its numbers in another column; sheets
    without numbers are passed over as long as one has some. ``kinds`` are the row values that a list may hold,
    ``known`` tells of several columns in which the company's own lines stand.
    """
    workbook = read_workbook(path, filename, limits or ReadLimits())
    numbers = NumberList()
    account = numbers.account
    account.hidden_sheets, account.knows_hidden = workbook.hidden_sheets, workbook.knows_hidden
    choices = _choices(workbook.sheets, known)
    for sheet, choice in zip(workbook.sheets, choices, strict=True):
        if choice.columns:
            _SheetReader(numbers, sheet, choice, kinds).read()
        else:
            account.skipped_sheets.append(sheet.name)
    if not len(numbers):
        if any(choice.hidden for choice in choices):
            raise FileRefused("hidden_numbers", HIDDEN_NUMBERS)
        raise FileRefused("no_numbers", NO_NUMBERS)
    numbers.mark_duplicates()
    return numbers


def _choices(sheets: Sequence[Sheet], known: Known | None) -> list[Choice]:
    """The columns to read of each sheet; instructions that name a number are no list."""
    choices = [choose_columns(sheet, known) for sheet in sheets]
    if not any(choice.columns for choice in choices):
        if any(choice.hidden for choice in choices):
            return choices
        return [_doubtful_choice(sheet) for sheet in sheets]
    least = _LIST_SHARE if any(choice.share >= _LIST_SHARE for choice in choices) else 0
    return [choice if choice.share >= least else Choice() for choice in choices]


def _doubtful_choice(sheet: Sheet) -> Choice:
    """The choice where no cell is right: the column meant to hold numbers, so that each cell gets its problem."""
    hidden = {column - sheet.first_column for column in sheet.hidden_columns}
    for column in range(max((len(row.cells) for row in sheet.rows), default=0)):
        cells = (row.cells[column] for row in sheet.rows if column < len(row.cells))
        doubts = (read_cell(cell)[2] != "not_a_number" for cell in cells if cell != "")
        if column not in hidden and any(doubts):
            return Choice((column,))
    unfinished = sorted({place - sheet.first_column for _, place in sheet.unfinished})
    named = [column for column in unfinished if column >= 0 and names_numbers(sheet.rows, column)]
    return Choice(tuple(named[:1]))


class _SheetReader:
    """A reader that adds the rows of one sheet to the list."""

    def __init__(self, numbers: NumberList, sheet: Sheet, choice: Choice, kinds: Sequence[ListKind]) -> None:
        self._numbers, self._sheet, self._choice = numbers, sheet, choice
        main = choice.columns[0]
        is_single = len(choice.columns) == 1
        hidden = frozenset(column - sheet.first_column for column in sheet.hidden_columns)
        self._value_columns = (
            find_value_columns(sheet.rows, main, kinds, hidden) if kinds and is_single else ()
        )
        self._used = SheetUsed(
            sheet.name,
            [self._letters(column) for column in choice.columns],
            header_above(sheet.rows, main) if is_single else "",
            any(column + sheet.first_column in sheet.formula_columns for column in choice.columns),
            others=[*self._others(choice.others, False), *self._others(choice.hidden, True)],
        )

    def read(self) -> None:
        """Every row from the first that is no heading."""
        is_heading = True
        columns, unfinished = self._choice.columns, self._unfinished()
        for row in self._all_rows(unfinished):
            before = len(self._numbers)
            for column in columns:
                raw = row.cells[column] if column < len(row.cells) else ""
                if is_blank(raw):
                    if (row.number, column) in unfinished:
                        self._append(row, "", _NO_RESULT)
                    continue
                reading = read_cell(raw)
                if is_heading and reading[1] is None and not looks_like_number(raw):
                    continue
                self._append(row, raw, reading)
            if len(self._numbers) > before:
                is_heading = False
            elif not is_heading and row.cells and all(map(is_blank, self._chosen(row))):
                self._add_card(row)
        self._numbers.account.sheets.append(self._used)

    def _chosen(self, row: Row) -> list[Cell]:
        return [row.cells[column] for column in self._choice.columns if column < len(row.cells)]

    def _all_rows(self, unfinished: frozenset[tuple[int, int]]) -> Sequence[Row]:
        """The rows with content, and those in which only formulas without a result stand."""
        if not unfinished:
            return self._sheet.rows
        numbers = {row.number for row in self._sheet.rows}
        blank = {number for number, _ in unfinished if number not in numbers}
        return sorted([*self._sheet.rows, *(Row(number, ()) for number in blank)], key=lambda row: row.number)

    def _unfinished(self) -> frozenset[tuple[int, int]]:
        """The formulas without a result in the columns that are read, by the index of the column."""
        first = self._sheet.first_column
        return frozenset(
            (number, place - first)
            for number, place in self._sheet.unfinished
            if place - first in self._choice.columns
        )

    def _add_card(self, row: Row) -> None:
        """A row without a number may name its line by the SIM card."""
        cards = self._choice.cards
        raw = row.cells[cards] if cards is not None and cards < len(row.cells) else ""
        if parse_iccid(raw) is None:
            self._used.without_number += 1
        else:
            self._append(row, raw, read_cell(raw), is_card=True)

    def _append(self, row: Row, raw: Cell, reading: Reading, *, is_card: bool = False) -> None:
        numbers, used = self._numbers, self._used
        kind, value, problem = reading
        index = len(numbers)
        numbers.sheets.append(self._sheet.name)
        numbers.rows.append(row.number)
        numbers.raws.append(raw[:_RAW_LENGTH] if isinstance(raw, str) else _shown(raw))
        numbers.kinds.append(kind)
        numbers.values.append(value)
        numbers.problems.append(problem)
        used.first_row, used.last_row = used.first_row or row.number, row.number
        if row.number in self._sheet.hidden_rows:
            numbers.hidden.add(index)
            used.hidden_rows += 1
        else:
            used.rows += 1
        if is_card:
            return
        if self._value_columns and (values := read_values(row.cells, self._value_columns)):
            numbers.row_values[index] = values
        cards = self._choice.cards
        if cards is not None and cards < len(row.cells):
            card = parse_iccid(row.cells[cards])
            if card is not None:
                numbers.cards[index] = card

    def _letters(self, column: int) -> str:
        return column_letters(self._sheet.first_column + column)

    def _others(self, columns: Sequence[int], is_hidden: bool) -> list[OtherColumn]:
        return [
            OtherColumn(self._letters(column), header_above(self._sheet.rows, column), is_hidden)
            for column in columns[:_MOST_OTHERS]
        ]


def _shown(raw: Cell) -> str:
    if isinstance(raw, float) and raw.is_integer():
        return f"{raw:.0f}"
    return "" if raw is None else str(raw)

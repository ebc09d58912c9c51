"""The marks of a sheet that the parser of values does not give: hidden rows and columns, formulas, errors such as #N/A.

Plain XML, as nearly every program writes it, is searched by patterns; any other is walked tag by tag, which is
slower and exact.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

from core.spreadsheets.refusals import FileRefused, ReadLimits
from core.spreadsheets.walk import walk

_DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_PREFIXED: Final = re.compile(rb"<\w+:(?:row|c|f|v|col)[\s/>]")
_ROW: Final = re.compile(rb'<row\b([^>]*\bhidden="(?:1|true)"[^>]*)>')
_ROW_NUMBER: Final = re.compile(rb'\br="(\d{1,7})"')
_PLACE: Final = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
_COLUMN: Final = re.compile(rb"<col\b([^>]*)>")
_IS_HIDDEN: Final = re.compile(rb'\bhidden="(?:1|true)"')
_MIN: Final = re.compile(rb'\bmin="(\d{1,5})"')
_MAX: Final = re.compile(rb'\bmax="(\d{1,5})"')
_FORMULA: Final = re.compile(rb"<f[\s/>]")
_ERROR: Final = re.compile(rb'<c\b[^>]*\bt="e"')
_MARKED_CELL: Final = re.compile(
    rb"<c\b([^>]*[^/>])>\s*(<f\b[^>]*?(?:/>|>[^<]*</f>))?\s*(?:<v\b[^>]*?(?:/>|>([^<]*)</v>))?"
)
_MARKED: Final = re.compile(rb'<c\b[^>]*>\s*<f[\s/>]|<c\b[^>]*\bt="e"')
MOST_COLUMNS: Final = 16_384


@dataclass(slots=True)
class Marks:
    """Rows and columns are counted from 1, places are (row, column)."""

    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    formula_columns: set[int] = field(default_factory=set)
    unfinished: set[tuple[int, int]] = field(default_factory=set)
    errors: dict[tuple[int, int], str] = field(default_factory=dict)

    def add_formula(self, row: int, column: int, *, has_result: bool, limits: ReadLimits) -> None:
        """Note a cell with a formula. Too many that nobody worked out are no list."""
        if has_result:
            self.formula_columns.add(column)
            return
        self.unfinished.add((row, column))
        if len(self.unfinished) > limits.unfinished:
            raise FileRefused("formulas_without_values")

    def hide_columns(self, first: int, last: int) -> None:
        """Note columns as hidden, both ends included."""
        self.hidden_columns.update(range(first, min(last, MOST_COLUMNS) + 1))


class _NotPlain(Exception):
    """The XML is written in a way that the patterns do not cover."""


def find_marks(pieces: Callable[[], Iterator[bytes]], limits: ReadLimits) -> Marks:
    """The marks of one sheet; `pieces` begins anew to give its XML, in pieces that end before a row begins."""
    try:
        return _searched(pieces(), limits)
    except _NotPlain:
        marks = Marks()
        walk(pieces(), marks, limits)
        return marks


def _searched(pieces: Iterator[bytes], limits: ReadLimits) -> Marks:
    marks = Marks()
    for number, piece in enumerate(pieces):
        if b"\0" in piece or (b"<!" in piece and _DOCTYPE.search(piece)):
            raise FileRefused("unsafe")
        if b":" in piece and _PREFIXED.search(piece):
            raise _NotPlain
        if number == 0:
            _add_columns(marks, piece)
        if b"hidden" in piece:
            marks.hidden_rows.update(_number(_ROW_NUMBER, attributes) for attributes in _ROW.findall(piece))
        if (b"<f" in piece and _FORMULA.search(piece)) or b't="e"' in piece:
            _add_cells(marks, piece, limits)
        if b"'" in piece and b"='" in piece:
            raise _NotPlain
    return marks


def _add_columns(marks: Marks, piece: bytes) -> None:
    for attributes in _COLUMN.findall(piece):
        if _IS_HIDDEN.search(attributes):
            marks.hide_columns(_number(_MIN, attributes), _number(_MAX, attributes))


def _add_cells(marks: Marks, piece: bytes, limits: ReadLimits) -> None:
    expected = len(_FORMULA.findall(piece))
    for begin in _MARKED.finditer(piece):
        match = _MARKED_CELL.match(piece, begin.start())
        place = _PLACE.search(match[1]) if match else None
        if match is None or place is None:
            raise _NotPlain
        attributes, formula, value = match.groups()
        row, column = int(place[2]), column_number(place[1])
        is_error = b't="e"' in attributes
        if formula is not None:
            expected -= 1
            # A text without characters is a result, too.
            has_result = bool(value) or b't="str"' in attributes
            marks.add_formula(row, column, has_result=has_result, limits=limits)
        if is_error and value:
            marks.errors[row, column] = value.decode("utf-8", "replace")[:20]
    if expected:
        raise _NotPlain


def _number(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    match = pattern.search(attributes)
    if match is None:
        raise _NotPlain
    return int(match[1])


def column_number(letters: bytes) -> int:
    """1 for ``A``, 27 for ``AA``."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number

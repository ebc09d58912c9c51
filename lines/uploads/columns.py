"""The column of a sheet that names the lines that are meant: by its cells, its header, and whose numbers they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from stdnum.ru import inn

from core.spreadsheets import Cell, Row, Sheet
from lines.uploads.cells import Kind, header_above, looks_like_number, read_cell
from lines.uploads.value_columns import says_new

Known = Callable[[Sequence[Mapping[Kind, Sequence[str]]]], Sequence[int]]
"""Gets for each column some numbers by kind; tells how many of each are lines of the company."""

_SAMPLE: Final = 400
_ASKED: Final = 100
_WORDS: Final = (
    re.compile(r"моб|сотов|msisdn|абонент|mobile|cell", re.IGNORECASE),
    re.compile(r"номер|тел(?:ефон|\b)|phone|number|№", re.IGNORECASE),
)
_TELEPHONE: Final = re.compile(r"моб|сотов|msisdn|абонент|тел(?:ефон|\b)|phone|mobile|cell", re.IGNORECASE)
_LANDLINE: Final = re.compile(r"\bдом|городск|стационар|внутр|landline|\bhome|факс|\bfax", re.IGNORECASE)
_OTHER_PERSON: Final = re.compile(r"контакт|\bдоп|contact|руковод|родствен|emergency", re.IGNORECASE)
_SIM: Final = re.compile(r"iccid|\bsim|\bсим", re.IGNORECASE)
_NO_PHONE: Final = re.compile(
    r"паспорт|снилс|\bинн\b|табел|сч[её]т|договор|контракт|лицев|\bкарт|\bкпп\b|огрн|окпо|\bбик\b|полис|заяв|приказ|"
    r"документ|накладн|серийн|инвентар|\bкод\b|passport|\btax|contract|account|invoice|\border|\bcard|serial|imei|imsi",
    re.IGNORECASE,
)
_NO_HEADER: Final = len(_WORDS)
_GRID_SHARE: Final = 0.9
_INN_SHARE: Final = 0.9
_INN_LEAST: Final = 4


@dataclass(frozen=True)
class ColumnCount:
    """The filled cells of a column: the number of each kind, and the numbers that some of them hold."""

    kinds: Counter[Kind | None]
    values: Mapping[Kind, Sequence[str]]
    is_bare: bool
    is_inn: bool

    @property
    def numbers(self) -> int:
        """The number of cells with numbers of lines or cards."""
        return self.kinds["msisdn"] + self.kinds["iccid"]

    @property
    def is_sim(self) -> bool:
        """Whether most of them are SIM cards."""
        return self.kinds["iccid"] > self.kinds["msisdn"]

    @property
    def is_landline(self) -> bool:
        """Whether most numbers are none of mobile phones."""
        numbers = self.values["msisdn"]
        return bool(numbers) and sum(number[1] != "9" for number in numbers) * 2 > len(numbers)


@dataclass(frozen=True)
class Choice:
    """The columns of a sheet to read, as indices: one, or all of a sheet that holds nothing but numbers.

    `share` of the cells are numbers. `others` hold numbers too, `hidden` ones among the hidden columns; `cards` is a
    column with the SIM cards of the lines.
    """

    columns: tuple[int, ...] = ()
    share: float = 0
    others: tuple[int, ...] = ()
    hidden: tuple[int, ...] = ()
    cards: int | None = None
    counts: Mapping[int, ColumnCount] = field(default_factory=dict)


def choose_columns(sheet: Sheet, known: Known | None) -> Choice:
    """The column with the numbers: visible, mostly numbers, the header of a phone rather than of a document.

    Where several will do, `known` tells in which the lines of the company stand.
    """
    hidden = {column - sheet.first_column for column in sheet.hidden_columns}
    counts = _counts(sheet)
    out_of_sight = tuple(column for column, count in counts.items() if column in hidden and count.numbers)
    visible = {column: count for column, count in counts.items() if column not in hidden}
    if _is_grid(sheet, visible):
        return Choice(tuple(visible), 1, hidden=out_of_sight)
    rows = sheet.rows
    closest = _close(
        {column: count for column, count in visible.items() if not _is_other(rows, column, count)}
    )
    closest = closest or _close(visible)
    if not closest:
        return Choice(hidden=out_of_sight)
    closest = _ours(rows, closest, known)
    column = min(closest, key=lambda place: _order(rows, place, closest[place]))
    count = visible[column]
    others = [
        place
        for place, other in visible.items()
        if place != column
        and other.kinds["msisdn"] * 2 >= count.numbers
        and not _is_other(rows, place, other)
    ]
    cards = [
        place
        for place, other in visible.items()
        if place != column and other.is_sim and not count.is_sim and not says_new(rows, place)
    ]
    others = [place for place in others if not says_new(rows, place)]
    share = count.numbers / count.kinds.total()
    return Choice((column,), share, tuple(others), out_of_sight, next(iter(cards), None), counts)


def _order(rows: Sequence[Row], column: int, count: ColumnCount) -> tuple[Any, ...]:
    is_new = says_new(rows, column)
    return count.is_sim, is_new, _header_rank(rows, column), count.is_landline, count.is_bare, column


def _counts(sheet: Sheet) -> dict[int, ColumnCount]:
    """The counts of the columns: of some rows all over the sheet, or of all rows where those hold no number."""
    shown = [row for row in sheet.rows if row.number not in sheet.hidden_rows]
    rows = shown or sheet.rows
    width = max((len(row.cells) for row in rows), default=0)
    for sample in (rows[:: max(1, len(rows) // _SAMPLE)], rows, sheet.rows):
        counts = {column: _count(sample, column) for column in range(width)}
        if any(count.numbers for count in counts.values()):
            return counts
    return {}


def _count(rows: Sequence[Row], column: int) -> ColumnCount:
    kinds: Counter[Kind | None] = Counter()
    values: dict[Kind, list[str]] = {"msisdn": [], "iccid": []}
    bare = valid = 0
    for row in rows:
        raw = row.cells[column] if column < len(row.cells) else ""
        if raw in ("", None):
            continue
        kind, value, _ = read_cell(raw)
        kinds[kind] += 1
        if kind is not None and value is not None:
            values[kind].append(value)
            digits = _digits(raw)
            if len(digits) == 10 and digits == value[1:]:
                bare += 1
                valid += inn.is_valid(digits)
    numbers = kinds["msisdn"]
    is_inn = bare >= _INN_LEAST and bare >= numbers * _INN_SHARE and valid >= bare * _INN_SHARE
    return ColumnCount(kinds, values, bool(bare) and bare >= numbers * _INN_SHARE, is_inn)


def _digits(raw: Cell) -> str:
    text = f"{raw:.0f}" if isinstance(raw, float) else str(raw)
    return "".join(filter(str.isdigit, text))


def _is_grid(sheet: Sheet, counts: Mapping[int, ColumnCount]) -> bool:
    """Whether the sheet holds nothing but numbers of one kind in several columns, without a header."""
    filled = sum(count.kinds.total() for count in counts.values())
    if len(counts) < 2 or not sheet.rows or any(count.is_inn for count in counts.values()):
        return False
    if len({count.is_bare for count in counts.values()}) > 1:
        return False  # ten digits beside whole numbers are something else
    most = max(sum(count.kinds[kind] for count in counts.values()) for kind in ("msisdn", "iccid"))
    first = [cell for cell in sheet.rows[0].cells if cell != ""]
    return most >= filled * _GRID_SHARE and most > 1 and all(map(looks_like_number, first))


def _close(counts: Mapping[int, ColumnCount]) -> dict[int, ColumnCount]:
    """The columns with at least half as many numbers as the one with most."""
    best = max((count.numbers for count in counts.values()), default=0)
    return {column: count for column, count in counts.items() if best and count.numbers * 2 >= best}


def _is_other(rows: Sequence[Row], column: int, count: ColumnCount) -> bool:
    """Whether what looks like phone numbers are numbers of documents, by the header or by their check digits."""
    header = header_above(rows, column)
    if _TELEPHONE.search(header) or _SIM.search(header):
        return False
    return count.is_inn or _NO_PHONE.search(header) is not None


def _ours(rows: Sequence[Row], counts: dict[int, ColumnCount], known: Known | None) -> dict[int, ColumnCount]:
    """Of several columns those with the company's lines; what is to come is not theirs yet."""
    asked = [column for column in counts if not says_new(rows, column)]
    if known is None or len(asked) < 2:
        return counts
    samples = [{kind: values[:_ASKED] for kind, values in counts[column].values.items()} for column in asked]
    lines = dict(zip(asked, known(samples), strict=True))
    most = max(lines.values())
    return {column: counts[column] for column in asked if lines[column] * 2 >= most} if most else counts


def _header_rank(rows: Sequence[Row], column: int) -> int:
    header = header_above(rows, column)
    rank = next((rank for rank, words in enumerate(_WORDS) if words.search(header)), _NO_HEADER)
    if _LANDLINE.search(header):
        return _NO_HEADER + 1
    return _NO_HEADER + 2 if _OTHER_PERSON.search(header) else rank


def names_numbers(rows: Sequence[Row], column: int) -> bool:
    """Whether the header of a column says that numbers of lines or cards stand below."""
    header = header_above(rows, column)
    return _SIM.search(header) is not None or any(words.search(header) for words in _WORDS)

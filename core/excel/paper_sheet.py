"""One sheet laid out for A4, filled from top to bottom: every row knows its height, so that pages break well."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.worksheet.pagebreak import Break

from core.excel.columns import clean_text

LETTER: Final = (6, 21, 22, 17, 22)
"""Widths of columns: №, number, SIM card, employee, and one of the form's own."""
FONT: Final = "Times New Roman"
_LINE: Final = Side(style="thin", color="808080")
_DASHES: Final = Side(style="dashed", color="969696")
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_BOX: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_GREY: Final = "FF464646"
_HIGH: Final = 14.0
"""Points that a line of text of the usual size takes."""
_PAGE: Final = 725.0
"""Points between the margins of A4, and a little less: programs differ in how high they draw."""
_PIECE: Final = 12
"""Lines of prose in one row: a row cannot break over pages, nor be as high as it likes."""
_SENTENCE: Final = re.compile(r"(?<=[.!?;])\s+")
_WIDEST: Final = 1.5
_WIDE: Final = frozenset("шщжмюыфwmЖМШЩЮФWM@%—…")
_STAMP: Final = 66.0


@dataclass(frozen=True)
class Line:
    """A label with a value; an empty value is `lines` lines to write on. A wide one is prose."""

    label: str
    value: str = ""
    lines: int = 1
    is_wide: bool = False


@dataclass(frozen=True)
class BoxedTable:
    """Titles and rows."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]


class Letter:
    """A sheet written row by row; `row` is the last one written."""

    def __init__(self, sheet: Any, widths: Sequence[int], footer: str, page: str) -> None:
        self.row = 0
        self._sheet = sheet
        self._widths = widths
        for place, width in enumerate(widths):
            sheet.column_dimensions["ABCDE"[place]].width = width
        sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        margins = sheet.page_margins
        margins.left, margins.right, margins.top, margins.bottom = 0.98, 0.59, 0.65, 0.79
        margins.header = margins.footer = 0.35
        sheet.oddFooter.left.text = footer.replace("&", "&&")
        sheet.oddFooter.right.text = page.format(page="&P", pages="&N")
        for part in (sheet.oddFooter.left, sheet.oddFooter.right):
            part.font, part.size = FONT, 8
        sheet.sheet_view.showGridLines = False

    def gap(self, height: float = 8) -> None:
        """A row with nothing in it."""
        self._next(height)

    def put(
        self, text: str, *, is_bold: bool = False, size: float = 11, place: str = "left", indent: int = 0
    ) -> None:
        """A text over the whole width."""
        if text:
            self._next(self._need(text, 1, len(self._widths), size))
            cell = self._span(text, 1, len(self._widths), size=size, is_bold=is_bold)
            cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal=place, indent=indent)

    def put_right(self, line: Line) -> None:
        """A line of whom the letter is to or from."""
        last = len(self._widths)
        text = f"{line.label} {line.value}".strip()
        self._next(self._need(text, 3, last) if line.value else _HIGH + 3)
        if line.value:
            self._span(text, 3, last, is_bold=line.is_wide)
        else:
            self._span(line.label, 3, 3)
            self._underline(4, last)

    def put_fact(self, line: Line) -> None:
        """A label beside its value, above its prose, or beside lines to write on."""
        last = len(self._widths)
        if line.is_wide:
            self.put(line.label)
            for piece in _pieces(line.value, self._room(1, last)):
                self.put(piece)
        elif line.value:
            self._next(max(self._need(line.label, 1, 2), self._need(line.value, 3, last)) + 2)
            self._span(line.label, 1, 2, color=_GREY)
            self._span(line.value, 3, last)
        for place in range(0 if line.value else line.lines):
            label = "" if place else line.label
            self._next(max(_HIGH + 2, self._need(label, 1, 2)))
            self._span(label, 1, 2, color=_GREY).alignment = Alignment(wrap_text=True, vertical="bottom")
            self._underline(3, last)

    def put_table(self, table: BoxedTable, *, repeats_head: bool = False) -> None:
        """A table in boxes; with fewer columns than the sheet the last one takes what is left."""
        head, columns = self.row + 1, len(table.head)
        merges = columns < len(self._widths)
        for number, row in enumerate((table.head, *table.rows)):
            spans = [(at, len(self._widths) if at == columns else at) for at in range(1, columns + 1)]
            self._next(max(self._need(text, *span, 10) for text, span in zip(row, spans, strict=True)))
            for text, (first, last) in zip(row, spans, strict=True):
                cell = self._text(text, first, size=10, is_bold=number == 0)
                for at in range(first, last + 1):
                    self._sheet.cell(self.row, at).border = _BOX
                if first == 1 and text.isdigit():
                    cell.value = int(text)
                if merges and first != last:
                    self._merge(first, last)
        if repeats_head:
            self._sheet.print_title_rows = f"{head}:{head}"

    def sign(self, date: str, date_label: str, signature_label: str, name: str, name_label: str) -> None:
        """Date, signature and name beside each other, and under them what they are."""
        last = len(self._widths)
        self._next(max(18.0, self._need(name, last, last)))
        for text, first, end in ((date, 1, 2), (name, last, last)):
            self._span(text, first, end).alignment = Alignment(
                horizontal="center", vertical="bottom", wrap_text=True
            )
        self._underline(3, 3)
        self._underline(last, last)
        self._next(max(12.0, self._need(name_label, last, last, 8)))
        for text, first, end in ((date_label, 1, 2), (signature_label, 3, 3), (name_label, last, last)):
            cell = self._span(text, first, end, size=8, color=_GREY)
            cell.alignment = Alignment(horizontal="center", vertical="top", wrap_text=True)

    def stamp(self, start: int, text: str) -> None:
        """A dashed box from this row on: the place for a stamp."""
        while self.row < start + 2 or self._height(start, self.row) < _STAMP:
            self._next(_HIGH)
        self._text(text, 1, row=start, size=8, color=_GREY).alignment = Alignment(
            horizontal="center", vertical="center"
        )
        for row in range(start, self.row + 1):
            top, bottom = (_DASHES if row == end else None for end in (start, self.row))
            self._sheet.cell(row, 1).border = Border(left=_DASHES, top=top, bottom=bottom)
            self._sheet.cell(row, 2).border = Border(right=_DASHES, top=top, bottom=bottom)
        self._sheet.merge_cells(start_row=start, end_row=self.row, start_column=1, end_column=2)

    def keep_together(self, after: int) -> None:
        """Rows after this one go to the next page where they would stand on two."""
        used = 0.0
        for row in range(1, after + 1):
            height = self._height(row, row)
            used = used + height if used + height <= _PAGE else height
        block = self._height(after + 1, self.row)
        if used + block > _PAGE > block:
            self._sheet.row_breaks.append(Break(id=after))

    def _height(self, first: int, last: int) -> float:
        return sum(self._sheet.row_dimensions[row].height or _HIGH for row in range(first, last + 1))

    def _next(self, height: float) -> None:
        self.row += 1
        self._sheet.row_dimensions[self.row].height = height

    def _room(self, first: int, last: int, size: float = 11) -> float:
        """Digits that stand in a line over these columns."""
        return sum(self._widths[first - 1 : last]) * 11 / size

    def _need(self, text: str, first: int, last: int, size: float = 11) -> float:
        """Points that the text takes over these columns."""
        return _lines(text, self._room(first, last, size)) * _HIGH * size / 11 + 1

    def _span(self, text: str, first: int, last: int, **look: Any) -> Any:
        cell = self._text(text, first, **look)
        self._merge(first, last)
        return cell

    def _merge(self, first: int, last: int) -> None:
        if last > first:
            self._sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=first, end_column=last)

    def _underline(self, first: int, last: int) -> None:
        for column in range(first, last + 1):
            self._sheet.cell(self.row, column).border = Border(bottom=_LINE)

    def _text(
        self,
        text: str,
        column: int,
        *,
        row: int | None = None,
        size: float = 11,
        is_bold: bool = False,
        color: str | None = None,
    ) -> Any:
        cell = self._sheet.cell(row or self.row, column)
        cell.value = clean_text(text) or None
        if text:
            cell.data_type = "s"  # else a text that begins with "=" becomes a formula
        cell.number_format = "@"
        cell.font = _font(size, is_bold, color)
        cell.alignment = _WRAPPED
        return cell


def _pieces(text: str, room: float) -> list[str]:
    """Prose in pieces of a few lines each, parted between sentences where there are any."""
    pieces: list[str] = []
    for part in text.split("\n"):
        piece = ""
        for sentence in _SENTENCE.split(part):
            longer = f"{piece} {sentence}".strip()
            if piece and _lines(longer, room) > _PIECE:
                pieces.append(piece)
                longer = sentence
            piece = longer
        pieces.append(piece)
    return [short for piece in pieces for short in _shorter(piece, room)]


def _shorter(piece: str, room: float) -> list[str]:
    """A sentence without end in pieces."""
    if _lines(piece, room) <= _PIECE:
        return [piece]
    most = int(room * _PIECE / 2)
    return [piece[at : at + most] for at in range(0, len(piece), most)]


@lru_cache(maxsize=16)
def _font(size: float, is_bold: bool, color: str | None) -> Font:
    return Font(name=FONT, size=size, bold=is_bold, color=color)


def _lines(text: str, room: float) -> int:
    """The number of lines that the text takes where so many digits stand in one."""
    if len(text) * _WIDEST <= room and "\n" not in text:
        return 1
    count = 0
    for part in text.split("\n"):
        used, count = 0.0, count + 1
        for word in part.split(" "):
            width = sum(map(_width, word))
            if used and used + width > room:
                used, count = 0.0, count + 1
            if width > room:
                count += int(width / room)
                width %= room
            used += width + 0.5
    return count


def _width(letter: str) -> float:
    """About how wide a letter is, counted in digits."""
    if letter in _WIDE:
        return _WIDEST
    return 1.4 if letter.isupper() or (not letter.isascii() and ord(letter) > 0x2FFF) else 1.0

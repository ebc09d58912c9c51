"""Writes workbooks that are printed and signed: a letter on A4 with a table that goes over pages."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.styles import Alignment, Border, Font, Side

from core.excel.columns import clean_text
from core.excel.writing import replaced, sheet_names

_LINE: Final = Side(style="thin", color="808080")
_BOX: Final = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_WIDTHS: Final = (6, 20, 26, 30, 26)
_WRAPPED: Final = Alignment(wrap_text=True, vertical="top")
_LETTERS: Final = 95
"""About so many characters stand in a line across the whole page."""


@dataclass(frozen=True)
class Paper:
    """What stands on the paper, from top to bottom; all texts as people read them."""

    sheet: str
    right: tuple[str, ...]
    title: str
    subtitle: str
    paragraphs: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    head: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    after: tuple[str, ...]
    ends: tuple[tuple[str, str], ...]


def write_paper(path: Path, paper: Paper) -> None:
    """Write the workbook; the file appears whole or not at all."""
    workbook = openpyxl.Workbook()
    sheet: Any = workbook.active
    sheet.title = sheet_names(paper.sheet, 1)[0]
    columns = max(4, len(paper.head))
    _set_page(sheet, columns)
    for text in paper.right:
        _put(sheet, text, 3, columns)
    _gap(sheet)
    _put(sheet, paper.title, 1, columns, Font(bold=True, size=14), "center")
    if paper.subtitle:
        _put(sheet, paper.subtitle, 1, columns, None, "center")
    _gap(sheet)
    for text in paper.paragraphs:
        _put(sheet, text, 1, columns)
    for name, value in paper.facts:
        _fact(sheet, name, value, columns)
    if paper.head:
        _table(sheet, paper)
    _gap(sheet)
    for text in paper.after:
        _put(sheet, text, 1, columns)
    _gap(sheet)
    for name, value in paper.ends:
        _fact(sheet, name, value, columns)
    with replaced(path) as temporary:
        workbook.save(temporary)


def _set_page(sheet: Any, columns: int) -> None:
    for place in range(columns):
        sheet.column_dimensions["ABCDE"[place]].width = _WIDTHS[place]
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.oddFooter.right.text = "&P / &N"
    sheet.sheet_view.showGridLines = False


def _gap(sheet: Any) -> None:
    sheet.cell(sheet.max_row + 1, 1)


def _put(
    sheet: Any, text: str, first: int, last: int, font: Font | None = None, horizontal: str = "left"
) -> None:
    """A text over several columns, as high as it needs."""
    row = sheet.max_row + 1
    cell = _text(sheet, row, first, text)
    cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal=horizontal)
    if font:
        cell.font = font
    sheet.merge_cells(start_row=row, end_row=row, start_column=first, end_column=last)
    share = sum(_WIDTHS[first - 1 : last]) / sum(_WIDTHS[:last])
    high = 20 if font else 15
    sheet.row_dimensions[row].height = high * max(1, -(-len(text) // int(_LETTERS * share)))


def _fact(sheet: Any, name: str, value: str, columns: int) -> None:
    row = sheet.max_row + 1
    for column, text in ((1, name), (3, value)):
        cell = _text(sheet, row, column, text)
        cell.alignment = _WRAPPED
        end = 2 if column == 1 else columns
        sheet.merge_cells(start_row=row, end_row=row, start_column=column, end_column=end)
    for column in range(3, columns + 1):
        sheet.cell(row, column).border = Border(bottom=_LINE)
    lines = max(-(-len(name) // 24), sum(-(-max(1, len(part)) // 50) for part in value.split("\n")))
    sheet.row_dimensions[row].height = 16 * lines


def _table(sheet: Any, paper: Paper) -> None:
    _gap(sheet)
    first = sheet.max_row + 1
    for place, title in enumerate(paper.head, 1):
        cell = _text(sheet, first, place, title)
        cell.font, cell.border, cell.alignment = Font(bold=True), _BOX, _WRAPPED
    for number, row in enumerate(paper.rows, first + 1):
        for place, value in enumerate(row, 1):
            _text(sheet, number, place, value).border = _BOX
    sheet.print_title_rows = f"{first}:{first}"


def _text(sheet: Any, row: int, column: int, value: str) -> Any:
    cell = sheet.cell(row, column)
    cell.value = clean_text(value)
    cell.data_type = "s"  # else a text that begins with "=" becomes a formula
    cell.number_format = "@"
    return cell

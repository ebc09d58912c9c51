"""Small styled workbooks: templates to fill in, samples, short reports."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter

from core.excel.columns import Column, clean_text, number_format
from core.excel.write_workbook import replaced, sheet_names
from core.i18n import DEFAULT_LOCALE, N_, translate

_FILL: Final = PatternFill("solid", fgColor="E9EEF5")
_NOTES_TITLE: Final = N_("How to fill in")


def write_template(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    sheet: str,
    notes: Sequence[str] = (),
    locale: str = DEFAULT_LOCALE,
) -> None:
    """Write a workbook with a header, ``rows`` and, on a second sheet, ``notes`` (msgids), one a line.

    A value keeps its Python type: a str is text even if it looks like a formula or a number.
    Meant for some hundreds of rows; ``write_rows`` takes the long ones.
    """
    workbook = openpyxl.Workbook(write_only=True)
    main = workbook.create_sheet(sheet_names(translate(locale, sheet), 1)[0])
    main.freeze_panes = "A2"
    for number, column in enumerate(columns, 1):
        main.column_dimensions[get_column_letter(number)].width = column.shown_width
    main.append([_header_cell(main, translate(locale, column.title)) for column in columns])
    count = 1
    for row in rows:
        main.append([_cell(main, value, column, locale) for value, column in zip(row, columns, strict=True)])
        count += 1
    main.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count}"
    if notes:
        _write_notes(workbook, [translate(locale, note) for note in notes], translate(locale, _NOTES_TITLE))
    with replaced(path) as temporary:
        workbook.save(temporary)


def _write_notes(workbook: openpyxl.Workbook, notes: Sequence[str], title: str) -> None:
    sheet: Any = workbook.create_sheet(title[:31])
    sheet.column_dimensions["A"].width = 90
    for note in notes:
        cell = WriteOnlyCell(sheet, clean_text(note))
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append([cell])


def _header_cell(sheet: Any, title: str) -> Any:
    cell = WriteOnlyCell(sheet, clean_text(title))
    cell.data_type = "s"
    cell.font = Font(bold=True)
    cell.fill = _FILL
    return cell


def _cell(sheet: Any, value: Any, column: Column, locale: str) -> Any:
    if isinstance(value, str):
        cell = WriteOnlyCell(sheet, clean_text(value))
        cell.data_type = "s"  # else a text that begins with "=" becomes a formula
        cell.number_format = "@"
        return cell
    cell = WriteOnlyCell(sheet, value)
    if isinstance(value, date):
        cell.number_format = number_format("datetime" if isinstance(value, datetime) else "date", locale)
    elif value is not None:
        cell.number_format = number_format(column.kind if column.kind == "decimal" else "int", locale)
    return cell

"""Reads the sheets of an uploaded workbook or CSV file, after every check that keeps the machine safe."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from pathlib import Path
from typing import Final

import python_calamine

from core.excel.read_csv import read_delimited
from core.excel.refusals import MEGABYTE, FileRefused, ReadLimits
from core.excel.xlsx_archive import EMPTY_ZIP_MAGIC, OLE_MAGIC, ZIP_MAGIC, WorkbookArchive
from core.excel.xlsx_scan import Formulas, check_content

Cell = str | int | float | bool | date | time | timedelta | None

_TEXT_SUFFIXES: Final = frozenset({".csv", ".txt", ".tsv"})
_OTHER_PROGRAMS: Final = frozenset({".xls", ".xlsb", ".xlsm", ".xlt", ".xltx", ".xltm", ".ods", ".numbers"})
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_DEFAULT_LIMITS: Final = ReadLimits()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One visible sheet; ``rows[0][0]`` is its cell in row ``first_row`` and column ``first_column``.

    Rows and columns are counted from 1 as Excel shows them; an empty cell is an empty string.
    """

    name: str
    rows: Sequence[Sequence[Cell]]
    first_row: int = 1
    first_column: int = 1
    formulas: Formulas = field(default_factory=Formulas)


@dataclass(frozen=True, slots=True)
class Row:
    """One row with content: its sheet, its number as Excel shows it, its cells."""

    sheet: str
    number: int
    cells: Sequence[Cell]


def read_sheets(path: Path, filename: str, limits: ReadLimits = _DEFAULT_LIMITS) -> list[Sheet]:
    """The visible sheets of the file with content; ``filename`` is the name its sender gave it.

    Raises FileRefused with a reason for people. Hidden sheets are not read: nobody should block numbers
    they cannot see.
    """
    size = path.stat().st_size
    if not size:
        raise FileRefused("empty_file")
    if size > limits.file_bytes:
        raise FileRefused("file_too_large", limit=limits.file_bytes // MEGABYTE)
    with path.open("rb") as file:
        magic = file.read(8)
    suffix = Path(filename).suffix.lower()
    if magic.startswith(OLE_MAGIC):
        raise FileRefused("encrypted" if _ENCRYPTED_PACKAGE in path.read_bytes() else "old_format")
    if magic.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC)):
        sheets = _read_workbook(path, suffix, limits)
    elif suffix in _TEXT_SUFFIXES:
        sheets = [Sheet("", read_delimited(path, limits))]
    elif suffix == ".xlsx":
        raise FileRefused("damaged" if _is_binary(path) else "wrong_extension", extension=suffix)
    elif suffix in _OTHER_PROGRAMS:
        raise FileRefused("wrong_extension", extension=suffix)
    else:
        raise FileRefused("unsupported_format")
    _check_rows(sheets, limits)
    return [sheet for sheet in sheets if sheet.rows]


def read_rows(path: Path, filename: str, limits: ReadLimits = _DEFAULT_LIMITS) -> Iterator[Row]:
    """The rows with content of all visible sheets, in order; refuses like ``read_sheets``."""
    for sheet in read_sheets(path, filename, limits):
        for number, cells in enumerate(sheet.rows, sheet.first_row):
            if _is_filled(cells):
                yield Row(sheet.name, number, cells)


def _read_workbook(path: Path, suffix: str, limits: ReadLimits) -> list[Sheet]:
    archive = WorkbookArchive(path, limits)
    if suffix != ".xlsx":
        raise FileRefused("wrong_extension", extension=suffix)
    formulas = check_content(archive, limits)
    del archive  # it holds the whole file, and the parser reads it from the disk again
    try:
        return _parsed(path, formulas, limits)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise FileRefused("damaged") from error
    except BaseException as error:
        # a panic of the Rust parser is no Exception, and its class cannot be imported
        if type(error).__name__ == "PanicException":
            raise FileRefused("damaged") from error
        raise


def _parsed(path: Path, formulas: dict[str, Formulas], limits: ReadLimits) -> list[Sheet]:
    sheets: list[Sheet] = []
    with python_calamine.CalamineWorkbook.from_path(path) as workbook:
        visible = [meta.name for meta in workbook.sheets_metadata if _is_read(meta)]
        if len(visible) > limits.sheets:
            raise FileRefused("too_many_sheets", limit=limits.sheets)
        for name in visible:
            parsed = workbook.get_sheet_by_name(name)
            top, left = parsed.start or (0, 0)
            rows = parsed.to_python(skip_empty_area=True)
            sheets.append(Sheet(name, rows, top + 1, left + 1, formulas.get(name, Formulas())))
    return sheets


def _is_read(meta: python_calamine.SheetMetadata) -> bool:
    is_visible = meta.visible == python_calamine.SheetVisibleEnum.Visible
    return bool(is_visible and meta.typ == python_calamine.SheetTypeEnum.WorkSheet)


def _check_rows(sheets: list[Sheet], limits: ReadLimits) -> None:
    most = limits.rows + sum(1 for sheet in sheets if sheet.rows)  # each sheet may have a header
    if sum(len(sheet.rows) for sheet in sheets) > most:
        filled = sum(1 for sheet in sheets for row in sheet.rows if _is_filled(row))
        if filled > most:
            raise FileRefused("too_many_rows", limit=limits.rows)
    if not any(_is_filled(row) for sheet in sheets for row in sheet.rows):
        has_formulas = any(sheet.formulas.without_value for sheet in sheets)
        raise FileRefused("formulas_without_values" if has_formulas else "no_rows")


def _is_filled(cells: Sequence[Cell]) -> bool:
    return any(cell not in ("", None) and not (isinstance(cell, str) and cell.isspace()) for cell in cells)


def _is_binary(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" in file.read(4_000)

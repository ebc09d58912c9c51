"""The sheets of an uploaded workbook or text file; meant to run in a child process with bounds."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import python_calamine

from core.spreadsheets.delimited import read_delimited
from core.spreadsheets.marks import MOST_COLUMNS, Marks, find_marks
from core.spreadsheets.package import EMPTY_ZIP_MAGIC, ZIP_MAGIC, Package
from core.spreadsheets.refusals import MEGABYTE, FileRefused, ReadLimits
from core.spreadsheets.sheet import Row, Sheet, Workbook, is_blank

TEXT_SUFFIXES: Final = (".csv", ".txt", ".tsv")
WORKBOOK_SUFFIXES: Final = (".xlsx", ".xls", ".xlsb", ".ods")
OLE_MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_OTHER_PROGRAMS: Final = frozenset({".xlsm", ".xlt", ".xltx", ".xltm", ".numbers"})
_ENCRYPTED_PACKAGE: Final = "EncryptedPackage".encode("utf-16-le")
_DEFAULT_LIMITS: Final = ReadLimits()
_MOST_ROWS: Final = 1_048_576
_PARSER_ERRORS: Final = (python_calamine.CalamineError, OverflowError, ValueError, OSError)


def read_workbook(path: Path, filename: str, limits: ReadLimits = _DEFAULT_LIMITS) -> Workbook:
    """The visible sheets of the file with content; ``filename`` is the name its sender gave it.

    What a file is is told by its content, whatever kind of workbook its name says. Raises FileRefused with a reason for
    people. Hidden sheets are not read: nobody should block numbers they cannot see. The folder of the file gets a
    mended copy where the parser stumbles over it.
    """
    size = path.stat().st_size
    if not size:
        raise FileRefused("empty_file")
    if size > limits.file_bytes:
        raise FileRefused("file_too_large", limit=limits.file_bytes // MEGABYTE)
    with path.open("rb") as file:
        magic = file.read(8)
    suffix = Path(filename).suffix.lower()
    if magic.startswith((ZIP_MAGIC, EMPTY_ZIP_MAGIC, OLE_MAGIC)):
        workbook = _read_workbook(path, suffix, limits, is_package=not magic.startswith(OLE_MAGIC))
    elif suffix in TEXT_SUFFIXES:
        workbook = Workbook([Sheet("", list(read_delimited(path, limits)))], is_text=True)
    elif suffix == ".xlsx" and _is_binary(path):
        raise FileRefused("damaged")
    elif suffix in (*WORKBOOK_SUFFIXES, *_OTHER_PROGRAMS):
        raise FileRefused("wrong_extension", extension=suffix)
    else:
        raise FileRefused("unsupported_format")
    _check_rows(workbook.sheets, limits)
    workbook.sheets = [sheet for sheet in workbook.sheets if sheet.rows or sheet.unfinished]
    return workbook


def _read_workbook(path: Path, suffix: str, limits: ReadLimits, *, is_package: bool) -> Workbook:
    package = None
    if is_package:
        package = Package(path, limits)
    elif _ENCRYPTED_PACKAGE in path.read_bytes():
        raise FileRefused("encrypted")
    if suffix and suffix not in WORKBOOK_SUFFIXES:
        raise FileRefused("wrong_extension", extension=suffix)
    if package is None or package.format != "xlsx":
        return _parsed(path, {}, limits, knows_hidden=False)
    parts = package.sheet_parts()
    marks = {name: find_marks(lambda part=part: package.pieces(part), limits) for name, part in parts.items()}  # type: ignore[misc]
    try:
        return _parsed(path, marks, limits, knows_hidden=True)
    except FileRefused as refusal:
        if refusal.code != "damaged":
            raise
    mended = path.with_name(f"{path.name}-mended.xlsx")
    package.write_mended(mended)
    return _parsed(mended, marks, limits, knows_hidden=True)


def _parsed(path: Path, marks: dict[str, Marks], limits: ReadLimits, *, knows_hidden: bool) -> Workbook:
    try:
        with path.open("rb") as file, python_calamine.CalamineWorkbook.from_filelike(file) as workbook:
            metas = [meta for meta in workbook.sheets_metadata if _is_worksheet(meta)]
            visible = [meta.name for meta in metas if _is_visible(meta)]
            if len(visible) > limits.sheets:
                raise FileRefused("too_many_sheets", limit=limits.sheets)
            left = limits.rows + len(visible)  # each sheet may have a header
            sheets: list[Sheet] = []
            for name in visible:
                sheet = _sheet(workbook.get_sheet_by_name(name), marks.get(name, Marks()), left, limits)
                left -= len(sheet.rows)
                sheets.append(sheet)
            hidden = [meta.name for meta in metas if not _is_visible(meta)]
            return Workbook(sheets, hidden, knows_hidden)
    except python_calamine.PasswordError as error:
        raise FileRefused("encrypted") from error
    except _PARSER_ERRORS as error:
        raise FileRefused("damaged") from error


def _sheet(parsed: Any, marks: Marks, most: int, limits: ReadLimits) -> Sheet:
    rows: list[Row] = []
    for number, cells in _numbered_rows(parsed):
        rows.append(Row(number, cells))
        if len(rows) > most:
            raise FileRefused("too_many_rows", limit=limits.rows)
    first = parsed.start[1] + 1 if parsed.start else 1
    if marks.errors:
        rows, first = _with_errors(rows, first, marks.errors)
    return Sheet(
        parsed.name,
        rows,
        first,
        frozenset(marks.hidden_rows),
        frozenset(marks.hidden_columns),
        frozenset(marks.formula_columns),
        frozenset(marks.unfinished),
    )


def _numbered_rows(parsed: Any) -> Iterator[tuple[int, list[Any]]]:
    """The rows with content from the first column that has any, with their numbers."""
    if parsed.start is None:
        return
    if parsed.end[0] >= _MOST_ROWS or parsed.end[1] >= MOST_COLUMNS:
        raise FileRefused("damaged")  # no sheet of Excel has such a place
    for number, cells in enumerate(parsed.iter_rows(), 1):
        # Most rows of a long blank sheet end here: nothing in them is true, nor zero.
        if (any(cells) or 0 in cells) and not all(map(is_blank, cells)):
            yield number, cells


def _with_errors(rows: list[Row], first: int, errors: dict[tuple[int, int], str]) -> tuple[list[Row], int]:
    """The rows with the errors in their places, and the first column, which an error may stand before."""
    before = max(0, first - min(column for _, column in errors))
    by_number = {row.number: [*[""] * before, *row.cells] for row in rows}
    first -= before
    for (number, column), text in errors.items():
        cells = by_number.setdefault(number, [])
        cells.extend([""] * (column - first + 1 - len(cells)))
        cells[column - first] = text
    return [Row(number, by_number[number]) for number in sorted(by_number)], first


def _is_worksheet(meta: python_calamine.SheetMetadata) -> bool:
    return bool(meta.typ == python_calamine.SheetTypeEnum.WorkSheet)


def _is_visible(meta: python_calamine.SheetMetadata) -> bool:
    return bool(meta.visible == python_calamine.SheetVisibleEnum.Visible)


def _check_rows(sheets: list[Sheet], limits: ReadLimits) -> None:
    if any(len(row.cells) > limits.columns for sheet in sheets for row in sheet.rows[:1000]):
        raise FileRefused("too_many_columns", limit=limits.columns)
    if not any(sheet.rows for sheet in sheets):
        has_formulas = any(sheet.unfinished for sheet in sheets)
        raise FileRefused("formulas_without_values" if has_formulas else "no_rows")


def _is_binary(path: Path) -> bool:
    with path.open("rb") as file:
        return b"\0" in file.read(4_000)

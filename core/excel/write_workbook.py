"""Long lists of rows as .xlsx in constant memory, without half a file left behind."""

import errno
import math
import re
import secrets
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, tzinfo
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, Final

import rustpy_xlsxwriter

from core.excel.columns import Column, clean_text, number_format, whole_columns
from core.i18n import DEFAULT_LOCALE, translate

SHEET_ROWS: Final = 1_048_576
_AT_ONCE: Final = 500
_HEADER_FILL: Final = "#E9EEF5"
_TITLE_LIMIT: Final = 31
_FORBIDDEN_IN_TITLE: Final = re.compile(r"[\[\]:*?/\\']")
_FULL: Final = re.compile(
    r"No space left|os error (27|28|122)\b|code: (27|28|122)\b|disk quota", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Summary:
    """A sheet of its own after the rows: names with values. All texts are in the reader's language already.

    ``lines`` is asked once every row has been written, so it may hold their totals.
    """

    sheet: str
    titles: tuple[str, str]
    lines: Callable[[], Iterable[tuple[str, object]]]


def write_rows(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    total: int,
    sheet: str,
    locale: str = DEFAULT_LOCALE,
    zone: tzinfo = UTC,
    sheet_rows: int = SHEET_ROWS,
    summary: Summary | None = None,
) -> int:
    """Write ``rows`` (values in the order of ``columns``) to ``path`` and return their number.

    ``total`` is how many rows are expected: it decides how many sheets of ``sheet_rows`` lines there are.
    The file appears whole or not at all. Raises ValueError if there are more rows than the sheets take, and
    OSError where the disk is full.
    """
    titles = [clean_text(translate(locale, column.title)) or column.key for column in columns]
    if len(set(titles)) != len(titles):
        raise ValueError("two columns share a title")
    counter = _Records(rows, columns, titles, zone)
    per_sheet = sheet_rows - 1
    names = sheet_names(translate(locale, sheet), max(1, math.ceil(total / per_sheet)))
    sheets: list[Any] = [(name, counter.take(per_sheet)) for name in names]
    widths: dict[str, Any] = {name: [column.shown_width for column in columns] for name in names}
    formats: dict[str, Any] = {name: [_format(column, locale) for column in columns] for name in names}
    texts = [title for title, column in zip(titles, columns, strict=True) if column.kind == "text"]
    if summary is not None:
        extra = _free_name(summary.sheet, names)
        sheets.append((extra, _summary_records(summary, counter)))
        widths[extra], formats[extra] = [46.0, 46.0], [_general(), _general()]
    with replaced(path) as temporary, _full_disk_as_os_error():
        rustpy_xlsxwriter.write_worksheets(
            sheets,
            str(temporary),
            freeze_panes={name: {"row": 1} for name in widths},
            autofilter=dict.fromkeys(names, True),
            header_format=dict.fromkeys(widths, _header_format()),
            column_widths=widths,
            column_formats=formats,
            ignore_errors=dict.fromkeys(names, texts),
        )
        counter.check_finished()
    return counter.written


def sheet_names(title: str, count: int) -> list[str]:
    """``title`` as Excel allows sheets to be named, then the same with 2, 3 …"""
    base = _FORBIDDEN_IN_TITLE.sub(" ", title).strip()[:_TITLE_LIMIT] or "1"
    return [base] + [f"{base[: _TITLE_LIMIT - 6]} {number}" for number in range(2, count + 1)]


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path``: takes its place when the block ends well, else vanishes."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


class _Records:
    """The rows of one sheet after another, as the mappings the writer wants."""

    def __init__(
        self, rows: Iterable[Sequence[object]], columns: Sequence[Column], titles: list[str], zone: tzinfo
    ) -> None:
        self._rows = iter(rows)
        self._titles = titles
        self._make = whole_columns(columns, zone)
        self.written = 0

    def take(self, count: int) -> Iterator[dict[str, object]]:
        titles, rows = self._titles, islice(self._rows, count)
        number = 0
        while part := list(islice(rows, _AT_ONCE)):
            number += len(part)
            values = [make(column) for make, column in zip(self._make, zip(*part, strict=True), strict=True)]
            for row in zip(*values, strict=True):
                yield dict(zip(titles, row, strict=True))
        if not number:
            yield dict.fromkeys(titles)  # a sheet without rows would have no header either
        self.written += number

    def check_finished(self) -> None:
        if next(self._rows, None) is not None:
            raise ValueError("there are more rows than were announced")


def _summary_records(summary: Summary, counter: _Records) -> Iterator[dict[str, object]]:
    counter.check_finished()
    name, value = summary.titles
    for label, figure in summary.lines():
        shown = figure if isinstance(figure, (int, float, Decimal)) else clean_text(figure)
        yield {name: clean_text(label), value: shown}


def _free_name(title: str, used: Sequence[str]) -> str:
    name = sheet_names(title, 1)[0]
    return name if name.lower() not in {other.lower() for other in used} else f"{name[:28]} +"


@contextmanager
def _full_disk_as_os_error() -> Iterator[None]:
    """The writer says in words of its own, or by a panic of its Rust, that the disk is full."""
    try:
        yield
    except BaseException as problem:
        if _FULL.search(str(problem)):
            raise OSError(errno.ENOSPC, str(problem)) from problem
        raise


def _general() -> rustpy_xlsxwriter.Format:
    return rustpy_xlsxwriter.Format().set_align("left")


def _header_format() -> rustpy_xlsxwriter.Format:
    return rustpy_xlsxwriter.Format().set_bold().set_background_color(_HEADER_FILL).set_align("vcenter")


def _format(column: Column, locale: str) -> rustpy_xlsxwriter.Format:
    return rustpy_xlsxwriter.Format().set_num_format(number_format(column.kind, locale))

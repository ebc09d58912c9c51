"""Writes long lists of rows to .xlsx in constant memory, and never leaves half a file behind."""

import math
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, tzinfo
from itertools import islice
from pathlib import Path
from typing import Final

import rustpy_xlsxwriter

from core.excel.columns import Column, clean_text, converters, number_format
from core.i18n import DEFAULT_LOCALE, translate

SHEET_ROWS: Final = 1_048_576
_HEADER_FILL: Final = "#E9EEF5"
_TITLE_LIMIT: Final = 31
_FORBIDDEN_IN_TITLE: Final = re.compile(r"[\[\]:*?/\\']")


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
) -> int:
    """Writes ``rows`` (values in the order of ``columns``) to ``path`` and returns how many there were.

    ``total`` is how many rows are expected: it decides how many sheets of ``sheet_rows`` lines there are.
    The file appears whole or not at all. Raises ValueError if there are more rows than the sheets take.
    """
    titles = [clean_text(translate(locale, column.title)) or column.key for column in columns]
    if len(set(titles)) != len(titles):
        raise ValueError("two columns share a title")
    counter = _Records(rows, columns, titles, zone)
    per_sheet = sheet_rows - 1
    names = sheet_names(translate(locale, sheet), max(1, math.ceil(total / per_sheet)))
    with replaced(path) as temporary:
        rustpy_xlsxwriter.write_worksheets(
            [(name, counter.take(per_sheet)) for name in names],
            str(temporary),
            freeze_panes={name: {"row": 1} for name in names},
            autofilter=dict.fromkeys(names, True),
            header_format=dict.fromkeys(names, _header_format()),
            column_widths={name: [column.shown_width for column in columns] for name in names},
            column_formats={name: [_format(column, locale) for column in columns] for name in names},
            ignore_errors={
                name: [title for title, column in zip(titles, columns, strict=True) if column.kind == "text"]
                for name in names
            },
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
    """Hands the rows to one sheet after another, as the mappings the writer wants."""

    def __init__(
        self, rows: Iterable[Sequence[object]], columns: Sequence[Column], titles: list[str], zone: tzinfo
    ) -> None:
        self._rows = iter(rows)
        self._titles = titles
        self._converters = converters(columns, zone)
        self.written = 0

    def take(self, count: int) -> Iterator[dict[str, object]]:
        titles, convert = self._titles, self._converters
        number = 0
        for number, row in enumerate(islice(self._rows, count), 1):  # noqa: B007 - counts what was taken
            yield {title: make(value) for title, make, value in zip(titles, convert, row, strict=True)}
        if not number:
            yield dict.fromkeys(titles)  # a sheet without rows would have no header either
        self.written += number

    def check_finished(self) -> None:
        if next(self._rows, None) is not None:
            raise ValueError("there are more rows than were announced")


def _header_format() -> rustpy_xlsxwriter.Format:
    return rustpy_xlsxwriter.Format().set_bold().set_background_color(_HEADER_FILL).set_align("vcenter")


def _format(column: Column, locale: str) -> rustpy_xlsxwriter.Format:
    return rustpy_xlsxwriter.Format().set_num_format(number_format(column.kind, locale))

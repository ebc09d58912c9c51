"""Long lists of rows as CSV as Excel opens it: UTF-8 with its mark, semicolons, no formulas."""

import csv
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Final

from core.excel.columns import Column, clean_text, converters
from core.excel.write_workbook import replaced
from core.i18n import DEFAULT_LOCALE, translate

_DANGEROUS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"\+\d+")


def write_delimited(
    path: Path,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    locale: str = DEFAULT_LOCALE,
    zone: tzinfo = UTC,
) -> int:
    """Write a header and ``rows`` to ``path`` and return the number of rows; whole or not at all."""
    make = [_said(locale, convert) for convert in converters(columns, zone)]
    count = 0
    with replaced(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerow([clean_text(translate(locale, column.title)) for column in columns])
        for row in rows:
            writer.writerow([say(value) for say, value in zip(make, row, strict=True)])
            count += 1
    return count


def _said(locale: str, convert: Callable[[object], object]) -> Callable[[object], str]:
    is_russian = locale == "ru"
    day = "%d.%m.%Y" if is_russian else "%Y-%m-%d"

    def say(value: object) -> str:
        cell = convert(value)
        if cell is None:
            return ""
        if isinstance(cell, datetime):
            return cell.strftime(f"{day} %H:%M")
        if isinstance(cell, date):
            return cell.strftime(day)
        if isinstance(cell, (Decimal, float)):
            return f"{cell:.2f}".replace(".", ",") if is_russian else f"{cell:.2f}"
        if isinstance(cell, int):
            return str(cell)
        return _harmless(str(cell))

    return say


def _harmless(text: str) -> str:
    """Text that no spreadsheet takes for a formula; a number in international writing stays as it is."""
    if text.startswith(_DANGEROUS) and not _NUMBER.fullmatch(text):
        return f"'{text}"
    return text

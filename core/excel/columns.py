"""Columns of a written sheet and how their values become cells that Excel shows as they were meant."""

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from decimal import Decimal
from operator import itemgetter
from typing import Final, Literal, cast

Kind = Literal["text", "int", "decimal", "date", "datetime"]
Convert = Callable[[object], object]
ConvertAll = Callable[[Sequence[object]], Sequence[object]]

TEXT_LIMIT: Final = 32_767
_EXACT: Final = 2**53
_DAYS: Final = {date, type(None)}
_WIDTHS: Final[Mapping[Kind, float]] = {"text": 20, "int": 12, "decimal": 14, "date": 12, "datetime": 18}
_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: ``title`` is a msgid, ``key`` its stable name, ``width`` in characters (0: by kind)."""

    title: str
    key: str
    kind: Kind = "text"
    width: float = 0

    @property
    def shown_width(self) -> float:
        return self.width or _WIDTHS[self.kind]


def clean_text(value: object) -> str | None:
    """Text without the characters that no workbook may hold, no longer than a cell holds; None stays None."""
    if value is None:
        return None
    text = value if type(value) is str else str(value)
    if text.isprintable() and len(text) <= TEXT_LIMIT:
        return text
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))[:TEXT_LIMIT]


def number_format(kind: Kind, locale: str) -> str:
    """Excel's own code for how cells of this kind are shown; text stays text even when it is edited."""
    day = "dd.mm.yyyy" if locale == "ru" else "yyyy-mm-dd"
    return {"text": "@", "int": "0", "decimal": "#,##0.00", "date": day, "datetime": f"{day} hh:mm"}[kind]


def converters(columns: Sequence[Column], zone: tzinfo) -> list[Convert]:
    """For each column, what makes a cell of a value; moments are shown in ``zone``."""
    by_kind: Mapping[Kind, Convert] = {
        "text": clean_text,
        "int": _number,
        "decimal": _number,
        "date": lambda value: _day(value, zone),
        "datetime": lambda value: _moment(value, zone),
    }
    return [by_kind[column.kind] for column in columns]


def whole_columns(columns: Sequence[Column], zone: tzinfo) -> list[ConvertAll]:
    """As ``converters``, for many values of a column at once: what needs no change is seen in one look."""
    plain: Mapping[Kind, Callable[[Sequence[object]], bool]] = {
        "text": _are_clean,
        "int": _are_numbers,
        "decimal": _are_numbers,
        "date": lambda values: set(map(type, values)) <= _DAYS,
        "datetime": lambda values: False,  # noqa: ARG005 - each is brought into its zone
    }

    def converter(kind: Kind, convert: Convert) -> ConvertAll:
        fits = plain[kind]
        return lambda values: values if fits(values) else list(map(convert, values))

    return [
        converter(column.kind, convert)
        for column, convert in zip(columns, converters(columns, zone), strict=True)
    ]


def _are_clean(values: Sequence[object]) -> bool:
    if set(map(type, values)) != {str}:
        return False
    texts = cast(Sequence[str], values)
    return "".join(texts).isprintable() and max(map(len, texts)) <= TEXT_LIMIT


def _are_numbers(values: Sequence[object]) -> bool:
    kinds = set(map(type, values))
    if kinds == {Decimal}:
        return all(map(Decimal.is_finite, cast(Sequence[Decimal], values)))
    return kinds == {int} and max(map(abs, cast(Sequence[int], values))) <= _EXACT


def picked(columns: Sequence[Column], records: Iterable[Mapping[str, object]]) -> Iterable[Sequence[object]]:
    """The values of mappings by the columns' keys, in the columns' order."""
    if len(columns) == 1:
        return ((record[columns[0].key],) for record in records)
    return map(itemgetter(*(column.key for column in columns)), records)


def _number(value: object) -> object:
    """A number that Excel keeps exactly; one with more digits goes in as text, so that none is lost."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, Decimal) and not value.is_finite():
        return None
    if isinstance(value, int) and abs(value) > _EXACT:
        return str(value)
    return value if isinstance(value, (int, float, Decimal)) else clean_text(value)


def _day(value: object, zone: tzinfo) -> object:
    if isinstance(value, datetime):
        value = value.astimezone(zone) if value.tzinfo else value
        return value.date()
    return value if isinstance(value, date) else clean_text(value)


def _moment(value: object, zone: tzinfo) -> object:
    if isinstance(value, datetime):
        return value.astimezone(zone).replace(tzinfo=None) if value.tzinfo else value
    return value if isinstance(value, date) else clean_text(value)

"""The orders of the list of lines: columns, the values of a row, and how text becomes values again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Date, Numeric, case, cast, func, literal

from core.bounds import is_storable, whole
from lines.models import Line
from lines.search import LineEntity

NEVER = date(1, 1, 1)
NO_LIMIT = Decimal(-1)
MOST_DIGITS = 18


@dataclass(frozen=True)
class Key:
    """One sorting: its columns (the last is unique), the values of a row, and how text becomes values again.

    `largest_first` is the direction that a first click on the head of the column asks for.
    """

    columns: Callable[[LineEntity], tuple[Any, ...]]
    values: Callable[[Line], tuple[Any, ...]]
    parse: tuple[Callable[[str], Any], ...]
    largest_first: bool = False


def parse_text(text: str) -> str:
    """A text of a cursor; raises ValueError for what no row can hold."""
    if not is_storable(text):
        raise ValueError("no text of a row")
    return text


def parse_amount(text: str) -> Decimal:
    """An amount of a cursor; raises ValueError or InvalidOperation for what no row can hold."""
    amount = Decimal(text)
    if not amount.is_finite() or amount.adjusted() > MOST_DIGITS:
        raise ValueError("no amount of a row")
    return amount


def by_column(name: str, parse: Callable[[str], Any] = parse_text, *, largest_first: bool = False) -> Key:
    """Sorting by a column that is never null, then by the row's id."""
    return Key(
        lambda line: (getattr(line, name), line.id),
        lambda line: (getattr(line, name), line.id),
        (parse, whole),
        largest_first,
    )


def _used(line: LineEntity) -> ColumnElement[Decimal]:
    share = cast(line.spent / func.nullif(line.limit_amount, 0), Numeric(14, 4))
    return case((line.limit_amount.is_(None), literal(NO_LIMIT)), else_=func.coalesce(share, 0))


def used_of(line: Line) -> Decimal:
    """The share of its limit that a line has used, as the database computes it; -1 without a limit."""
    if line.limit_amount is None:
        return NO_LIMIT
    if not line.limit_amount:
        return Decimal(0)
    return (line.spent / line.limit_amount).quantize(Decimal("0.0001"))


BY_NUMBER = Key(lambda line: (line.msisdn,), lambda line: (line.msisdn,), (parse_text,))
BY_ACTIVITY = Key(
    lambda line: (func.coalesce(line.last_activity, literal(NEVER, Date)), line.id),
    lambda line: (line.last_activity or NEVER, line.id),
    (date.fromisoformat, whole),
)
BY_USED = Key(
    lambda line: (_used(line), line.id),
    lambda line: (used_of(line), line.id),
    (parse_amount, whole),
    largest_first=True,
)

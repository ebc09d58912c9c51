"""How the list is ordered and how its next page is found: by the key of the last row shown, never by counting."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, Date, Numeric, case, cast, func, literal, tuple_
from sqlalchemy.orm import aliased

from core.bounds import is_storable, whole
from core.errors import InvalidInput
from core.i18n import N_
from lines.models import Line
from lines.search import LineEntity

KeyLine = aliased(Line, name="key_line")
NEVER = date(1, 1, 1)
NO_LIMIT = Decimal(-1)
MOST_DIGITS = 18


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


@dataclass(frozen=True)
class Key:
    """One sorting: its columns (the last is unique), the values of a row, and how text becomes values again."""

    columns: Callable[[LineEntity], tuple[Any, ...]]
    values: Callable[[Line], tuple[Any, ...]]
    parse: tuple[Callable[[str], Any], ...]


def _text(text: str) -> str:
    if not is_storable(text):
        raise ValueError("no text of a row")
    return text


def _amount(text: str) -> Decimal:
    amount = Decimal(text)
    if not amount.is_finite() or amount.adjusted() > MOST_DIGITS:
        raise ValueError("no amount of a row")
    return amount


KEYS: dict[str, Key] = {
    "number": Key(lambda line: (line.msisdn,), lambda line: (line.msisdn,), (_text,)),
    "employee": Key(
        lambda line: (line.employee_sort, line.id), lambda line: (line.employee_sort, line.id), (_text, whole)
    ),
    "spent": Key(lambda line: (line.spent, line.id), lambda line: (line.spent, line.id), (_amount, whole)),
    "activity": Key(
        lambda line: (func.coalesce(line.last_activity, literal(NEVER, Date)), line.id),
        lambda line: (line.last_activity or NEVER, line.id),
        (date.fromisoformat, whole),
    ),
    "used": Key(lambda line: (_used(line), line.id), lambda line: (used_of(line), line.id), (_amount, whole)),
}


@dataclass(frozen=True)
class Order:
    """A sorting in one direction."""

    key: Key
    is_descending: bool

    def clauses(self, line: LineEntity = Line) -> Sequence[ColumnElement[Any]]:
        """For ORDER BY."""
        columns = self.key.columns(line)
        return [column.desc() for column in columns] if self.is_descending else columns

    def beyond(self, after: str | None, line: LineEntity = Line) -> list[ColumnElement[bool]]:
        """The condition to stand behind the row of this cursor; nothing for the first page."""
        if not after:
            return []
        values = self._values(after)
        columns = self.key.columns(line)
        if len(columns) == 1:
            return [columns[0] < values[0] if self.is_descending else columns[0] > values[0]]
        whole, at = tuple_(*columns), tuple_(*(literal(value) for value in values))
        return [whole < at if self.is_descending else whole > at]

    def cursor(self, line: Line) -> str:
        """The place of a row, safe within an address."""
        values = [str(value) for value in self.key.values(line)]
        return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")

    def _values(self, cursor: str) -> list[Any]:
        try:
            texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            return [parse(str(text)) for parse, text in zip(self.key.parse, texts, strict=True)]
        except (ValueError, TypeError, InvalidOperation, binascii.Error) as problem:
            raise InvalidInput(N_("This place of the list is not known."), code="bad_cursor") from problem


def order_of(sort: str) -> Order:
    """The sorting of a filter: "number", "-spent" …"""
    return Order(KEYS[sort.removeprefix("-")], sort.startswith("-"))

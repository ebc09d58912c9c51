"""The order of the list and the way to its next page: by the key of the last row shown, never by counting."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import InvalidOperation
from typing import Any

from sqlalchemy import ColumnElement, literal, tuple_
from sqlalchemy.orm import aliased

from core.errors import InvalidInput
from core.i18n import N_
from lines.attributes import ATTRIBUTES
from lines.models import Line
from lines.search import LineEntity
from lines.sorting import Key

KeyLine = aliased(Line, name="key_line")
KEYS: Mapping[str, Key] = {
    attribute.code: attribute.sort for attribute in ATTRIBUTES if attribute.sort is not None
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
        row, at = tuple_(*columns), tuple_(*(literal(value) for value in values))
        return [row < at if self.is_descending else row > at]

    def cursor(self, line: Line) -> str:
        """The place of a row, safe within an address."""
        values = [str(value) for value in self.key.values(line)]
        return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")

    def _values(self, cursor: str) -> list[Any]:
        try:
            texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            return [parse(str(text)) for parse, text in zip(self.key.parse, texts, strict=True)]
        except (ValueError, TypeError, InvalidOperation, RecursionError, binascii.Error) as problem:
            raise InvalidInput(N_("This place of the list is not known."), code="bad_cursor") from problem


def order_of(sort: str) -> Order:
    """The sorting of a filter: "number", "-spent" …"""
    return Order(KEYS[sort.removeprefix("-")], sort.startswith("-"))

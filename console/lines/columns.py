"""The columns of the list of numbers, and which of them a person has chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request

from lines.attribute import Attribute, Kind, ListColumn
from lines.attributes import ATTRIBUTES

COOKIE = "columns"
YEAR = 365 * 24 * 3600


@dataclass(frozen=True)
class Column:
    """A column: its title (message id), the macro of its cells, the getter of their values, words for codes.

    `sort` is the sorting that its head asks for; figures stand at the right where it is numeric.
    """

    code: str
    title: str
    cell: str
    value: Callable[[Any], Any]
    words: Mapping[str, str]
    sort: str
    largest_first: bool
    is_numeric: bool
    is_usual: bool


def _column(attribute: Attribute, shown: ListColumn) -> Column:
    return Column(
        attribute.code,
        shown.title or attribute.label,
        shown.cell or attribute.kind.value,
        attribute.value,
        attribute.words,
        attribute.code if attribute.sort else "",
        attribute.sort is not None and attribute.sort.largest_first,
        attribute.kind in (Kind.MONEY, Kind.NUMBER),
        shown.is_usual,
    )


COLUMNS: tuple[Column, ...] = tuple(
    _column(attribute, attribute.in_list) for attribute in ATTRIBUTES if attribute.in_list
)


def chosen_columns() -> Sequence[Column]:
    """The columns of the address, else those chosen last time in this browser, else the usual ones."""
    values = request.args.getlist("cols") or request.cookies.get(COOKIE, "").split(",")
    names = {name for part in values for name in part.split(",")}
    chosen = [column for column in COLUMNS if column.code in names]
    return chosen or [column for column in COLUMNS if column.is_usual]


def codes(columns: Sequence[Column]) -> str:
    """The columns as the address and the cookie keep them."""
    return ",".join(column.code for column in columns)

"""Attributes of a line: each a value that says how it is held, called, listed, filtered, sorted and exported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter
from typing import Any

from lines.attribute_filters import AttributeFilter
from lines.sorting import Key
from rbac.permissions import Permission

LAST = 1000
"""The place of what names none: behind those that do, in the order of the tuple."""


class Kind(StrEnum):
    """The kind of values, hence how each is written on pages, in workbooks and by the API."""

    TEXT = "text"
    WORDS = "words"  # a code; its words stand in the attribute
    MONEY = "money"  # roubles
    PERCENT = "percent"
    NUMBER = "number"  # a whole number
    DAY = "day"
    MSISDN = "msisdn"
    ICCID = "iccid"
    TARIFF = "tariff"  # an id; its name is looked up
    REFERENCE = "reference"  # the id of a row that has a name


class Owner(StrEnum):
    """The side whose word counts on a value, hence what the synchronisation does with it."""

    COMPANY = "company"  # the operator is not asked
    OPERATOR = "operator"  # what the operator changed last, unless an order of ours is on its way
    USAGE = (
        "usage"  # the operator's too; it moves without a new moment of change, and orders do not hold it up
    )
    OPERATOR_UNTIL_SET = "operator until set"  # the operator's only while it is empty here


@dataclass(frozen=True)
class ListColumn:
    """A column of the list; `cell` is the macro that draws it where it is not that of the kind."""

    title: str = ""
    cell: str = ""
    is_usual: bool = False


@dataclass(frozen=True)
class CardFact:
    """A fact on the card of a line; `macro` draws it where it is not that of the kind."""

    place: int = LAST
    title: str = ""
    macro: str = ""


@dataclass(frozen=True)
class ReportColumn:
    """A column of the report "lines"; `select` is its expression where it is not the attribute's own column.

    `words` names the wording where it is not that of the kind; the width is in characters.
    """

    key: str
    place: int = LAST
    title: str = ""
    width: float = 0
    select: Any = None
    words: str = ""
    is_summed: bool = False


@dataclass(frozen=True)
class ApiField:
    """A field of a line in the API, read from a row of the list by `path` ("line.spent", "department")."""

    name: str
    path: str
    kind: str
    is_nullable: bool = False
    description: str = ""

    @property
    def value(self) -> Callable[[Any], Any]:
        """The getter of its value from a row."""
        return attrgetter(self.path)


@dataclass(frozen=True)
class Attribute:
    """One attribute of a line; what is left out does not happen: no column, no filter, no field.

    `code` names it in addresses, cookies and as a sorting; `label` is a message id; `column` is the column of the
    table of lines, and its name in the journal; `path` is where a row of the list has the value that is shown.
    `owner` says whose word counts; `at_operator` is where records and changes of operators/ have the value of a column
    that the operator knows, if not under the column's name: "limit.amount" is a part of a value over several columns.
    `permission` is needed on the line's department, beside that of the line, to filter by the value and to read it in
    the report; the list and the API do not ask it, so such an attribute stands in neither.
    `is_journaled`: a change that comes from the operator is worth an entry of the journal.
    """

    code: str
    label: str
    kind: Kind
    column: str = ""
    path: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    sort: Key | None = None
    filters: tuple[AttributeFilter, ...] = ()
    in_list: ListColumn | None = None
    on_card: CardFact | None = None
    in_report: ReportColumn | None = None
    in_api: tuple[ApiField, ...] = ()
    owner: Owner = Owner.COMPANY
    at_operator: str = ""
    is_journaled: bool = True
    permission: Permission | None = None

    @property
    def value(self) -> Callable[[Any], Any]:
        """The getter of the value that is shown from a row of the list or from a card."""
        return attrgetter(self.path or f"line.{self.column}")

"""Kinds of filters over lines: each with its part of the address, its condition on a line, its widget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from marshmallow import fields, validate
from sqlalchemy import ColumnElement

from core.bounds import LARGEST
from lines.search import LineEntity

Conditions = list[ColumnElement[bool]]
VALUE_ALONE = "%(value)s"
MOST_CHOICES = 50
LONGEST_CHOICE = 100
LONGEST_TEXT = 200


@dataclass(frozen=True)
class AttributeFilter:
    """One filter: `name` in the address, `label` of its field, `menu` of the button below which it opens.

    `chip` says a value that is set, with %(value)s in it; a pair of texts is counted by the value (%(num)s); without
    it the label stands before the value. All these are message ids.
    """

    name: str
    label: str
    menu: str
    chip: str | tuple[str, str] = field(default="", kw_only=True)

    @property
    def widget(self) -> str:
        """The widget of a page: the name of a macro in templates/lines/filter_parts.html."""
        raise NotImplementedError

    def schema_field(self) -> fields.Field[Any]:
        """The field that reads the address."""
        raise NotImplementedError

    def conditions(self, line: LineEntity, value: Any) -> Conditions:
        """The conditions of a value on a line."""
        raise NotImplementedError


@dataclass(frozen=True)
class AnyOf(AttributeFilter):
    """Some of several values of a column: those of `words` (message ids by code) or of a list that the page has."""

    column: str
    words: Mapping[str, str] = field(default_factory=dict)
    names: str = ""

    @property
    def widget(self) -> str:
        return "ticks"

    def schema_field(self) -> fields.Field[Any]:
        choice = validate.OneOf(tuple(self.words)) if self.words else validate.Length(max=LONGEST_CHOICE)
        return fields.List(fields.String(validate=choice), validate=validate.Length(max=MOST_CHOICES))

    def conditions(self, line: LineEntity, value: Any) -> Conditions:
        return [getattr(line, self.column).in_(value)]


@dataclass(frozen=True)
class OneId(AttributeFilter):
    """One row of another table, of a list that the page has under `names`; without that list it is not offered."""

    column: str
    names: str

    @property
    def widget(self) -> str:
        return "select"

    def schema_field(self) -> fields.Field[Any]:
        return fields.Integer(validate=validate.Range(1, LARGEST))

    def conditions(self, line: LineEntity, value: Any) -> Conditions:
        return [getattr(line, self.column) == value]


@dataclass(frozen=True)
class Presence(AttributeFilter):
    """Whether there is something: a value of the address for each side that can be asked for, with its words."""

    choices: Mapping[str, str]
    is_there: Callable[[LineEntity], ColumnElement[bool]]
    present: str = "yes"

    @property
    def widget(self) -> str:
        return "radios" if len(self.choices) > 1 else "toggle"

    @property
    def words(self) -> Mapping[str, str]:
        """The sides that can be asked for, in words."""
        return self.choices

    def schema_field(self) -> fields.Field[Any]:
        return fields.String(validate=validate.OneOf(tuple(self.choices)))

    def conditions(self, line: LineEntity, value: Any) -> Conditions:
        is_there = self.is_there(line)
        return [is_there if value == self.present else ~is_there]


@dataclass(frozen=True)
class AtLeast(AttributeFilter):
    """A whole number from `lowest` to `highest`; `wrong` says the bounds, `asks` makes conditions of the number."""

    lowest: int
    highest: int
    wrong: str
    asks: Callable[[LineEntity, int], Conditions]

    @property
    def widget(self) -> str:
        return "number"

    def schema_field(self) -> fields.Field[Any]:
        bounds = validate.Range(self.lowest, self.highest, error=self.wrong)
        return fields.Integer(validate=bounds)

    def conditions(self, line: LineEntity, value: Any) -> Conditions:
        return self.asks(line, value)


@dataclass(frozen=True)
class Contains(AttributeFilter):
    """A text that stands somewhere in a column, in small or large letters.

    No index helps it: every line of the company is looked at. For a column that large companies search often
    write a condition of its own, as lines/search.py does for names.
    """

    column: str

    @property
    def widget(self) -> str:
        return "text"

    def schema_field(self) -> fields.Field[Any]:
        return fields.String(validate=validate.Length(max=LONGEST_TEXT))

    def conditions(self, line: LineEntity, value: Any) -> Conditions:
        return [getattr(line, self.column).icontains(value, autoescape=True)]

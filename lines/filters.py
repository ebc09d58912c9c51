"""The filter of the list of lines as a value: checked, read from query arguments and written back as an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from core.bounds import LARGEST, is_storable
from core.errors import InvalidInput
from core.i18n import N_
from core.messages import field_messages
from lines.attribute_filters import AttributeFilter
from lines.attributes import ATTRIBUTES

DEFAULT_SORT = "number"
SORTS = tuple(attribute.code for attribute in ATTRIBUTES if attribute.sort is not None)
FILTERS: Mapping[str, AttributeFilter] = {
    part.name: part for attribute in ATTRIBUTES for part in attribute.filters
}
"""The filters of all attributes by their name in the address."""
LONGEST_SEARCH = 200
UNREADABLE = N_("There are characters here that no text has.")


class _BaseSchema(Schema):
    """Query arguments that are of no attribute; empty ones count as absent, unknown ones are passed over."""

    class Meta:
        unknown = EXCLUDE

    q = fields.String(validate=validate.Length(max=LONGEST_SEARCH))
    department = fields.Integer(validate=validate.Range(1, LARGEST))
    direct = fields.String(validate=validate.OneOf(("yes",)))
    sort = fields.String(validate=validate.OneOf((*SORTS, *(f"-{name}" for name in SORTS))))

    @pre_load
    def drop_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """A form sends its empty fields too."""
        filled: dict[str, Any] = {}
        for name, raw in data.items():
            values = [value for value in raw if str(value).strip()]
            if values:
                filled[name] = values if isinstance(self.fields.get(name), fields.List) else values[-1]
        # The query of a stored selection is taken apart here only, so it may hold what no form can send.
        unread = [
            name for name, values in filled.items() if not all(is_storable(str(value)) for value in values)
        ]
        if unread:
            raise ValidationError({name: [UNREADABLE] for name in unread})
        return filled


FilterSchema = _BaseSchema.from_dict(
    {name: part.schema_field() for name, part in FILTERS.items()}, name="FilterSchema"
)
"""Query arguments of the list."""


@dataclass(frozen=True)
class LineFilter:
    """What the list is narrowed to and how it is sorted; None and empty mean "does not matter".

    `used` is per cent of the spending limit, `idle` days without activity, `direct` leaves out what stands below
    the department; `sort` begins with "-" where it descends. `others` are name and value of the filters that have no
    field here, in the order of their names: those of attributes that no code looks at.
    """

    q: str = ""
    state: tuple[str, ...] = ()
    tariff: tuple[str, ...] = ()
    reason: tuple[str, ...] = ()
    limit: str = ""
    used: int | None = None
    idle: int | None = None
    employee: str = ""
    department: int | None = None
    direct: str = ""
    account: int | None = None
    sort: str = DEFAULT_SORT
    others: tuple[tuple[str, Any], ...] = ()

    def get(self, name: str) -> Any:
        """The value of this part; None or empty where it is not set."""
        return getattr(self, name) if name in NAMED else dict(self.others).get(name)

    @property
    def sort_name(self) -> str:
        """The column it is sorted by."""
        return self.sort.removeprefix("-")

    @property
    def is_descending(self) -> bool:
        """True where the largest come first."""
        return self.sort.startswith("-")

    @property
    def is_narrow(self) -> bool:
        """True where more than the department and the sorting is asked for."""
        return self.without("department", "direct", "sort") != LineFilter()

    @property
    def is_counted(self) -> bool:
        """True where the totals kept per department and state already hold the answer."""
        return self.without("department", "direct", "sort", "state") == LineFilter()

    def without(self, *names: str) -> LineFilter:
        """The same filter with these parts left open."""
        empty = LineFilter()
        return self.changed(**{name: empty.get(name) for name in names})

    def changed(self, **parts: Any) -> LineFilter:
        """The same filter with these parts set."""
        values = {name: value for name, value in parts.items() if name in NAMED}
        if len(values) < len(parts):
            others = {**dict(self.others), **{name: parts[name] for name in parts.keys() - NAMED}}
            is_set = {name: value for name, value in others.items() if value not in (None, "", ())}
            values["others"] = tuple(sorted(is_set.items()))
        return replace(self, **values)

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of every part that is set, in a fixed order."""
        empty = LineFilter()
        parts = [(name, getattr(self, name)) for name in NAMES if getattr(self, name) != getattr(empty, name)]
        return [
            (name, str(choice))
            for name, value in (*parts, *self.others)
            for choice in (value if isinstance(value, tuple) else (value,))
        ]

    def attribute_filters(self) -> list[tuple[AttributeFilter, Any]]:
        """The filters of attributes that are set, each with its value, in the order of `pairs`."""
        empty = LineFilter()
        return [
            (FILTERS[name], self.get(name))
            for name in (*NAMES, *dict(self.others))
            if name in FILTERS and self.get(name) != empty.get(name)
        ]

    def query(self, **parts: Any) -> str:
        """The query string of this filter with `parts` changed, the same for the same filter."""
        return urlencode(self.changed(**parts).pairs() if parts else self.pairs())


NAMES = tuple(name for name in LineFilter.__dataclass_fields__ if name != "others")
NAMED = frozenset(LineFilter.__dataclass_fields__)


def parse(arguments: Mapping[str, Iterable[str]]) -> LineFilter:
    """The filter of query arguments, each a list of values; raises InvalidInput with every message by argument."""
    try:
        loaded: dict[str, Any] = FilterSchema().load(
            {name: list(values) for name, values in arguments.items()}
        )
    except ValidationError as problem:
        raise InvalidInput(
            N_("This filter cannot be understood."), fields=field_messages(problem), code="bad_filter"
        ) from problem
    parts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in loaded.items()
    }
    if "q" in parts:
        parts["q"] = " ".join(parts["q"].split())
    return LineFilter().changed(**parts)


def from_query(query: str) -> LineFilter:
    """The filter of a query string, as a selection stores it; raises InvalidInput."""
    return parse(parse_qs(query.removeprefix("?"), keep_blank_values=False, max_num_fields=500))

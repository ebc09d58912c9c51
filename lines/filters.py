"""The filter of the list of lines as a value: checked, read from query arguments and written back as an address."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any
from urllib.parse import parse_qsl, urlencode

from marshmallow import Schema, ValidationError, fields, pre_load, validate

from core.bounds import LARGEST, is_storable
from core.errors import InvalidInput
from core.i18n import N_
from core.messages import Message, field_messages
from lines.attribute_filters import AttributeFilter
from lines.attributes import ATTRIBUTES
from rbac.permissions import Permission

DEFAULT_SORT = "number"
SORTS = tuple(attribute.code for attribute in ATTRIBUTES if attribute.sort is not None)
FILTERS: Mapping[str, AttributeFilter] = {
    part.name: part for attribute in ATTRIBUTES for part in attribute.filters
}
"""The filters of all attributes by their name in the address."""
FILTER_PERMISSIONS: Mapping[str, Permission] = {
    part.name: attribute.permission
    for attribute in ATTRIBUTES
    if attribute.permission is not None
    for part in attribute.filters
}
"""The permissions that filters need beside that of the lines, by the filter's name."""
LONGEST_SEARCH = 200
UNREADABLE = N_("There are characters here that no text has.")
NO_FILTER = N_("There is no filter “%(name)s”.")
MEANT = N_("There is no filter “%(name)s”. Did you mean “%(meant)s”?")
NO_VALUE = N_("This filter has no value. Give it one or leave it out.")
NOT_READ = N_("This filter cannot be understood.")
LONGEST_SHOWN = 40
MOST_ARGUMENTS = 500


class _BaseSchema(Schema):
    """Query arguments that are of no attribute; empty ones count as absent, unknown ones are refused.

    One that was passed over would leave the filter wider than its writer means: an operation would reach every line.
    """

    q = fields.String(validate=validate.Length(max=LONGEST_SEARCH))
    department = fields.Integer(validate=validate.Range(1, LARGEST))
    direct = fields.String(validate=validate.OneOf(("yes",)))
    sort = fields.String(validate=validate.OneOf((*SORTS, *(f"-{name}" for name in SORTS))))

    @pre_load
    def drop_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """A form sends its empty fields too."""
        unknown = [name for name in data if name not in self.fields]
        if unknown:
            raise ValidationError({_shown(name): [_no_filter(name, self.fields)] for name in unknown})
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


def _no_filter(name: str, known: Collection[str]) -> Message:
    near = get_close_matches(name.strip().lower()[:LONGEST_SHOWN], known, 1)
    return Message(MEANT, name=_shown(name), meant=near[0]) if near else Message(NO_FILTER, name=_shown(name))


def _shown(name: str) -> str:
    return name if len(name) <= LONGEST_SHOWN else name[: LONGEST_SHOWN - 1] + "…"


FilterSchema = _BaseSchema.from_dict(
    {name: part.schema_field() for name, part in FILTERS.items()}, name="FilterSchema"
)
"""Query arguments of the list."""


@dataclass(frozen=True)
class LineFilter:
    """The conditions and the order of the list; None and empty mean "does not matter".

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


def parse(arguments: Mapping[str, Iterable[str]], *, besides: Collection[str] = ()) -> LineFilter:
    """The filter of query arguments, each a list of values; raises InvalidInput with every message by argument.

    `besides` are names that stand in the same address and are no filters.
    """
    try:
        loaded: dict[str, Any] = FilterSchema().load(
            {name: list(values) for name, values in arguments.items() if name not in besides}
        )
    except ValidationError as problem:
        raise InvalidInput(NOT_READ, fields=field_messages(problem), code="bad_filter") from problem
    parts: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in loaded.items()
    }
    if "q" in parts:
        parts["q"] = " ".join(parts["q"].split())
    return LineFilter().changed(**parts)


def from_query(query: str) -> LineFilter:
    """The filter of a query string, as a selection stores it; raises InvalidInput.

    No form writes it, so a filter without a value is a mistake here: it would mean every line.
    """
    try:
        pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True, max_num_fields=MOST_ARGUMENTS)
    except ValueError as problem:
        raise InvalidInput(NOT_READ, code="bad_filter") from problem
    arguments: dict[str, list[str]] = {}
    for name, value in pairs:
        arguments.setdefault(name, []).append(value)
    wanted = parse(arguments)
    blank = [name for name, values in arguments.items() if not any(value.strip() for value in values)]
    if blank:
        raise InvalidInput(NOT_READ, fields={name: [NO_VALUE] for name in blank}, code="bad_filter")
    return wanted

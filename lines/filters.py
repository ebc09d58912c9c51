"""The filter of the list of lines as a value: read from query arguments and written back as an address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlencode

from marshmallow import ValidationError

from core.errors import InvalidInput
from core.i18n import N_
from core.messages import field_messages
from lines.schemas import FilterSchema

DEFAULT_SORT = "number"


@dataclass(frozen=True)
class LineFilter:
    """What the list is narrowed to and how it is sorted; None and empty mean "does not matter".

    `used` is per cent of the spending limit, `idle` days without activity, `direct` leaves out what stands below
    the department; `sort` begins with "-" where it descends.
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
        return replace(self, **{name: getattr(empty, name) for name in names})

    def changed(self, **parts: Any) -> LineFilter:
        """The same filter with these parts set."""
        return replace(self, **parts)

    def pairs(self) -> list[tuple[str, str]]:
        """Name and value of every part that is set, in a fixed order."""
        empty = LineFilter()
        found: list[tuple[str, str]] = []
        for name in self.__dataclass_fields__:
            value = getattr(self, name)
            if value == getattr(empty, name):
                continue
            found += [(name, str(one)) for one in (value if isinstance(value, tuple) else (value,))]
        return found

    def query(self, **parts: Any) -> str:
        """The query string of this filter with `parts` changed, the same for the same filter."""
        return urlencode(self.changed(**parts).pairs() if parts else self.pairs())


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
    return LineFilter(**parts)


def from_query(query: str) -> LineFilter:
    """The filter of a query string, as a selection stores it; raises InvalidInput."""
    return parse(parse_qs(query.removeprefix("?"), keep_blank_values=False, max_num_fields=500))

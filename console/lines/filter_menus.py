"""The filters above the list: those that open below a button, and those that are set by one click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lines.attribute_filters import AttributeFilter, OneId
from lines.filters import FILTERS, LineFilter


@dataclass(frozen=True)
class FilterMenu:
    """A button of the filter: its title (message id), and what opens below it."""

    title: str
    parts: tuple[AttributeFilter, ...]

    def is_set(self, line_filter: LineFilter) -> bool:
        """Whether something below the button narrows the list."""
        return any(part in self.parts for part, _ in line_filter.attribute_filters())


TOGGLES = tuple(part for part in FILTERS.values() if part.widget == "toggle")


def offered(names: Mapping[str, Mapping[str, str]]) -> list[FilterMenu]:
    """The menus in the order of the attributes; a choice among rows that the person sees none of is left out."""
    menus: dict[str, list[AttributeFilter]] = {}
    for part in FILTERS.values():
        if part in TOGGLES or (isinstance(part, OneId) and not names.get(part.names)):
            continue
        menus.setdefault(part.menu, []).append(part)
    return [FilterMenu(title, tuple(parts)) for title, parts in menus.items()]

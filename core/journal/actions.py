"""Actions of the journal as declared values, and the words of all domains put together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Action:
    """A kind of change: its code as it is stored ("department.renamed") and its message id."""

    code: str
    words: str

    @property
    def area(self) -> str:
        """The part of the code before its dot."""
        return self.code.partition(".")[0]


@dataclass(frozen=True)
class Area:
    """A part of the journal to search by: what stands before the dot of its actions, and its message id."""

    code: str
    words: str


@dataclass(frozen=True)
class JournalWords:
    """The words of one domain: areas and actions; message ids of fields by name and of values by code."""

    areas: tuple[Area, ...] = ()
    actions: tuple[Action, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    systems: Mapping[str, str] = field(default_factory=dict)
    """Message ids of what acts without a person, by the name that it is written with."""


class JournalRegistry:
    """The words of every domain. Raises ValueError where two domains say different things of the same code."""

    def __init__(self, domains: Iterable[JournalWords]) -> None:
        self._areas: dict[str, str] = {}
        self._actions: dict[str, str] = {}
        self._fields: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._systems: dict[str, str] = {}
        for domain in domains:
            _add_once(self._areas, {area.code: area.words for area in domain.areas})
            for action in domain.actions:
                _add_once(self._actions, {action.code: action.words})
            _add_alike(self._fields, domain.fields)
            _add_alike(self._values, domain.values)
            _add_alike(self._systems, domain.systems)

    @property
    def areas(self) -> Mapping[str, str]:
        """Message ids of the areas by code, in the order of the domains."""
        return self._areas

    @property
    def actions(self) -> Mapping[str, str]:
        """Message ids of the actions by code."""
        return self._actions

    def action_text(self, code: str) -> str:
        """Message id of an action, or the code of one that nobody declares any more."""
        return self._actions.get(code, code)

    def field_text(self, name: str) -> str:
        """Message id of a field, or the field's own name."""
        return self._fields.get(name, name)

    def system_text(self, kind: str, name: str) -> str | None:
        """Message id of what acts without a person; None for people, whose names stand for themselves."""
        return self._systems.get(name) if kind == "system" else None

    def value_text(self, value: str) -> str | None:
        """Message id of a value that is a code; None where it stands for itself."""
        return self._values.get(value)


def _add_once(known: dict[str, str], words: Mapping[str, str]) -> None:
    for code in words:
        if code in known:
            raise ValueError(f"the journal has two declarations of {code}")
    known.update(words)


def _add_alike(known: dict[str, str], words: Mapping[str, str]) -> None:
    """Several domains write a field of the same name; it has one text."""
    for name, text in words.items():
        if known.setdefault(name, text) != text:
            raise ValueError(f"the journal has two texts for {name}")

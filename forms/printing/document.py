"""The content of a printed application, in one language and without any layout."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Fact:
    """A label with what was filled in; an empty value is `lines` lines to write on. A wide one is prose."""

    label: str
    value: str = ""
    lines: int = 1
    is_wide: bool = False


@dataclass(frozen=True)
class Labels:
    """Words that every document needs; `page` holds {page} and {pages}.

    `sender` is empty where the line to write the sender on says it.
    """

    sender: str
    attached: str
    closing: str
    date: str
    signature: str
    stamp: str
    page: str


@dataclass(frozen=True)
class Document:
    """Texts of an application, ready to be drawn: who to, who from, title, body, facts, table, what is attached.

    `numbers` may be long: they go over as many pages as they need. `annex` is the heading of the annex that they
    stand in then, the last line its title; without it they stand in the letter itself. `signers` are those who
    sign, by what they are. A label of the sender is empty where its value says enough.
    """

    locale: str
    addressee: str
    sender: tuple[Fact, ...]
    heading: str
    title: str
    subject: str
    number: str
    body: tuple[str, ...]
    facts: tuple[Fact, ...]
    head: tuple[str, ...]
    numbers: tuple[tuple[str, ...], ...]
    annex: tuple[str, ...]
    total: str
    note: str
    attach: tuple[str, ...]
    date: str
    signers: tuple[Fact, ...]
    labels: Labels

    def as_json(self) -> dict[str, Any]:
        """The same as plain lists and texts."""
        return asdict(self)

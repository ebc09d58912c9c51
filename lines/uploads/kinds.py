"""Kinds of row values as the child that reads a list knows them: it imports no operations, which is slow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any


@dataclass(frozen=True)
class ListKind:
    """A kind of row value that a column of a list may hold; the fields are those of RowValue and its ListColumn.

    `unreadable` stands before a value that could not be read.
    """

    code: str
    read: Callable[[object], str | None]
    words: re.Pattern[str]
    is_unmistakable: bool
    unreadable: str


def restored(described_kinds: Iterable[Mapping[str, Any]]) -> list[ListKind]:
    """The kinds that `lines.uploads.reader` described; what reads a value goes by its name."""
    kinds = []
    for kind in described_kinds:
        module, _, name = kind["read"].partition(":")
        words = re.compile(kind["words"], kind["flags"])
        read = getattr(import_module(module), name)
        kinds.append(ListKind(kind["code"], read, words, kind["is_unmistakable"], kind["unreadable"]))
    return kinds

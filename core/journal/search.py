"""Searching the journal: by action, person, object and period, newest first, by keyset."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select, tuple_

from core.journal.entries import JournalEntry

PAGE = 50


@dataclass(frozen=True)
class EntrySearch:
    """A search for entries; empty fields do not narrow. `action` is an area ("run") or a whole action ("run.stopped").

    `before` is the place of the last entry seen: batch and number within.
    """

    action: str = ""
    person: str = ""
    object_kind: str = ""
    object_id: int | None = None
    label: str = ""
    since: datetime | None = None
    until: datetime | None = None
    before: tuple[int, int] | None = None


def entries(company_id: int, search: EntrySearch, *narrower: ColumnElement[bool]) -> Select[JournalEntry]:
    """A page of entries; `narrower` holds conditions of the caller's own, such as what the reader may see."""
    query = select(JournalEntry).where(JournalEntry.company_id == company_id, *narrower)
    for condition in _conditions(search):
        query = query.where(condition)
    if search.before is not None:
        query = query.where(tuple_(JournalEntry.seq, JournalEntry.no) < search.before)
    return query.order_by(JournalEntry.seq.desc(), JournalEntry.no.desc()).limit(PAGE)


def _conditions(search: EntrySearch) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if search.action:
        area = JournalEntry.action.startswith(f"{search.action}.", autoescape=True)
        conditions.append(or_(JournalEntry.action == search.action, area))
    if search.person:
        conditions.append(JournalEntry.actor_name.icontains(search.person, autoescape=True))
    if search.object_kind:
        conditions.append(JournalEntry.object_kind == search.object_kind)
    if search.object_id is not None:
        conditions.append(JournalEntry.object_id == search.object_id)
    if search.label:
        conditions.append(JournalEntry.label.icontains(search.label, autoescape=True))
    if search.since is not None:
        conditions.append(JournalEntry.at >= search.since)
    if search.until is not None:
        conditions.append(JournalEntry.at < search.until)
    return conditions


def changes(entry: JournalEntry) -> list[tuple[str, Any, Any]]:
    """The changes of an entry, field by field: name, value before, value after; fields that stayed are left out."""
    before, after = entry.before or {}, entry.after or {}
    names = list(dict.fromkeys([*before, *after]))
    return [
        (name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    ]

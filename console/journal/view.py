"""An entry of the journal as people read it: names for ids, words for codes, what changed field by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from console.journal.addresses import object_address
from console.journal.values import value_text
from console.web.i18n import text
from core.journal.actions import JournalRegistry
from core.journal.entries import JournalEntry
from core.journal.search import changes
from hierarchy.models import Department
from operators.models import Tariff
from users.models import User

Change = tuple[str, Any, Any]


@dataclass(frozen=True)
class Shown:
    """An entry with message ids of its action and fields; `actor` is in words, `label` what it is about."""

    entry: JournalEntry
    actor: str
    action: str
    label: str
    address: str | None
    run: str | None
    changes: Sequence[Change]


def shown(session: Session, entries: Sequence[JournalEntry], journal: JournalRegistry) -> list[Shown]:
    """The entries for a page, in the words of all domains."""
    people = _people(session, [entry for entry in entries if entry.object_kind == "user" and not entry.label])
    places = _places(session, entries)
    tariffs = _tariffs(session, entries)
    return [
        Shown(
            entry,
            actor_name(entry, journal),
            journal.action_text(entry.action),
            entry.label or people.get(entry.object_id, "") or f"№ {entry.object_id}",
            object_address(entry.object_kind, entry.object_id),
            object_address("run", entry.run_id) if entry.object_kind != "run" else None,
            _changes(journal, entry, places, tariffs),
        )
        for entry in entries
    ]


def actor_name(entry: JournalEntry, journal: JournalRegistry) -> str:
    """The name of who acted, in the reader's language where it was no person."""
    system = journal.system_text(entry.actor_kind, entry.actor_name)
    return text(system) if system else entry.actor_name


def _changes(
    journal: JournalRegistry, entry: JournalEntry, places: Mapping[str, str], tariffs: Mapping[str, str]
) -> list[Change]:
    if entry.object_kind == "line":

        def written(name: str, value: Any) -> str | None:
            return None if value in (None, "") else value_text(name, value, tariffs)

        return [
            (journal.field_text(name), written(name, before), written(name, after))
            for name, before, after in changes(entry)
        ]
    rows = [
        (
            journal.field_text(name),
            _value(journal, name, before, places),
            _value(journal, name, after, places),
        )
        for name, before, after in changes(entry)
    ]
    return [change for change in rows if change[1] != change[2]]


def _people(session: Session, entries: Sequence[JournalEntry]) -> dict[int, str]:
    ids = {entry.object_id for entry in entries}
    if not ids:
        return {}
    return {row.id: row.name for row in session.execute(select(User.id, User.name).where(User.id.in_(ids)))}


def _tariffs(session: Session, entries: Sequence[JournalEntry]) -> dict[str, str]:
    """Names of tariffs by their ids, where the entries may name one."""
    if not any(entry.object_kind == "line" for entry in entries):
        return {}
    return {row.id: row.name for row in session.execute(select(Tariff.id, Tariff.name))}


def _places(session: Session, entries: Sequence[JournalEntry]) -> dict[str, str]:
    """Names of the departments whose paths stand in the entries of roles."""
    paths = {
        str(values["path"])
        for entry in entries
        for values in (entry.before or {}, entry.after or {})
        if "path" in values
    }
    if not paths:
        return {}
    company = entries[0].company_id
    statement = select(Department.path, Department.name).where(
        Department.company_id == company, Department.path.in_(paths)
    )
    return {row.path: row.name for row in session.execute(statement)}


def _value(journal: JournalRegistry, name: str, value: Any, places: Mapping[str, str]) -> Any:
    """The words for codes, a name for a path; a nested value as name and value."""
    if name == "path":
        return places.get(str(value), value)
    if name == "operation":
        return _operation(journal, str(value))
    if isinstance(value, dict):
        parts = [f"{text(journal.field_text(key))}: {_word(journal, inner)}" for key, inner in value.items()]
        return ", ".join(parts) or None
    if value == "":
        return None
    return (journal.value_text(value) or value) if isinstance(value, str) else value


def _word(journal: JournalRegistry, value: Any) -> str:
    """A value within another: words for codes, a dash for none."""
    if value is None or value == "":
        return "–"
    return text(journal.value_text(str(value)) or str(value))


def _operation(journal: JournalRegistry, code: str) -> str:
    """The title of an operation; the code of one that nobody knows any more."""
    for kind in ("line", "account"):
        action = f"{kind}.{code}"
        if (title := journal.action_text(action)) != action:
            return title
    return code

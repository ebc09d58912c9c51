"""What of the journal a person may read: everything of the company, or what happened below one's departments."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from core.journal.entries import JournalEntry
from hierarchy.models import Department
from lines.models import IN_DEPARTMENT, Line
from rbac.actor import ANYWHERE, Actor
from rbac.decision import roots, visible
from rbac.permissions import Permission


def narrower(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions on entries: who reads for a department only sees its lines and the own deeds."""
    paths = roots(actor, Permission.JOURNAL_VIEW)
    # The root's path names one id alone: "/1/".
    reads_all = any(path == ANYWHERE or path.count("/") == 2 for path in paths)
    return [] if reads_all else [below(actor)]


def below(actor: Actor) -> ColumnElement[bool]:
    """Entries about lines of the actor's departments, and the actor's own deeds."""
    seen = (
        select(Line.id)
        .join(Department, IN_DEPARTMENT)
        .where(Line.company_id == actor.company_id, visible(actor, Permission.JOURNAL_VIEW, Department.path))
    )
    about_lines = (JournalEntry.object_kind == "line") & JournalEntry.object_id.in_(seen)
    return or_(about_lines, JournalEntry.actor_id == actor.user_id)

"""What of the journal a person may read: everything of the company, or what happened below one's departments."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from core.journal import JournalEntry
from hierarchy.models import Department
from lines.models import Line
from rbac.decision import ANYWHERE, Actor, roots, visible
from rbac.permissions import Permission


def narrower(session: Session, actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions on entries: who reads for a department only sees its lines and the own deeds."""
    root = session.scalar(
        select(Department.path).where(
            Department.company_id == actor.company_id, Department.parent_id.is_(None)
        )
    )
    return [] if reads_all(actor, root) else [below(actor)]


def reads_all(actor: Actor, root: str | None) -> bool:
    """True for who holds the right at the company's root."""
    paths = roots(actor, Permission.JOURNAL_VIEW)
    return paths == [ANYWHERE] or (root is not None and root in paths)


def below(actor: Actor) -> ColumnElement[bool]:
    """Entries about lines of the actor's departments, and the actor's own deeds."""
    seen = (
        select(Line.id)
        .join(Department, (Department.company_id == Line.company_id) & (Department.id == Line.department_id))
        .where(Line.company_id == actor.company_id, visible(actor, Permission.JOURNAL_VIEW, Department.path))
    )
    about_lines = (JournalEntry.object_kind == "line") & JournalEntry.object_id.in_(seen)
    return or_(about_lines, JournalEntry.actor_id == actor.user_id)

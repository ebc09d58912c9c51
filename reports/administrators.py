"""Heirs of the schedules of people that cannot look after them any more: administrators of people and reports."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from hierarchy.models import Department
from rbac.actor import Actor
from rbac.decision import is_everywhere
from rbac.models import Grant
from rbac.permissions import Permission
from users.actor import load_actor
from users.models import User

MOST_TOLD = 20
NEEDED = (Permission.USERS_EDIT, Permission.REPORTS_SCHEDULE)


def is_administrator(actor: Actor) -> bool:
    """Whether the actor edits people and schedules reports in the whole company."""
    return all(is_everywhere(actor, permission) for permission in NEEDED)


def administrators(session: Session, company_id: int) -> list[int]:
    """The ids of the company's people who are such administrators and may sign in."""
    candidates = session.scalars(
        select(User.id)
        .where(User.company_id == company_id, User.is_blocked.is_(False))
        .where(
            select(Grant.id)
            .join(Department, (Department.company_id == Grant.company_id) & (Department.path == Grant.path))
            .where(Grant.company_id == company_id, Grant.user_id == User.id, Department.parent_id.is_(None))
            .exists()
        )
        .order_by(User.id)
    )
    able = (user_id for user_id in candidates if is_administrator(load_actor(session, user_id, company_id)))
    return [user_id for user_id, _ in zip(able, range(MOST_TOLD), strict=False)]

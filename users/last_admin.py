"""A company never loses its last global administrator who can sign in."""

from __future__ import annotations

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from core import clock
from core.errors import Conflict
from core.i18n import N_
from hierarchy.models import Department
from rbac.models import Grant, Role
from users.models import User


def require_another(session: Session, company_id: int, *, but: int) -> None:
    """Raise Conflict where `but` is the only global administrator left who can sign in.

    The grants stay locked until the transaction ends, so that two administrators cannot remove each other.
    """
    administrators = session.execute(
        _administrators(company_id)
        .with_for_update(of=[Grant, User])
        .execution_options(populate_existing=True)
    ).all()
    able = {user_id for user_id, is_blocked in administrators if not is_blocked}
    if able == {but}:
        raise Conflict(N_("The last global administrator cannot be removed."), code="last_global_admin")


def active_administrators(session: Session, company_id: int) -> list[int]:
    """The ids of the company's global administrators who can sign in."""
    rows = session.execute(_administrators(company_id)).all()
    return sorted({user_id for user_id, is_blocked in rows if not is_blocked})


def _administrators(company_id: int) -> Select[int, bool]:
    now = clock.now()
    return (
        select(Grant.user_id, User.is_blocked)
        .join(Role, (Role.company_id == Grant.company_id) & (Role.id == Grant.role_id))
        .join(User, User.id == Grant.user_id)
        .join(Department, (Department.company_id == Grant.company_id) & (Department.path == Grant.path))
        .where(
            Grant.company_id == company_id,
            Role.preset == "global_admin",
            Department.parent_id.is_(None),
            or_(Grant.valid_from.is_(None), Grant.valid_from <= now),
            or_(Grant.valid_until.is_(None), Grant.valid_until > now),
        )
    )

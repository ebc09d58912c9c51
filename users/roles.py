"""Roles of people: their list, granting and revoking; the rules themselves are in rbac."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.errors import NotFound
from hierarchy.models import Department
from hierarchy.service import lock_tree
from rbac import grants
from rbac.actor import Actor, company_of
from rbac.decision import is_allowed, require, visible
from rbac.models import Grant, Role
from rbac.permissions import Permission
from users import last_admin
from users.service import get_user


@dataclass(frozen=True)
class HeldRole:
    """A role that a person holds on a department. `title` is a message id where `is_preset`."""

    grant_id: int
    user_id: int
    title: str
    is_preset: bool
    department: str
    path: str


def held_roles(session: Session, actor: Actor, user_ids: Iterable[int]) -> dict[int, list[HeldRole]]:
    """The roles of these people in the departments that the actor sees people of, by person.

    A department that is gone shows as its path.
    """
    require(actor, Permission.USERS_VIEW)
    rows = session.execute(
        select(Grant, Role, Department.name)
        .join(Role, (Role.company_id == Grant.company_id) & (Role.id == Grant.role_id))
        .outerjoin(Department, (Department.company_id == Grant.company_id) & (Department.path == Grant.path))
        .where(Grant.company_id == actor.company_id, Grant.user_id.in_(list(user_ids)))
        .where(visible(actor, Permission.USERS_VIEW, Grant.path))
        .order_by(Grant.path, Role.title)
    )
    by_user: dict[int, list[HeldRole]] = {}
    for grant, role, department in rows:
        held_role = HeldRole(
            grant.id, grant.user_id, role.title, role.preset is not None, department or grant.path, grant.path
        )
        by_user.setdefault(grant.user_id, []).append(held_role)
    return by_user


def grantable_roles(session: Session, actor: Actor) -> Sequence[Role]:
    """The roles of the company of which the actor holds every right somewhere."""
    roles = session.scalars(select(Role).where(Role.company_id == actor.company_id).order_by(Role.id))
    places = grants_of(actor)
    return [
        role
        for role in roles
        if any(all(is_allowed(actor, Permission(word), path) for word in role.words) for path in places)
    ]


def grants_of(actor: Actor) -> list[str]:
    """The paths on which the actor may grant anything."""
    return [granted.path for granted in actor.grants if granted.permission == Permission.ROLES_GRANT.value]


def grant_role(session: Session, actor: Actor, user_id: int, role_id: int, department_id: int) -> None:
    """Give a person a role on a department; giving it again changes nothing. Raises NotFound and NotAllowed."""
    # The path is read and written under the lock: a branch that moves meanwhile would leave the role behind.
    lock_tree(session, company_of(actor))
    get_user(session, actor, user_id, Permission.ROLES_GRANT)
    path = session.scalar(
        select(Department.path).where(
            Department.company_id == actor.company_id, Department.id == department_id
        )
    )
    if path is None:
        raise NotFound
    require(actor, Permission.ROLES_GRANT, at=path)
    query = select(Grant.id).where(
        Grant.company_id == actor.company_id,
        Grant.user_id == user_id,
        Grant.role_id == role_id,
        Grant.path == path,
        Grant.valid_from.is_(None),
        Grant.valid_until.is_(None),
    )
    if session.scalar(query) is None:
        grants.grant_role(session, actor, user_id=user_id, role_id=role_id, path=path, at=clock.now())


def revoke_role(session: Session, actor: Actor, user_id: int, grant_id: int) -> None:
    """Take a role from a person, save from the last global administrator who can sign in."""
    row = session.execute(
        select(Role.preset, Department.parent_id, Department.id)
        .select_from(Grant)
        .join(Role, (Role.company_id == Grant.company_id) & (Role.id == Grant.role_id))
        .outerjoin(Department, (Department.company_id == Grant.company_id) & (Department.path == Grant.path))
        .where(Grant.company_id == actor.company_id, Grant.id == grant_id, Grant.user_id == user_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.preset == "global_admin" and row.id is not None and row.parent_id is None:
        last_admin.require_another(session, actor.company_id or 0, but=user_id)
    root = session.scalars(
        select(Department.path).where(
            Department.company_id == actor.company_id, Department.parent_id.is_(None)
        )
    ).first()
    grants.revoke(session, actor, grant_id, root=root or "")

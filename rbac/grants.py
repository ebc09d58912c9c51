"""Grants: giving and taking roles, and keeping their paths right when a branch of the tree moves."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from core.errors import Conflict, NotAllowed, NotFound
from core.i18n import N_
from core.journal.entries import Entry, write
from rbac.actor import Actor, Granted
from rbac.decision import is_allowed, path_end, require
from rbac.journal import ROLE_GRANTED, ROLE_REVOKED
from rbac.models import Grant, Role, words_of
from rbac.permissions import Permission
from rbac.presets import PRESETS


def create_preset_roles(session: Session, company_id: int) -> dict[str, Role]:
    """Give a new company every preset that a company may use; returns them by code."""
    roles = {
        preset.code: Role(
            company_id=company_id,
            title=preset.title,
            preset=preset.code,
            permissions=[],
        )
        for preset in PRESETS
        if not preset.for_operator
    }
    session.add_all(roles.values())
    session.flush()
    return roles


def load_grants(session: Session, company_id: int, user_id: int, moment: datetime) -> frozenset[Granted]:
    """The needs that the user's roles grant at this moment."""
    rows = session.execute(
        select(Role.preset, Role.permissions, Grant.path)
        .join(Grant, (Grant.company_id == Role.company_id) & (Grant.role_id == Role.id))
        .where(
            Grant.company_id == company_id,
            Grant.user_id == user_id,
            or_(Grant.valid_from.is_(None), Grant.valid_from <= moment),
            or_(Grant.valid_until.is_(None), Grant.valid_until > moment),
        )
    )
    return frozenset(
        Granted(word, path) for preset, stored, path in rows for word in words_of(preset, stored)
    )


def grant_role(
    session: Session, actor: Actor, *, user_id: int, role_id: int, path: str, at: datetime
) -> Grant:
    """Give a role on a department; raises NotAllowed for a role that holds more than the actor does there."""
    require(actor, Permission.ROLES_GRANT, at=path)
    role = session.scalar(select(Role).where(Role.company_id == actor.company_id, Role.id == role_id))
    if role is None:
        raise NotFound
    for word in role.words:
        if not is_allowed(actor, Permission(word), path):
            raise NotAllowed(word, N_("You cannot grant a right that you do not hold yourself."))
    grant = Grant(
        company_id=role.company_id,
        user_id=user_id,
        role_id=role_id,
        path=path,
        granted_by=actor.user_id,
        granted_at=at,
    )
    session.add(grant)
    session.flush()
    write(session, actor, [Entry(ROLE_GRANTED, "user", user_id, None, {"role": role.title, "path": path})])
    return grant


def revoke(session: Session, actor: Actor, grant_id: int, *, root: str) -> None:
    """Take a grant away; raises NotAllowed for a role that holds more than the actor does there.

    Raises Conflict where it is the last global administrator's.
    """
    row = session.execute(
        select(Grant, Role)
        .join(Role, (Role.company_id == Grant.company_id) & (Role.id == Grant.role_id))
        .where(Grant.company_id == actor.company_id, Grant.id == grant_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    grant, role = row
    require(actor, Permission.ROLES_GRANT, at=grant.path)
    for word in role.words:
        if not is_allowed(actor, Permission(word), grant.path):
            raise NotAllowed(word, N_("You cannot take a right that you do not hold yourself."))
    if (
        role.preset == "global_admin"
        and grant.path == root
        and _global_admins(session, grant.company_id, root) < 2
    ):
        raise Conflict(N_("The last global administrator cannot be removed."), code="last_global_admin")
    before = {"role": role.title, "path": grant.path}
    session.delete(grant)
    session.flush()
    write(session, actor, [Entry(ROLE_REVOKED, "user", grant.user_id, before, None)])


def _global_admins(session: Session, company_id: int, root: str) -> int:
    counted = session.scalar(
        select(func.count(func.distinct(Grant.user_id)))
        .join(Role, (Role.company_id == Grant.company_id) & (Role.id == Grant.role_id))
        .where(Grant.company_id == company_id, Grant.path == root, Role.preset == "global_admin")
    )
    return counted or 0


def repath(session: Session, company_id: int, old: str, new: str) -> None:
    """Follow a branch that moved from the path `old` to `new`: who may see what stays right at once."""
    session.execute(
        update(Grant)
        .where(Grant.company_id == company_id, Grant.path >= old, Grant.path < path_end(old))
        .values(path=func.concat(new, func.substr(Grant.path, len(old) + 1))),
        execution_options={"synchronize_session": False},
    )

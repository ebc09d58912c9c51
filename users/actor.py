"""load_actor(): the only way in which pages, API and jobs learn who acts and with what rights."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock
from core.errors import NotAllowed, NotFound
from core.i18n import N_
from core.tenancy import all_companies
from hierarchy.models import Company, Department
from rbac.actor import ANYWHERE, Actor, Granted
from rbac.grants import load_grants
from rbac.permissions import OPERATOR_ONLY, Permission
from rbac.presets import get_preset
from users.models import PortfolioEntry, User


def load_actor(
    session: Session, user_id: int, company_id: int | None, ip: str = "", reason: str = ""
) -> Actor:
    """The person with the rights held at this moment.

    `company_id` is the company acted in: the person's own, or the one that operator staff have entered for
    `reason`; None for staff outside of any company. Raises NotFound for a person or company out of reach and
    NotAllowed for a blocked person.
    """
    with all_companies(reason="who acts is asked before a company is known"):
        user = session.get(User, user_id)
        if user is None:
            raise NotFound
        if user.is_blocked:
            raise NotAllowed("", N_("This person is blocked."))
        if user.company_id is None:
            return _staff(session, user, company_id, ip, reason)
        if user.company_id != company_id:
            raise NotFound
        company = session.get_one(Company, company_id)
        grants = load_grants(session, company.id, user.id, clock.now())
        return _actor("user", user, company, grants, ip, "")


def _staff(session: Session, user: User, company_id: int | None, ip: str, reason: str) -> Actor:
    """Operator staff: outside a company the operator's own words, inside the whole preset at its root."""
    words = get_preset(user.staff_role).permissions if user.staff_role else frozenset()
    grants = {Granted(word.value, ANYWHERE) for word in words & OPERATOR_ONLY}
    if company_id is None:
        return _actor("staff", user, None, frozenset(grants), ip, "")
    company = session.get(Company, company_id)
    if company is None or not reason or not may_enter(session, user, words, company_id):
        raise NotFound
    root = session.scalar(
        select(Department.path).where(Department.company_id == company_id, Department.parent_id.is_(None))
    )
    if root is not None:
        grants |= {Granted(word.value, root) for word in words - OPERATOR_ONLY}
    return _actor("staff", user, company, frozenset(grants), ip, reason)


def may_enter(session: Session, user: User, words: frozenset[Permission], company_id: int) -> bool:
    """True where the company is in the person's portfolio; who edits companies has all of them."""
    if Permission.COMPANIES_ENTER not in words:
        return False
    if Permission.COMPANIES_EDIT in words:
        return True
    return session.get(PortfolioEntry, (user.id, company_id)) is not None


def _actor(
    kind: str, user: User, company: Company | None, grants: frozenset[Granted], ip: str, reason: str
) -> Actor:
    return Actor(
        kind=kind,
        user_id=user.id,
        company_id=company.id if company else None,
        name=user.name,
        grants=grants,
        ip=ip,
        locale=user.locale,
        timezone=company.timezone if company else clock.DEFAULT_ZONE,
        company_name=company.name if company else "",
        reason=reason,
    )

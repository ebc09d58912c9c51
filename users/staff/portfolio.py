"""Operator staff and the companies they look after: the list, entering one with a reason, leaving it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from core.errors import InvalidInput, NotFound
from core.i18n import N_
from core.journal import entries as journal
from core.journal.actions import Action
from core.tenancy import all_companies
from hierarchy.models import Company, DepartmentTotal
from rbac.actor import Actor
from rbac.decision import holds, require
from rbac.permissions import Permission
from users.journal import STAFF_ENTERED, STAFF_LEFT
from users.models import PortfolioEntry
from users.signin import sessions

SHORTEST_REASON = 5
LONGEST_REASON = 300
SHOWN = 200


@dataclass(frozen=True)
class CompanyRow:
    """A company as the list shows it; `synced_at` is when the operator's data was last taken over."""

    id: int
    name: str
    inn: str
    lines: int
    synced_at: datetime | None


def companies(session: Session, actor: Actor, text: str = "") -> Sequence[CompanyRow]:
    """The companies the actor may enter, by name, narrowed to a part of the name or the start of the INN."""
    require(actor, Permission.COMPANIES_ENTER)
    with all_companies(reason="operator staff choose a company of their portfolio"):
        rows = session.execute(_rows(actor, text.strip()).order_by(Company.name, Company.id).limit(SHOWN))
        return [CompanyRow(*row) for row in rows]


def enter(session: Session, actor: Actor, hashed: str, company_id: int, reason: str) -> CompanyRow:
    """Act in a company from now on, in this session; the company's journal says so. Raises NotFound, InvalidInput."""
    require(actor, Permission.COMPANIES_ENTER)
    reason = " ".join(reason.split())
    with all_companies(reason="operator staff enter a company of their portfolio"):
        row = session.execute(_rows(actor, "").where(Company.id == company_id)).one_or_none()
        if row is None:
            raise NotFound
        if not SHORTEST_REASON <= len(reason) <= LONGEST_REASON:
            raise InvalidInput(
                N_("Say why you enter this company."),
                fields={"reason": [N_("5 to 300 characters: the company will see them.")]},
            )
        sessions.enter(session, hashed, company_id, reason)
        _write(session, actor, STAFF_ENTERED, company_id, row.name, {"reason": reason})
        return CompanyRow(*row)


def leave(session: Session, actor: Actor, hashed: str) -> None:
    """Stand outside of any company again."""
    if actor.company_id is None or not actor.is_staff:
        return
    with all_companies(reason="a session of the operator's staff belongs to no company"):
        sessions.enter(session, hashed, None, "")
    _write(session, actor, STAFF_LEFT, actor.company_id, actor.company_name, None)


def _rows(actor: Actor, text: str) -> Select[int, str, str, int, datetime | None]:
    lines = (
        select(func.coalesce(func.sum(DepartmentTotal.lines), 0))
        .where(DepartmentTotal.company_id == Company.id)
        .scalar_subquery()
    )
    query = select(Company.id, Company.name, Company.inn, lines, Company.synced_at)
    if not holds(actor, Permission.COMPANIES_EDIT):
        mine = select(PortfolioEntry.company_id).where(PortfolioEntry.user_id == actor.user_id)
        query = query.where(Company.id.in_(mine))
    if text:
        query = query.where(
            or_(Company.name.icontains(text, autoescape=True), Company.inn.startswith(text, autoescape=True))
        )
    return query


def _write(
    session: Session,
    actor: Actor,
    action: Action,
    company_id: int,
    name: str,
    after: dict[str, object] | None,
) -> None:
    entry = journal.Entry(action, "company", company_id, None, after, label=name)
    journal.write(session, actor, [entry], company_id=company_id)

"""Billing accounts: which ones a person sees, which ones they may name, how many lines each has."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Select, false, func, select, true
from sqlalchemy.orm import Session

from hierarchy.models import BillingAccount, Department
from lines.models import IN_DEPARTMENT, Line
from rbac.actor import Actor, company_of
from rbac.decision import holds, is_everywhere, visible
from rbac.permissions import Permission


def seen_accounts(actor: Actor, permission: Permission = Permission.ACCOUNTS_VIEW) -> ColumnElement[bool]:
    """The condition on billing accounts that the actor sees them: all of the company, or those of visible lines.

    With another permission: that the actor holds it there, on the whole company or on a line of the account.
    """
    if is_everywhere(actor, permission):
        return true()
    return BillingAccount.id.in_(_of_lines(actor, permission))


def is_offered(actor: Actor) -> ColumnElement[bool]:
    """The condition on accounts that the actor may name them: those that they see.

    Who sees none but files requests names those of the lines that they see, since some documents need one.
    """
    if actor.company_id is None:
        return false()
    of_company = BillingAccount.company_id == actor.company_id
    if holds(actor, Permission.ACCOUNTS_VIEW):
        return of_company & seen_accounts(actor)
    if not holds(actor, Permission.REQUESTS_SUBMIT):
        return false()
    return of_company & BillingAccount.id.in_(_of_lines(actor, Permission.LINES_VIEW))


def list_accounts(session: Session, actor: Actor) -> Sequence[str]:
    """The numbers of the accounts that the actor may name, in order."""
    offered = select(BillingAccount.number).where(is_offered(actor))
    return session.scalars(offered.order_by(BillingAccount.number)).all()


def count_by_account(session: Session, actor: Actor) -> dict[int, int]:
    """Lines that the actor sees, by billing account."""
    lines_of_actor = _of_lines(actor, Permission.LINES_VIEW)
    counted = lines_of_actor.add_columns(func.count()).group_by(Line.account_id)
    return {account: int(lines) for account, lines in session.execute(counted) if account is not None}


def _of_lines(actor: Actor, permission: Permission) -> Select[int | None]:
    """The accounts of the lines on which the actor holds the permission."""
    return (
        select(Line.account_id)
        .join(Department, IN_DEPARTMENT)
        .where(Line.company_id == company_of(actor), Line.account_id.is_not(None))
        .where(visible(actor, permission, Department.path))
    )

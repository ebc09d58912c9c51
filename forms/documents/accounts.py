"""Billing accounts that a person may name in a document."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, false, select
from sqlalchemy.orm import Session

from hierarchy.models import BillingAccount, Department
from lines.models import IN_DEPARTMENT, Line
from lines.queries import seen_accounts
from rbac.actor import Actor
from rbac.decision import holds, visible
from rbac.permissions import Permission


def list_accounts(session: Session, actor: Actor) -> Sequence[str]:
    """The numbers of the accounts to choose from."""
    found = select(BillingAccount.number).where(is_offered(actor))
    return session.scalars(found.order_by(BillingAccount.number)).all()


def is_offered(actor: Actor) -> ColumnElement[bool]:
    """The condition on accounts that the actor may name them: those that they see.

    Who sees none but files requests names those of the lines that they see, since some documents need one.
    """
    of_company = BillingAccount.company_id == actor.company_id
    if holds(actor, Permission.ACCOUNTS_VIEW):
        return of_company & seen_accounts(actor)
    if not holds(actor, Permission.REQUESTS_SUBMIT):
        return false()
    held = (
        select(Line.account_id)
        .join(Department, IN_DEPARTMENT)
        .where(Line.company_id == actor.company_id, Line.account_id.is_not(None))
        .where(visible(actor, Permission.LINES_VIEW, Department.path))
    )
    return of_company & BillingAccount.id.in_(held)

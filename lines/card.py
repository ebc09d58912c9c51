"""A line with everything that belongs to it, its history, and the runs that are busy with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from core.errors import NotFound
from core.i18n import N_
from core.journal.entries import JournalEntry
from core.journal.search import EntrySearch, entries
from hierarchy.models import BillingAccount, Contract, Department
from hierarchy.queries import crumbs
from lines.models import IN_DEPARTMENT, Line, SimCard
from operators.models import Tariff
from rbac.actor import Actor, company_of
from rbac.decision import is_allowed, require
from rbac.permissions import Permission
from runs.models import LINE, OPEN, Run, RunItem


@dataclass(frozen=True)
class LineCard:
    """A line and what it refers to; account and contract only for those who may see accounts."""

    line: Line
    department: Department
    way: Sequence[Department]
    tariff: Tariff | None
    sim: SimCard | None
    account: BillingAccount | None
    contract: Contract | None

    @property
    def used_percent(self) -> int | None:
        """The spent part of the limit in whole per cent; None without a limit."""
        if self.line.limit_amount is None:
            return None
        if not self.line.limit_amount:
            return 100
        return int(self.line.spent / self.line.limit_amount * 100)

    @property
    def left(self) -> Decimal | None:
        """The rest of the limit, never below zero."""
        if self.line.limit_amount is None:
            return None
        return max(self.line.limit_amount - self.line.spent, Decimal(0))

    def may(self, actor: Actor, permission: Permission) -> bool:
        """Whether the actor holds the permission on this line."""
        return is_allowed(actor, permission, self.department.path)


def get_line(session: Session, actor: Actor, line_id: int) -> LineCard:
    """The line; raises NotFound for a foreign one and NotAllowed for one out of the actor's departments."""
    company_id = company_of(actor)
    row = session.execute(
        select(Line, Department, Tariff, SimCard, BillingAccount, Contract)
        .join(Department, IN_DEPARTMENT)
        .outerjoin(Tariff, Tariff.id == Line.tariff_id)
        .outerjoin(SimCard, and_(SimCard.company_id == Line.company_id, SimCard.iccid == Line.iccid))
        .outerjoin(
            BillingAccount,
            and_(BillingAccount.company_id == Line.company_id, BillingAccount.id == Line.account_id),
        )
        .outerjoin(
            Contract,
            and_(Contract.company_id == Line.company_id, Contract.id == BillingAccount.contract_id),
        )
        .where(Line.company_id == company_id, Line.id == line_id)
    ).one_or_none()
    if row is None:
        raise NotFound(N_("There is no such number."))
    line, department, tariff, sim, account, contract = row
    require(actor, Permission.LINES_VIEW, at=department.path)
    way = crumbs(session, actor, department, Permission.LINES_VIEW)
    if not is_allowed(actor, Permission.ACCOUNTS_VIEW, department.path):
        return LineCard(line, department, way, tariff, sim, None, None)
    return LineCard(line, department, way, tariff, sim, account, contract)


def history(
    session: Session, card: LineCard, *, before: tuple[int, int] | None = None
) -> Sequence[JournalEntry]:
    """The changes on the line, newest first, a page at a time."""
    search = EntrySearch(object_kind="line", object_id=card.line.id, before=before)
    return session.scalars(entries(card.line.company_id, search)).all()


def open_items(session: Session, card: LineCard) -> Sequence[tuple[Run, RunItem]]:
    """The unfinished runs that hold this line."""
    rows = session.execute(
        select(Run, RunItem)
        .join(Run, and_(Run.company_id == RunItem.company_id, Run.id == RunItem.run_id))
        .where(
            Run.target == LINE,
            RunItem.company_id == card.line.company_id,
            RunItem.target_id == card.line.id,
            RunItem.state.in_(OPEN),
        )
        .order_by(Run.id.desc())
    )
    return [(run, item) for run, item in rows]

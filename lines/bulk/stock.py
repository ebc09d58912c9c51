"""Lines that are about to get something of their own: what the page that asks for it shows, and what is in stock."""

from __future__ import annotations

import string
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, literal_column, or_, select
from sqlalchemy.orm import Session

from core.i18n import N_
from hierarchy.models import Company, Department
from lines.models import Line, SimCard, SimState
from operators.models import PoolNumber
from operators.pool import NumberClass
from rbac.actor import Actor
from rbac.permissions import Permission
from runs.operation import Own
from runs.parts import Parts
from runs.selection import Selection

# Written out, not bound: only then PostgreSQL can prove that the index of spare cards serves.
SPARE_IN_SQL: ColumnElement[str] = literal_column(f"'{SimState.SPARE.value}'")


class AskedLine(NamedTuple):
    """A chosen line with what it has now."""

    id: int
    msisdn: str
    employee: str
    department: str
    present: str


def asked_lines(
    session: Session, actor: Actor, parts: Parts, selection: Selection, own: Own, most: int
) -> list[AskedLine]:
    """The chosen lines that the actor may see, by number."""
    chosen = parts.target.chosen(session, actor, Permission.LINES_VIEW, selection)
    columns = Line.id, Line.msisdn, Line.employee, Department.name, getattr(Line, own.present)
    rows = session.execute(chosen.with_only_columns(*columns).order_by(Line.msisdn).limit(most))
    return [AskedLine(*row) for row in rows]


CLASSES: dict[str, str] = {
    NumberClass.ORDINARY: N_("Ordinary"),
    NumberClass.FINE: N_("Fine"),
    NumberClass.GOLDEN: N_("Golden"),
}
"""How numbers are sold."""


class Offer(NamedTuple):
    """Something in stock: a SIM card, or a number with its class and price in roubles."""

    value: str
    number_class: str = ""
    price: Decimal | None = None


def offers(
    session: Session, company_id: int, own: Own, most: int, *, containing: str = "", number_class: str = ""
) -> list[Offer]:
    """What the company may give to its lines, the cheapest first; numbers also by their digits and their class."""
    if own.present == "iccid":
        return [Offer(iccid) for iccid in spare_cards(session, company_id, most)]
    party = select(Company.party_id).where(Company.id == company_id).scalar_subquery()
    mine = or_(PoolNumber.party_id.is_(None), PoolNumber.party_id == party)
    found = select(PoolNumber.msisdn, PoolNumber.number_class, PoolNumber.price).where(mine)
    if digits := "".join(sign for sign in containing if sign in string.digits):
        found = found.where(func.strpos(PoolNumber.msisdn, digits) > 0)
    if number_class:
        found = found.where(PoolNumber.number_class == number_class)
    rows = session.execute(found.order_by(PoolNumber.price, PoolNumber.msisdn).limit(most))
    return [Offer(*row) for row in rows]


def spare_cards(session: Session, company_id: int, most: int) -> Sequence[str]:
    """ICCIDs of the company's spare SIM cards that no line uses."""
    used = select(Line.id).where(Line.company_id == SimCard.company_id, Line.iccid == SimCard.iccid).exists()
    found = select(SimCard.iccid).where(
        SimCard.company_id == company_id, SimCard.state == SPARE_IN_SQL, ~used
    )
    return session.scalars(found.order_by(SimCard.iccid).limit(most)).all()

"""The operator's pool of numbers: what a company may choose from, and what follows where lines get other numbers."""

from __future__ import annotations

import string
from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import any_, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from core import bulk, clock
from core.db import BIGINTS, TEXTS
from core.i18n import N_
from hierarchy.models import Company
from lines.models import Line
from lines.sync.merge import PARKED
from operators.models import PoolNumber
from operators.pool import NumberClass
from rbac.actor import Actor, company_of
from runs.models import RunValue
from runs.row_value_kind import Offer, Replaced, StockSearch

CLASSES: dict[str, str] = {
    NumberClass.ORDINARY: N_("Ordinary"),
    NumberClass.FINE: N_("Fine"),
    NumberClass.GOLDEN: N_("Golden"),
}
"""How numbers are sold."""


def free_numbers(session: Session, actor: Actor, search: StockSearch, most: int) -> list[Offer]:
    """The numbers that the company may give to its lines, the cheapest first."""
    company_id = company_of(actor)
    party = select(Company.party_id).where(Company.id == company_id).scalar_subquery()
    mine = or_(PoolNumber.party_id.is_(None), PoolNumber.party_id == party)
    numbers = select(PoolNumber.msisdn, PoolNumber.number_class, PoolNumber.price).where(mine)
    if digits := "".join(sign for sign in search.containing if sign in string.digits):
        numbers = numbers.where(func.strpos(PoolNumber.msisdn, digits) > 0)
    if search.offer_class:
        numbers = numbers.where(PoolNumber.number_class == search.offer_class)
    rows = session.execute(numbers.order_by(PoolNumber.price, PoolNumber.msisdn).limit(most))
    return [Offer(*row) for row in rows]


def give_up_numbers(session: Session, company_id: int, run_id: int, line_ids: Sequence[int]) -> None:
    """Lines that hold one of the new numbers until now keep it with a mark, as after a synchronisation.

    They are free no longer. Also those that get another number themselves: a unique index looks at each row by itself.
    """
    these = cast(list(line_ids), BIGINTS)
    values = session.scalars(
        select(RunValue.value).where(
            RunValue.company_id == company_id, RunValue.run_id == run_id, RunValue.target_id == any_(these)
        )
    ).all()
    # As an array, not as a query within: only then both indexes of the lines serve.
    numbers = any_(cast(list(values), TEXTS))
    chosen = or_(Line.id == any_(these), Line.msisdn == numbers)
    # In the order of their ids, as everyone locks lines.
    session.execute(
        select(Line.id).where(Line.company_id == company_id, chosen).order_by(Line.id).with_for_update()
    )
    session.execute(
        select(PoolNumber.msisdn)
        .where(PoolNumber.msisdn == numbers)
        .order_by(PoolNumber.msisdn)
        .with_for_update()
    )
    session.execute(
        delete(PoolNumber).where(PoolNumber.msisdn == numbers),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(Line)
        .where(Line.company_id == company_id, Line.msisdn == numbers)
        .values(msisdn=func.concat(Line.msisdn, PARKED, Line.operator_id)),
        execution_options={"synchronize_session": False},
    )


def keep_given_up(session: Session, company_id: int, replaced: Sequence[Replaced]) -> None:
    """After lines got other numbers: those that no line took over may be had again."""
    numbers = {pair.now for pair in replaced}
    given_up = [pair.earlier for pair in replaced if pair.earlier is not None and pair.earlier not in numbers]
    _keep_for_return(session, company_id, given_up)


def _keep_for_return(session: Session, company_id: int, msisdns: Sequence[str]) -> None:
    """Numbers that lines of the company have just given up wait for it in the operator's pool, free of charge.

    The next synchronisation of the pool says the same or better; until then nobody is told that they are gone.
    """
    party = session.scalars(select(Company.party_id).where(Company.id == company_id)).one()
    rows = [
        {
            "msisdn": msisdn,
            "number_class": NumberClass.ORDINARY.value,
            "price": Decimal(0),
            "party_id": party,
            "seen_at": clock.now(),
        }
        for msisdn in sorted(set(msisdns))
    ]
    bulk.upsert(session, PoolNumber, ["msisdn"], rows)

"""What else changes where each line of a run got a number of its own."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from sqlalchemy import ColumnElement, any_, cast, delete, func, or_, select, update
from sqlalchemy.orm import Session

from core import bulk, clock
from core.db import BIGINTS, TEXTS
from hierarchy.models import Company
from lines.models import Line
from lines.sync.merge import PARKED
from operators.models import PoolNumber
from operators.pool import NumberClass
from runs.models import RunValue


def give_up_numbers(session: Session, company_id: int, run_id: int, line_ids: Sequence[int]) -> None:
    """Lines that hold one of the new numbers until now keep it with a mark, as after a synchronisation.

    They are free no longer. Also those that get another number themselves: a unique index looks at each row by itself.
    """
    these = cast(list(line_ids), BIGINTS)
    given = session.scalars(
        select(RunValue.value).where(
            RunValue.company_id == company_id, RunValue.run_id == run_id, RunValue.line_id == any_(these)
        )
    ).all()
    # As an array, not as a query within: only then both indexes of the lines serve.
    wanted = any_(cast(list(given), TEXTS))
    chosen = or_(Line.id == any_(these), Line.msisdn == wanted)
    # In the order of their ids, as everyone locks lines.
    session.execute(
        select(Line.id).where(Line.company_id == company_id, chosen).order_by(Line.id).with_for_update()
    )
    session.execute(
        select(PoolNumber.msisdn)
        .where(PoolNumber.msisdn == wanted)
        .order_by(PoolNumber.msisdn)
        .with_for_update()
    )
    session.execute(
        delete(PoolNumber).where(PoolNumber.msisdn == wanted),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(Line)
        .where(Line.company_id == company_id, Line.msisdn == wanted)
        .values(msisdn=func.concat(Line.msisdn, PARKED, Line.operator_id)),
        execution_options={"synchronize_session": False},
    )


def number_without_mark() -> ColumnElement[str]:
    """The number that a line had before `give_up_numbers`."""
    return func.split_part(Line.msisdn, PARKED, 1)


def keep_for_return(session: Session, company_id: int, msisdns: Sequence[str]) -> None:
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

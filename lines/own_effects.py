"""What else changes where each line of a run got a number of its own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, ColumnElement, any_, cast, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from lines.merge import PARKED
from lines.models import Line
from operators.models import PoolNumber
from runs.models import RunValue

BIGINTS = ARRAY(BigInteger)


def give_up_numbers(session: Session, company_id: int, run_id: int, line_ids: Sequence[int]) -> None:
    """Lines that hold one of the new numbers until now keep it with a mark, as after a synchronisation.

    They are free no longer. Also those that get another number themselves: a unique index looks at each row by itself.
    """
    wanted = select(RunValue.value).where(
        RunValue.company_id == company_id,
        RunValue.run_id == run_id,
        RunValue.line_id == any_(cast(list(line_ids), BIGINTS)),
    )
    chosen = or_(Line.id == any_(cast(list(line_ids), BIGINTS)), Line.msisdn.in_(wanted))
    # In the order of their ids, as everyone locks lines.
    session.execute(
        select(Line.id).where(Line.company_id == company_id, chosen).order_by(Line.id).with_for_update()
    )
    session.execute(
        delete(PoolNumber).where(PoolNumber.msisdn.in_(wanted)),
        execution_options={"synchronize_session": False},
    )
    session.execute(
        update(Line)
        .where(Line.company_id == company_id, Line.msisdn.in_(wanted))
        .values(msisdn=func.concat(Line.msisdn, PARKED, Line.operator_id)),
        execution_options={"synchronize_session": False},
    )


def number_without_mark() -> ColumnElement[str]:
    """The number that a line had before `give_up_numbers`."""
    return func.split_part(Line.msisdn, PARKED, 1)

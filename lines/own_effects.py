"""What else changes where each line of a run got a SIM card or a number of its own."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import BigInteger, ColumnElement, String, any_, cast, delete, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from core import bulk
from lines.merge import PARKED
from lines.models import Line, SimCard, SimState
from operators.models import PoolNumber
from runs.models import RunValue

BIGINTS, TEXTS = ARRAY(BigInteger), ARRAY(String)


def move_cards(session: Session, company_id: int, moved: Sequence[tuple[str, str]]) -> None:
    """The replaced SIM cards (old, new) are dead, the new ones in use; cards that nobody listed yet come later."""
    states = {old: SimState.DEAD.value for old, _ in moved} | {new: SimState.IN_USE.value for _, new in moved}
    found = session.execute(
        select(SimCard.id, SimCard.iccid)
        .where(SimCard.company_id == company_id, SimCard.iccid == any_(cast(list(states), TEXTS)))
        .order_by(SimCard.id)
        .with_for_update()
    )
    rows = [{"company_id": company_id, "id": key, "state": states[iccid]} for key, iccid in found]
    bulk.update(session, SimCard, ["company_id", "id"], rows)


def give_up_numbers(session: Session, company_id: int, run_id: int, line_ids: Sequence[int]) -> None:
    """Lines that hold one of the new numbers until now keep it with a mark, as after a synchronisation.

    They are free no longer. Also those that get another number themselves: a unique index looks at each row by itself.
    """
    wanted = select(RunValue.value).where(
        RunValue.company_id == company_id,
        RunValue.run_id == run_id,
        RunValue.line_id == any_(cast(list(line_ids), BIGINTS)),
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

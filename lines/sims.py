"""SIM cards follow the operator's resource inventory, and the lines that use them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, any_, case, cast, exists, literal_column, or_, select, update
from sqlalchemy.orm import Session

from core.db import BIGINTS, TEXTS
from lines.models import Line, LineState, SimCard, SimState
from rbac.actor import Actor, company_of
from runs.row_value_kind import Offer, Replaced, StockSearch

# Written out, not bound: only then PostgreSQL can prove that the index of spare cards serves.
SPARE_IN_SQL: ColumnElement[str] = literal_column(f"'{SimState.SPARE.value}'")

HELD = exists().where(
    Line.company_id == SimCard.company_id,
    Line.iccid == SimCard.iccid,
    Line.state != LineState.TERMINATED,
)
"""A line in service uses the card."""


def spare_cards(session: Session, actor: Actor, _: StockSearch, most: int) -> list[Offer]:
    """ICCIDs of the company's spare SIM cards that no line uses."""
    used = select(Line.id).where(Line.company_id == SimCard.company_id, Line.iccid == SimCard.iccid).exists()
    cards = select(SimCard.iccid).where(
        SimCard.company_id == company_of(actor), SimCard.state == SPARE_IN_SQL, ~used
    )
    return [Offer(iccid) for iccid in session.scalars(cards.order_by(SimCard.iccid).limit(most))]


def follow_replaced(session: Session, company_id: int, replaced: Sequence[Replaced]) -> None:
    """`follow_lines` for the cards that lines had and those that they have now."""
    cards = {iccid for pair in replaced for iccid in pair if iccid is not None}
    follow_lines(session, company_id, sorted(cards))


def follow_lines(session: Session, company_id: int, iccids: Sequence[str]) -> None:
    """After lines got other cards, in their transaction: a card that a line uses is in use, one it had is dead."""
    if not iccids:
        return
    chosen = and_(SimCard.company_id == company_id, SimCard.iccid == any_(cast(sorted(iccids), TEXTS)))
    settle(session, chosen, otherwise=SimState.DEAD)


def settle(session: Session, chosen: ColumnElement[bool], *, otherwise: SimState) -> int:
    """Cards that a line uses are in use, those that none uses any more are `otherwise`; how many changed."""
    locked = select(SimCard.id).where(chosen).order_by(SimCard.id).with_for_update()
    ids = list(session.scalars(locked))
    state = case((HELD, SimState.IN_USE.value), else_=otherwise.value)
    wrong = or_(HELD, SimCard.state.in_((SimState.IN_USE, SimState.SPARE)))
    changed = session.execute(
        update(SimCard)
        .where(chosen, SimCard.id == any_(cast(ids, BIGINTS)), wrong, SimCard.state != state)
        .values(state=state)
        .returning(SimCard.id),
        execution_options={"synchronize_session": False},
    )
    return len(changed.all())

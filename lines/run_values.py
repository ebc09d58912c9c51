"""Lines that are about to get something of their own: what the page that asks for it shows, and what is in stock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from hierarchy.models import Department
from lines.models import Line, SimCard, SimState
from rbac.decision import Actor
from rbac.permissions import Permission
from runs.engine import Engine
from runs.operation import Own


class AskedLine(NamedTuple):
    """A chosen line with what it has now."""

    id: int
    msisdn: str
    employee: str
    department: str
    present: str


def asked_lines(
    engine: Engine, actor: Actor, session: Session, selection: Mapping[str, Any], own: Own, most: int
) -> list[AskedLine]:
    """The chosen lines that the actor may see, by number."""
    chosen = engine.target.chosen(actor, Permission.LINES_VIEW, selection)
    columns = Line.id, Line.msisdn, Line.employee, Department.name, getattr(Line, own.present)
    rows = session.execute(chosen.with_only_columns(*columns).order_by(Line.msisdn).limit(most))
    return [AskedLine(*row) for row in rows]


def spare_cards(session: Session, company_id: int, most: int) -> Sequence[str]:
    """ICCIDs of the company's spare SIM cards that no line uses."""
    used = select(Line.id).where(Line.company_id == SimCard.company_id, Line.iccid == SimCard.iccid).exists()
    found = select(SimCard.iccid).where(
        SimCard.company_id == company_id, SimCard.state == SimState.SPARE, ~used
    )
    return session.scalars(found.order_by(SimCard.iccid).limit(most)).all()

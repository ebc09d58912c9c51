"""Placing lines in departments: set-based, with totals and journal, however many there are."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select, update
from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput
from core.i18n import N_
from core.journal.entries import Entry, write
from hierarchy import totals
from hierarchy.models import Department
from hierarchy.queries import get_department, with_ids
from hierarchy.service import lock_tree
from lines.journal import LINE_PLACED
from lines.models import Line
from rbac.actor import Actor
from rbac.decision import require
from rbac.permissions import Permission

MOST_AT_ONCE = 100_000


@dataclass(frozen=True)
class Placed:
    """What a placing did: lines that moved, and those that stood there already."""

    department: Department
    moved: int
    stayed: int


def place_lines(session: Session, actor: Actor, chosen: Select[Any], target_id: int) -> Placed:
    """Put the chosen lines into a department.

    `chosen` selects Line.id, joined to the departments, of lines on which the actor holds `lines:place` (as
    runs' Target gives it). Raises NoDepartment, NotAllowed at the target, InvalidInput where nothing is chosen.
    """
    lock_tree(session, actor.company_id or 0)
    target = get_department(session, actor, target_id, Permission.LINES_VIEW)
    require(actor, Permission.LINES_PLACE, at=target.path)
    asked = session.scalar(select(func.count()).select_from(chosen.order_by(None).subquery())) or 0
    if not asked:
        raise InvalidInput(N_("None of the chosen numbers may be placed by you."), code="nothing_to_place")
    if asked > MOST_AT_ONCE:
        raise Conflict(N_("At most %(most)s numbers are placed at once."), code="too_many", most=MOST_AT_ONCE)
    moved = _move(session, target, chosen)
    deltas: Counter[tuple[int, str]] = Counter()
    for _, _, state, came_from in moved:
        deltas[came_from, state] -= 1
        deltas[target.id, state] += 1
    totals.add(session, target.company_id, deltas)
    _note(session, actor, target, moved)
    return Placed(target, len(moved), asked - len(moved))


def _move(session: Session, target: Department, chosen: Select[Any]) -> list[tuple[int, str, str, int]]:
    """One statement: the lines are locked in the order of their ids, changed and told with where they were."""
    lines = Line.__table__
    old = (
        chosen.with_only_columns(Line.id, Line.department_id)
        .where(Line.department_id != target.id)
        .order_by(Line.id)
        .with_for_update(of=Line)
        .cte("old")
    )
    changed = (
        update(lines)  # type: ignore[arg-type]
        .where(lines.c.company_id == target.company_id, lines.c.id == old.c.id)
        .values(department_id=target.id)
        .returning(lines.c.id, lines.c.msisdn, lines.c.state, old.c.department_id)
    )
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(changed)]


def _note(session: Session, actor: Actor, target: Department, moved: list[tuple[int, str, str, int]]) -> None:
    names = {one.id: one.name for one in with_ids(session, target.company_id, {row[3] for row in moved})}
    entries = [
        Entry(
            LINE_PLACED,
            "line",
            line_id,
            {"department": names.get(came_from, "")},
            {"department": target.name},
            label=msisdn,
        )
        for line_id, msisdn, _, came_from in moved
    ]
    write(session, actor, entries)

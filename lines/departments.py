"""Departments with their lines: merging and deleting one moves its lines, totals are counted from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from hierarchy import service, totals
from rbac.actor import Actor

# The lines are locked before the totals, in the same order as the runner does it.
MOVE = text("""
    WITH old AS (
        SELECT id FROM lines WHERE company_id = :company AND department_id = ANY(CAST(:departments AS bigint[]))
        ORDER BY id FOR UPDATE),
    moved AS (
        UPDATE lines SET department_id = :target FROM old
        WHERE lines.company_id = :company AND lines.id = old.id RETURNING lines.state)
    SELECT state, count(*) FROM moved GROUP BY state""")
COUNT = text("""
    INSERT INTO department_totals (company_id, department_id, state, lines)
    SELECT company_id, department_id, state, count(*) FROM lines
    WHERE company_id = :company GROUP BY company_id, department_id, state""")


def merge_department(session: Session, actor: Actor, department_id: int, target_id: int) -> int:
    """Put lines and branches of one department into another and delete it; returns how many lines moved."""
    return service.merge_department(session, actor, department_id, target_id, move_lines)


def delete_department(session: Session, actor: Actor, department_id: int) -> int:
    """Delete a department with all below it; its lines go up to the one above. Returns how many lines went up.

    Raises Conflict while people hold roles on it.
    """
    return service.delete_department(session, actor, department_id, move_lines)


def move_lines(
    session: Session, company_id: int, departments: Sequence[int], target_id: int
) -> Mapping[str, int]:
    """All lines of these departments to another, without totals; returns how many by state."""
    params = {"company": company_id, "target": target_id, "departments": list(departments)}
    return {state: int(lines) for state, lines in session.execute(MOVE, params)}


def recount_totals(session: Session, company_id: int) -> None:
    """Count the totals anew from the lines themselves: after a first load, or to check."""
    totals.clear(session, company_id)
    session.execute(COUNT, {"company": company_id})

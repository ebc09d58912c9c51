"""Totals of lines per department and state, kept by the transaction that changes the lines."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.orm import Session

# Sorted, so that two transactions never wait for each other crosswise.
ADD = text("""
    INSERT INTO department_totals AS total (company_id, department_id, state, lines)
    SELECT :company, r.department, r.state, r.delta
    FROM unnest(CAST(:departments AS bigint[]), CAST(:states AS text[]), CAST(:deltas AS bigint[]))
         AS r(department, state, delta)
    ORDER BY r.department, r.state
    ON CONFLICT (company_id, department_id, state) DO UPDATE SET lines = total.lines + excluded.lines""")
RECOUNT = text("""
    WITH gone AS (DELETE FROM department_totals WHERE company_id = :company)
    SELECT 1""")
COUNT = text("""
    INSERT INTO department_totals (company_id, department_id, state, lines)
    SELECT company_id, department_id, state, count(*) FROM lines
    WHERE company_id = :company GROUP BY company_id, department_id, state""")


def add(session: Session, company_id: int, deltas: Mapping[tuple[int, str], int]) -> None:
    """Move totals by (department id, state): one statement; zero deltas cost nothing."""
    moved = sorted((key, delta) for key, delta in deltas.items() if delta)
    if not moved:
        return
    session.execute(
        ADD,
        {
            "company": company_id,
            "departments": [key[0] for key, _ in moved],
            "states": [key[1] for key, _ in moved],
            "deltas": [delta for _, delta in moved],
        },
    )


def recount(session: Session, company_id: int) -> None:
    """Count the totals anew from the lines themselves: after a first load, or to check."""
    session.execute(RECOUNT, {"company": company_id})
    session.execute(COUNT, {"company": company_id})

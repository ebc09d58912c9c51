"""Totals of lines per department and state, kept by the transaction that changes the lines."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from hierarchy.models import DepartmentTotal

# Sorted, so that two transactions never wait for each other crosswise.
ADD = text("""
    INSERT INTO department_totals AS total (company_id, department_id, state, lines)
    SELECT :company, r.department, r.state, r.delta
    FROM unnest(CAST(:departments AS bigint[]), CAST(:states AS text[]), CAST(:deltas AS bigint[]))
         AS r(department, state, delta)
    ORDER BY r.department, r.state
    ON CONFLICT (company_id, department_id, state) DO UPDATE SET lines = total.lines + excluded.lines""")


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


def clear(session: Session, company_id: int) -> None:
    """Drop the company's totals; whoever knows the lines counts them anew (lines.departments)."""
    session.execute(
        delete(DepartmentTotal).where(DepartmentTotal.company_id == company_id),
        execution_options={"synchronize_session": False},
    )

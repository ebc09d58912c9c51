"""Common parts of reports: names of departments, the choice of a department."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from core.i18n import N_
from hierarchy.models import Department
from hierarchy.tree import ids_of
from lines.queries import within
from rbac.actor import Actor, company_of
from rbac.decision import visible
from rbac.permissions import Permission
from reports.report import Params, Rows

ANY = "any"
NUMBERS = N_("Numbers")
RECORDS = N_("Work and records")


def places(actor: Actor, permission: Permission, params: Params) -> list[ColumnElement[bool]]:
    """The conditions on departments: those that the actor may see, within the one that was chosen."""
    conditions = [visible(actor, permission, Department.path)]
    if params.get("department") is not None:
        conditions.append(within(company_of(actor), params["department"]))
    return conditions


def department_names(session: Session, actor: Actor) -> dict[int, str]:
    """The names of departments, each with those above it, "Branch › City"; the root is the company's own name."""
    rows = session.execute(_departments(actor)).all()
    names = {row.id: row.name for row in rows}
    return {
        row.id: " › ".join(names[part] for part in ids_of(row.path)[1:] if part in names) or row.name
        for row in rows
    }


def _departments(actor: Actor) -> Rows:
    return select(Department.id, Department.name, Department.path).where(
        Department.company_id == company_of(actor)
    )

"""Numbers, limits and spending by department, alone and with everything below it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, BigInteger, ColumnElement, cast, func, select, true

from core.excel import Column
from core.i18n import N_
from hierarchy.models import Department
from lines.models import IN_DEPARTMENT, Line, LineState
from rbac.actor import Actor, company_of
from rbac.permissions import Permission
from reports.catalogue.common import NUMBERS, department_names, places
from reports.params import DepartmentParams
from reports.report import Cells, Params, Report, Rows, Speech

OWN = ("lines", "active", "blocked", "limited", "limits", "spent", "near", "over")
"""Keys of the figures of a department by itself, in the order of the columns."""


class LimitsParams(DepartmentParams):
    """A branch of the company, or all of it."""


def rows(actor: Actor, params: Params) -> Rows:
    """One row per department that has numbers, in itself or below it, down the tree."""
    seen = places(actor, Permission.LINES_VIEW, params)
    own = _own(actor, seen).cte("own")
    below = _with_all_below(own).cte("below")
    figures = [func.coalesce(own.c[name], 0) for name in OWN]
    return (
        select(Department.id, *figures, below.c.lines, below.c.limits, below.c.spent)
        .select_from(below)
        .join(Department, (Department.company_id == company_of(actor)) & (Department.id == below.c.id))
        .outerjoin(own, own.c.id == Department.id)
        .where(*seen)
        .order_by(Department.path)
    )


def _own(actor: Actor, seen: Sequence[ColumnElement[bool]]) -> Rows:
    """The figures of each department itself."""
    per_month = Line.limit_period == "month"
    over = (Line.limit_amount > 0) & (Line.spent >= Line.limit_amount)
    near = (Line.limit_amount > 0) & (
        Line.spent * 100 >= Line.limit_amount * func.coalesce(Line.limit_warn, 80)
    )
    return (
        select(
            Department.id,
            Department.path,
            func.count().label("lines"),
            func.count().filter(Line.state == LineState.ACTIVE).label("active"),
            func.count().filter(Line.state == LineState.BLOCKED).label("blocked"),
            func.count().filter(Line.limit_amount.is_not(None)).label("limited"),
            func.coalesce(func.sum(Line.limit_amount).filter(per_month), 0).label("limits"),
            func.coalesce(func.sum(Line.spent), 0).label("spent"),
            func.count().filter(near & ~over).label("near"),
            func.count().filter(over).label("over"),
        )
        .select_from(Line)
        .join(Department, IN_DEPARTMENT)
        .where(Line.company_id == company_of(actor), *seen)
        .group_by(Department.company_id, Department.id, Department.path)
    )


def _with_all_below(own: CTE) -> Rows:
    """The figures of each department, given to it and to all above it: the path names them."""
    parts = func.string_to_array(func.btrim(own.c.path, "/"), "/")
    above = func.unnest(parts).table_valued("id", name="above").render_derived()
    department = cast(above.c.id, BigInteger)
    return (
        select(
            department.label("id"),
            cast(func.sum(own.c.lines), BigInteger).label("lines"),
            func.sum(own.c.limits).label("limits"),
            func.sum(own.c.spent).label("spent"),
        )
        .select_from(own)
        .join(above, true())
        .group_by(department)
    )


def cells(speech: Speech) -> Cells:
    """The department's name with those above it."""
    names = department_names(speech.session, speech.actor)

    def made(row: Any) -> Sequence[object]:
        place, *figures = row
        return (names.get(place), *figures)

    return made


REPORT = Report(
    code="limits",
    title=N_("Limits by department"),
    lead=N_(
        "How many numbers each department has, alone and with all below it, their limits, what is spent and "
        "who is near or over the limit."
    ),
    group=NUMBERS,
    permission=Permission.LINES_VIEW,
    schema=LimitsParams,
    columns=(
        Column(N_("Department"), "department", "text", 44),
        Column(N_("Numbers"), "lines", "int"),
        Column(N_("Active numbers"), "active", "int"),
        Column(N_("Blocked numbers"), "blocked", "int", 16),
        Column(N_("With a limit"), "limited", "int", 14),
        Column(N_("Monthly limits, ₽"), "limits", "decimal", 18),
        Column(N_("Spent this month, ₽"), "spent", "decimal", 20),
        Column(N_("Near the limit"), "near", "int", 16),
        Column(N_("Over the limit"), "over", "int", 16),
        Column(N_("Numbers with all below"), "lines_below", "int", 20),
        Column(N_("Monthly limits with all below, ₽"), "limits_below", "decimal", 26),
        Column(N_("Spent with all below, ₽"), "spent_below", "decimal", 24),
    ),
    rows=rows,
    cells=cells,
    totals=OWN,
    icon="speedometer2",
)

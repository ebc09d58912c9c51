"""Numbers that nobody uses and that cost all the same."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import or_, select

from core import periods
from core.excel import Column
from core.fields import integer
from core.i18n import N_
from hierarchy.models import Department
from lines.models import IN_DEPARTMENT, Line, LineState
from lines.words import STATES
from operators.models import Tariff
from rbac.actor import Actor, company_of
from rbac.permissions import Permission
from reports.catalogue.common import NUMBERS, department_names, places
from reports.params import DepartmentParams
from reports.report import Cells, Params, Report, Rows, Speech

FROM_1 = N_("From 1 to 3650 days.")


class IdleParams(DepartmentParams):
    """For how many days nothing happened on a number."""

    days = integer(N_("Idle for, days"), 1, 3650, required=False, default=30, wrong=FROM_1)


def rows(actor: Actor, params: Params) -> Rows:
    """Numbers that are not terminated, the longest idle first; those never used come before all."""
    since = periods.today(actor.timezone) - timedelta(days=params["days"])
    return (
        select(
            Line.msisdn,
            Line.employee,
            Line.department_id,
            Tariff.name,
            Tariff.monthly,
            Line.state,
            Line.last_activity,
            Line.spent,
        )
        .select_from(Line)
        .join(Department, IN_DEPARTMENT)
        .outerjoin(Tariff, Tariff.id == Line.tariff_id)
        .where(
            Line.company_id == company_of(actor),
            Line.state != LineState.TERMINATED,
            or_(Line.last_activity.is_(None), Line.last_activity < since),
            *places(actor, Permission.LINES_VIEW, params),
        )
        .order_by(Line.last_activity.asc().nulls_first(), Line.msisdn)
    )


def cells(speech: Speech) -> Cells:
    """The days since the last activity, and names for ids."""
    names, states = department_names(speech.session, speech.actor), speech.words(STATES)
    today = periods.today(speech.actor.timezone)

    def made(row: Any) -> Sequence[object]:
        number, person, place, tariff, monthly, state, active, spent = row
        idle = (today - active).days if active else None
        return (
            f"+{number}",
            person,
            names.get(place),
            tariff,
            monthly,
            states.get(state, state),
            active,
            idle,
            spent,
        )

    return made


REPORT = Report(
    code="idle",
    title=N_("Idle numbers"),
    lead=N_("Numbers without activity for a while, with what they cost each month."),
    group=NUMBERS,
    permission=Permission.LINES_VIEW,
    schema=IdleParams,
    columns=(
        Column(N_("Number"), "msisdn", "text", 16),
        Column(N_("Employee"), "employee", "text", 30),
        Column(N_("Department"), "department", "text", 34),
        Column(N_("Tariff"), "tariff", "text", 20),
        Column(N_("Monthly fee, ₽"), "monthly", "decimal", 18),
        Column(N_("State"), "state", "text", 16),
        Column(N_("Last activity"), "last_activity", "date", 16),
        Column(N_("Idle, days"), "idle", "int", 14),
        Column(N_("Spent this month, ₽"), "spent", "decimal", 20),
    ),
    rows=rows,
    cells=cells,
    totals=("monthly", "spent"),
    icon="moon-stars",
)

"""Every number with what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from core.excel import Column
from core.fields import choice
from core.i18n import N_
from hierarchy.models import BillingAccount, Department
from lines.models import IN_DEPARTMENT, Line
from operators.models import Tariff
from rbac.actor import Actor, company_of
from rbac.permissions import Permission
from reports.catalogue.common import ANY, NUMBERS, PERIODS, REASONS, STATES, department_names, places
from reports.params import DepartmentParams
from reports.report import Cells, Params, Report, Rows, Speech


class LinesParams(DepartmentParams):
    """Where the numbers stand, and in which state."""

    state = choice(N_("State"), {ANY: N_("Any state"), **STATES}, required=False)


def rows(actor: Actor, params: Params) -> Rows:
    """One row per number, by number."""
    found = (
        select(
            Line.msisdn,
            Line.iccid,
            Line.employee,
            Line.department_id,
            Tariff.name,
            Line.state,
            Line.block_reason,
            BillingAccount.number,
            Line.limit_amount,
            Line.limit_period,
            Line.spent,
            Line.last_activity,
        )
        .select_from(Line)
        .join(Department, IN_DEPARTMENT)
        .outerjoin(Tariff, Tariff.id == Line.tariff_id)
        .outerjoin(
            BillingAccount,
            (BillingAccount.company_id == Line.company_id) & (BillingAccount.id == Line.account_id),
        )
        .where(Line.company_id == company_of(actor), *places(actor, Permission.LINES_VIEW, params))
        .order_by(Line.msisdn)
    )
    return found if params["state"] == ANY else found.where(Line.state == params["state"])


def cells(speech: Speech) -> Cells:
    """Names and words for ids and codes."""
    names = department_names(speech.session, speech.actor)
    states, reasons, periods = speech.words(STATES), speech.words(REASONS), speech.words(PERIODS)

    def made(row: Any) -> Sequence[object]:
        number, sim, person, place, tariff, state, why, account, limit, per, spent, active = row
        return (
            f"+{number}",
            sim,
            person,
            names.get(place),
            tariff,
            states.get(state, state),
            reasons.get(why, why),
            account,
            limit,
            periods.get(per, per),
            spent,
            active,
        )

    return made


REPORT = Report(
    code="lines",
    title=N_("Numbers"),
    lead=N_("Every number with its SIM card, employee, department, tariff, state, limit and spending."),
    group=NUMBERS,
    permission=Permission.LINES_VIEW,
    schema=LinesParams,
    columns=(
        Column(N_("Number"), "msisdn", "text", 16),
        Column(N_("SIM card (ICCID)"), "iccid", "text", 23),
        Column(N_("Employee"), "employee", "text", 30),
        Column(N_("Department"), "department", "text", 34),
        Column(N_("Tariff"), "tariff", "text", 20),
        Column(N_("State"), "state", "text", 16),
        Column(N_("Block reason"), "block_reason", "text", 20),
        Column(N_("Billing account"), "account", "text", 18),
        Column(N_("Limit, ₽"), "limit", "decimal"),
        Column(N_("Limit period"), "limit_period", "text", 14),
        Column(N_("Spent this month, ₽"), "spent", "decimal", 20),
        Column(N_("Last activity"), "last_activity", "date", 16),
    ),
    rows=rows,
    cells=cells,
    totals=("spent",),
    icon="sim",
)

"""Runs and how each number ended in them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, select

from core.excel import Column
from core.i18n import N_
from hierarchy.models import Department
from lines.bulk.items import changes_title, title_then
from lines.bulk.target import OF_ITEM
from lines.models import IN_DEPARTMENT, Line
from lines.operations import OPERATIONS
from rbac.actor import Actor, company_of
from rbac.permissions import Permission
from reports.catalogue.common import RECORDS, department_names, places
from reports.catalogue.run_items import (
    OF_RUN,
    OUTCOME,
    OUTCOME_COLUMNS,
    RUN,
    RUN_COLUMNS,
    conditions,
    item_cells,
    operation_choice,
    outcome_choice,
)
from reports.params import DepartmentParams, PeriodParams, moments
from reports.report import Cells, Params, Report, Rows, Speech
from runs.models import LINE, Run, RunItem

CHANGING = [operation.code for operation in OPERATIONS if changes_title(operation.row_value)]
"""Operations after which a line has another number than the one it was chosen by."""


class RunsParams(PeriodParams, DepartmentParams):
    """The period in which the runs were started, their operation, and the outcome for the number."""

    operation = operation_choice(LINE)
    outcome = outcome_choice()


def rows(actor: Actor, params: Params) -> Rows:
    """One row per number of a run, the newest run first."""
    return (
        select(
            *RUN,
            case((Run.operation.in_(CHANGING), title_then()), else_=Line.msisdn),
            Line.employee,
            Line.department_id,
            *OUTCOME,
        )
        .select_from(RunItem)
        .join(Run, OF_RUN)
        .join(Line, OF_ITEM)
        .join(Department, IN_DEPARTMENT)
        .where(
            RunItem.company_id == company_of(actor),
            *conditions(LINE, params, *moments(actor, params)),
            *places(actor, Permission.RUNS_VIEW, params),
        )
        .order_by(RunItem.run_id.desc(), RunItem.no)
    )


def cells(speech: Speech) -> Cells:
    """The number, its user and department between the words for the run and for the outcome."""
    names = department_names(speech.session, speech.actor)

    def target_cells(target: Sequence[Any]) -> Sequence[object]:
        number, person, place = target
        return f"+{number}", person, names.get(place)

    return item_cells(speech, target_cells)


REPORT = Report(
    code="runs",
    title=N_("Runs and outcomes"),
    lead=N_("What was done to numbers, by whom and how it ended for each of them."),
    group=RECORDS,
    permission=Permission.RUNS_VIEW,
    schema=RunsParams,
    columns=(
        *RUN_COLUMNS,
        Column(N_("Number"), "msisdn", "text", 16),
        Column(N_("Employee"), "employee", "text", 30),
        Column(N_("Department"), "department", "text", 34),
        *OUTCOME_COLUMNS,
    ),
    rows=rows,
    cells=cells,
    icon="list-check",
)

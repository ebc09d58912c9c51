"""Runs and how each number ended in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import case, select

from core.excel import Column
from core.fields import choice
from core.i18n import N_
from hierarchy.models import Department
from lines.bulk.items import changes_title, title_then
from lines.bulk.target import OF_ITEM
from lines.models import IN_DEPARTMENT, Line
from lines.operations import OPERATIONS
from rbac.actor import Actor, company_of
from rbac.permissions import Permission
from reports.catalogue.common import ANY, RECORDS, department_names, places
from reports.params import DepartmentParams, PeriodParams, moments
from reports.report import Cells, Params, Report, Rows, Speech
from runs import refusals
from runs.models import FINAL, LINE, Run, RunItem
from runs.words import ITEM_STATES

BY_CODE = {operation.code: operation for operation in OPERATIONS}
CHANGING = [operation.code for operation in OPERATIONS if changes_title(operation.row_value)]
"""Operations after which a line has another number than the one it was chosen by."""


class RunsParams(PeriodParams, DepartmentParams):
    """The period in which the runs were started, their operation, and the outcome for the number."""

    operation = choice(
        N_("Operation"),
        {
            ANY: N_("Any operation"),
            **{item.code: item.words.title for item in OPERATIONS if item.target == LINE},
        },
        required=False,
    )
    outcome = choice(N_("Outcome"), {ANY: N_("Any outcome"), **ITEM_STATES}, required=False)


def rows(actor: Actor, params: Params) -> Rows:
    """One row per number of a run, the newest run first."""
    first, after = moments(actor, params)
    statement = (
        select(
            Run.id,
            Run.operation,
            Run.params,
            Run.submitted_at,
            Run.created_name,
            case((Run.operation.in_(CHANGING), title_then()), else_=Line.msisdn),
            Line.employee,
            Line.department_id,
            RunItem.state,
            RunItem.reason,
            RunItem.detail,
            RunItem.updated_at,
        )
        .select_from(RunItem)
        .join(Run, (Run.company_id == RunItem.company_id) & (Run.id == RunItem.run_id))
        .join(Line, OF_ITEM)
        .join(Department, IN_DEPARTMENT)
        .where(
            RunItem.company_id == company_of(actor),
            Run.target == LINE,
            Run.submitted_at >= first,
            Run.submitted_at < after,
            *places(actor, Permission.RUNS_VIEW, params),
        )
        .order_by(RunItem.run_id.desc(), RunItem.no)
    )
    if params["operation"] != ANY:
        statement = statement.where(Run.operation == params["operation"])
    if params["outcome"] != ANY:
        statement = statement.where(RunItem.state == params["outcome"])
    return statement


def cells(speech: Speech) -> Cells:
    """Words for outcomes and reasons; the reasons of a run depend on its parameters and are read once."""
    names, outcomes = department_names(speech.session, speech.actor), speech.words(ITEM_STATES)
    reasons: dict[int, refusals.Texts] = {}

    def sentence(run_id: int, code: str, params: Mapping[str, Any], why: str) -> str:
        if run_id not in reasons:
            operation = BY_CODE.get(code)
            loaded = operation.schema().load(dict(params)) if operation else {}
            messages = refusals.texts(operation, loaded)
            reasons[run_id] = refusals.Texts(
                {reason: (speech.text(title), "") for reason, (title, _) in messages.items()}
            )
        return reasons[run_id][why][0]

    def made(row: Any) -> Sequence[object]:
        run, code, params, started, who, number, person, place, state, why, detail, ended = row
        return (
            str(run),
            speech.text(BY_CODE[code].words.title) if code in BY_CODE else code,
            started,
            who,
            f"+{number}",
            person,
            names.get(place),
            outcomes.get(state, state),
            sentence(run, code, params, why) if why else None,
            detail,
            ended if state in FINAL else None,
        )

    return made


REPORT = Report(
    code="runs",
    title=N_("Runs and outcomes"),
    lead=N_("What was done to numbers, by whom and how it ended for each of them."),
    group=RECORDS,
    permission=Permission.RUNS_VIEW,
    schema=RunsParams,
    columns=(
        Column(N_("Run"), "run", "text", 10),
        Column(N_("Operation"), "operation", "text", 24),
        Column(N_("Started"), "started", "datetime"),
        Column(N_("Who"), "who", "text", 26),
        Column(N_("Number"), "msisdn", "text", 16),
        Column(N_("Employee"), "employee", "text", 30),
        Column(N_("Department"), "department", "text", 34),
        Column(N_("Outcome"), "outcome", "text", 18),
        Column(N_("Reason"), "reason", "text", 36),
        Column(N_("What the operator said"), "detail", "text", 36),
        Column(N_("Ended"), "ended", "datetime"),
    ),
    rows=rows,
    cells=cells,
    icon="list-check",
)

"""The result of a run as an Excel file: every number with its outcome, in the person's language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from flask import Blueprint
from sqlalchemy import select

from console.runs import words as run_words
from console.web.downloads import send_rows
from console.web.i18n import locale, text
from console.web.routing import ResponseReturnValue, actor, db, parts, route
from core.errors import Conflict
from core.excel import Column
from core.i18n import N_
from lines.bulk.items import ResultRow, result_rows
from lines.changes import ChangeWords
from operators.models import Tariff
from rbac.permissions import Permission
from runs import listing
from runs.models import FINAL, Run, item_key
from runs.row_values import shown

blueprint = Blueprint("results", __name__, url_prefix="/runs/<int:run_id>")

COLUMNS = (
    Column(N_("Number"), "msisdn", "text", 16),
    Column(N_("SIM card (ICCID)"), "iccid", "text", 23),
    Column(N_("Employee"), "employee", "text", 30),
    Column(N_("Department"), "department", "text", 30),
    Column(N_("Outcome"), "outcome", "text", 16),
    Column(N_("Reason"), "reason", "text", 40),
    Column(N_("What the operator said"), "detail", "text", 40),
    Column(N_("Before"), "before", "text", 28),
    Column(N_("After"), "after", "text", 28),
    Column(N_("When"), "when", "datetime", 18),
    Column(N_("Item of the order"), "item", "text", 16),
)


@route(blueprint, "/result.xlsx", permission=Permission.LINES_VIEW)
def result(run_id: int) -> ResponseReturnValue:
    """The file; while a run goes on it says how things stand now."""
    run = listing.get_run(db(), actor(), run_id)
    if run.submitted_at is None:
        raise Conflict(N_("This run has not been started yet."), code="not_started")
    operation = parts().operations.of(run.operation)
    name = f"run-{run.id}-{run.operation}.xlsx"
    columns: tuple[Column, ...] = COLUMNS
    if operation.row_value:
        columns = (*COLUMNS, Column(operation.row_value.label, "row_value", "text", 26))
    return send_rows(name, columns, _rows(run), total=run.total, sheet=operation.words.title)


def _rows(run: Run) -> Iterator[tuple[object, ...]]:
    operation = parts().operations.of(run.operation)
    reasons = {code: title for code, (title, _) in run_words.refusal_texts(operation, run).items()}
    outcomes = {state: text(mark.title) for state, mark in run_words.OUTCOMES.items()}
    tariffs = {tariff.id: tariff.name for tariff in db().scalars(select(Tariff))}
    words = ChangeWords(locale(), tariffs, operation.row_value)
    for row in result_rows(db(), actor(), run, operation.row_value):
        cells = _cells(row, run.id, outcomes, reasons, words)
        yield (*cells, shown(row.row_value, operation.row_value)) if operation.row_value else cells


def _cells(
    row: ResultRow, run_id: int, outcomes: dict[str, str], reasons: dict[str, str], words: ChangeWords
) -> tuple[object, ...]:
    ended: datetime | None = row.updated_at if row.state in FINAL else None
    return (
        f"+{row.title}",
        row.second_title,
        row.employee,
        row.department,
        outcomes.get(row.state, row.state),
        reasons.get(row.reason, row.reason) if row.reason else "",
        row.detail or "",
        words.say(row.before),
        words.say(row.after),
        ended,
        item_key(run_id, row.no),
    )

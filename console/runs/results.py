"""The result of a run as an Excel file: every number with its outcome, in the person's language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
from lines.bulk.account_target import ACCOUNT
from lines.bulk.items import ResultRow, result_rows
from lines.changes import ChangeWords
from operators.models import Tariff
from rbac.permissions import Permission
from runs import listing
from runs.models import FINAL, LINE, Run, item_key
from runs.parts import target_of
from runs.refusals import Texts
from runs.row_values import shown

blueprint = Blueprint("results", __name__, url_prefix="/runs/<int:run_id>")

NAMES: Mapping[str, tuple[str, str, str, str]] = {
    LINE: ("msisdn", "iccid", "employee", "department"),
    ACCOUNT: ("account", "", "", "contract"),
}
"""Names of the columns that say what an item is about, by kind."""
WIDTHS = (16, 23, 30, 30)
COLUMNS = (
    Column(N_("Outcome"), "outcome", "text", 16),
    Column(N_("Reason"), "reason", "text", 40),
    Column(N_("What the operator said"), "detail", "text", 40),
    Column(N_("Before"), "before", "text", 28),
    Column(N_("After"), "after", "text", 28),
    Column(N_("When"), "when", "datetime", 18),
    Column(N_("Item of the order"), "item", "text", 16),
)


@route(blueprint, "/result.xlsx", permission=Permission.LINES_VIEW, is_costly=True)
def result(run_id: int) -> ResponseReturnValue:
    """The file; while a run goes on it says how things stand now."""
    run = listing.get_run(db(), actor(), run_id)
    if run.submitted_at is None:
        raise Conflict(N_("This run has not been started yet."), code="not_started")
    operation = parts().operations.of(run.operation)
    name = f"run-{run.id}-{run.operation}.xlsx"
    columns: tuple[Column, ...] = (*_target_columns(run), *COLUMNS)
    if operation.row_value:
        columns = (*columns, Column(operation.row_value.label, "row_value", "text", 26))
    return send_rows(name, columns, _rows(run), total=run.total, sheet=operation.words.title)


def _target_columns(run: Run) -> list[Column]:
    words = parts().targets[run.target].words
    titles = (words.title, words.second_title, words.user, words.place)
    described = zip(titles, NAMES[run.target], WIDTHS, strict=True)
    return [Column(title, name, "text", width) for title, name, width in described if title]


def _rows(run: Run) -> Iterator[tuple[object, ...]]:
    operation = parts().operations.of(run.operation)
    reasons = run_words.refusal_texts(operation, run)
    outcomes = {state: text(mark.title) for state, mark in run_words.OUTCOMES.items()}
    tariffs = {tariff.id: tariff.name for tariff in db().scalars(select(Tariff))}
    words = ChangeWords(locale(), tariffs, operation.row_value)
    target = target_of(parts(), operation)
    for row in result_rows(db(), actor(), target, run, operation.row_value):
        cells = _cells(row, run, outcomes, reasons, words)
        yield (*cells, shown(row.row_value, operation.row_value)) if operation.row_value else cells


def _cells(
    row: ResultRow, run: Run, outcomes: dict[str, str], reasons: Texts, words: ChangeWords
) -> tuple[object, ...]:
    ended: datetime | None = row.updated_at if row.state in FINAL else None
    return (
        *_target_cells(row, run),
        outcomes.get(row.state, row.state),
        reasons[row.reason][0] if row.reason else "",
        row.detail or "",
        words.say(row.before),
        words.say(row.after),
        ended,
        item_key(run.id, row.no),
    )


def _target_cells(row: ResultRow, run: Run) -> tuple[str, ...]:
    if run.target == LINE:
        return f"+{row.title}", row.second_title, row.user, row.place
    return row.title, row.place

"""Items of runs in reports: the choice of operation and outcome, and in words how each of them ended."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from marshmallow import fields
from sqlalchemy import ColumnElement

from core.excel import Column
from core.fields import choice
from core.i18n import N_
from lines.operations import OPERATIONS
from reports.catalogue.common import ANY
from reports.report import Cells, Params, Speech
from runs import refusals
from runs.models import FINAL, Run, RunItem
from runs.words import ITEM_STATES

BY_CODE = {operation.code: operation for operation in OPERATIONS}

RUN_COLUMNS = (
    Column(N_("Run"), "run", "text", 10),
    Column(N_("Operation"), "operation", "text", 24),
    Column(N_("Started"), "started", "datetime"),
    Column(N_("Who"), "who", "text", 26),
)
OUTCOME_COLUMNS = (
    Column(N_("Outcome"), "outcome", "text", 18),
    Column(N_("Reason"), "reason", "text", 36),
    Column(N_("What the operator said"), "detail", "text", 36),
    Column(N_("Ended"), "ended", "datetime"),
)
RUN = (Run.id, Run.operation, Run.params, Run.submitted_at, Run.created_name)
OUTCOME = (RunItem.state, RunItem.reason, RunItem.detail, RunItem.updated_at)
"""What a statement reads first and last, an item's run and its outcome, for `item_cells`."""
OF_RUN = (Run.company_id == RunItem.company_id) & (Run.id == RunItem.run_id)


class ItemRun(NamedTuple):
    """The values of RUN."""

    id: int
    operation: str
    params: Mapping[str, Any]
    submitted_at: datetime
    created_name: str


class ItemOutcome(NamedTuple):
    """The values of OUTCOME."""

    state: str
    reason: str | None
    detail: str | None
    updated_at: datetime


def operation_choice(target: str) -> fields.Field[Any]:
    """The choice of an operation on things of this kind, or of any."""
    titles = {item.code: item.words.title for item in OPERATIONS if item.target == target}
    return choice(N_("Operation"), {ANY: N_("Any operation"), **titles}, required=False)


def outcome_choice() -> fields.Field[Any]:
    """The choice of an outcome, or of any."""
    return choice(N_("Outcome"), {ANY: N_("Any outcome"), **ITEM_STATES}, required=False)


def conditions(target: str, params: Params, first: datetime, after: datetime) -> list[ColumnElement[bool]]:
    """The conditions on runs and items of this kind from `first` to before `after`, narrowed as was chosen."""
    narrowed = [Run.target == target, Run.submitted_at >= first, Run.submitted_at < after]
    if params["operation"] != ANY:
        narrowed.append(Run.operation == params["operation"])
    if params["outcome"] != ANY:
        narrowed.append(RunItem.state == params["outcome"])
    return narrowed


def item_cells(speech: Speech, target_cells: Callable[[Sequence[Any]], Sequence[object]]) -> Cells:
    """The cells of a row: RUN_COLUMNS, those that `target_cells` makes of what stands between, OUTCOME_COLUMNS.

    The reasons of a run depend on its parameters and are read once.
    """
    outcomes = speech.words(ITEM_STATES)
    reasons: dict[int, refusals.Texts] = {}

    def sentence(run: ItemRun, why: str) -> str:
        if run.id not in reasons:
            operation = BY_CODE.get(run.operation)
            loaded = operation.schema().load(dict(run.params)) if operation else {}
            messages = refusals.texts(operation, loaded)
            reasons[run.id] = refusals.Texts(
                {reason: (speech.text(title), "") for reason, (title, _) in messages.items()}
            )
        return reasons[run.id][why][0]

    def cells(row: Sequence[Any]) -> Sequence[object]:
        run, outcome = ItemRun(*row[: len(RUN)]), ItemOutcome(*row[-len(OUTCOME) :])
        operation = BY_CODE.get(run.operation)
        return (
            str(run.id),
            speech.text(operation.words.title) if operation else run.operation,
            run.submitted_at,
            run.created_name,
            *target_cells(row[len(RUN) : -len(OUTCOME)]),
            outcomes.get(outcome.state, outcome.state),
            sentence(run, outcome.reason) if outcome.reason else None,
            outcome.detail,
            outcome.updated_at if outcome.state in FINAL else None,
        )

    return cells

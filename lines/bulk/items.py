"""Things as a run sees them: those a preview refuses, its items with their outcomes, the rows of its result."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, String, Text, and_, cast, func, null, select, type_coerce
from sqlalchemy.orm import Session

from core.journal.entries import JournalEntry
from hierarchy.models import Department
from lines.bulk.title import TITLE, TITLE_BEFORE, TITLE_COLUMN
from lines.models import Line
from rbac.actor import Actor
from rbac.permissions import Permission
from runs import operation_params, previews, refusals, row_values
from runs.models import LINE, ItemState, Run, RunItem, RunValue
from runs.operation import Target
from runs.parts import Parts, target_of
from runs.row_value_kind import RowValue
from runs.selection import Selection

PAGE = 50
OF_VALUE = row_values.of_line(RunItem.company_id, RunItem.run_id, RunItem.target_id)


class RefusedLine(NamedTuple):
    """A line, or another thing, that a preview refuses; see TargetColumns."""

    id: int
    title: str
    state: str
    user: str
    place: str
    row_value: str | None


class ItemLine(NamedTuple):
    """An item of a run with what it is about; `title` is what it was known by then, where the run changed that."""

    no: int
    target_id: int
    title: str
    user: str
    place: str
    state: str
    reason: str | None
    detail: str | None
    updated_at: datetime
    row_value: str | None


class ResultRow(NamedTuple):
    """A row of the result file; `before` and `after` are JSON of the journal, null where nothing was changed."""

    no: int
    title: str
    second_title: str
    user: str
    place: str
    state: str
    reason: str | None
    detail: str | None
    before: str | None
    after: str | None
    updated_at: datetime
    row_value: str | None


class AskedLine(NamedTuple):
    """A chosen line with what it has now in place of the row value that is asked for."""

    id: int
    title: str
    employee: str
    department: str
    present: str | None


def asked_lines(
    session: Session, actor: Actor, parts: Parts, selection: Selection, row_value: RowValue, most: int
) -> list[AskedLine]:
    """The chosen lines that the actor may see, by title."""
    chosen = parts.targets[LINE].chosen(session, actor, Permission.LINES_VIEW, selection)
    columns = Line.id, TITLE, Line.employee, Department.name, getattr(Line, row_value.column)
    rows = session.execute(chosen.with_only_columns(*columns).order_by(TITLE).limit(most))
    return [AskedLine(*row) for row in rows]


def count_chosen(session: Session, actor: Actor, target: Target, selection: Selection) -> int:
    """The number of things of the selection that the actor may see."""
    chosen = target.chosen(session, actor, target.see, selection).subquery()
    return int(session.scalar(select(func.count()).select_from(chosen)) or 0)


def refused_lines(
    session: Session, actor: Actor, parts: Parts, run: Run, *, reason: str, after: int
) -> list[RefusedLine]:
    """A page of the things that the preview refuses for this reason, by id; it is asked anew, not remembered."""
    operation = parts.operations.of(run.operation)
    params = operation_params.stored_params(operation, run)
    verdict = refusals.refusal_case(previews.all_refusals(actor, parts, operation, params))
    target = target_of(parts, operation)
    target_id, shown = target.id_column(), target.columns
    chosen = target.chosen(session, actor, target.see, parts.selections.load(run.selection))
    chosen = row_values.joined(chosen, operation, run.company_id, run.id, target_id)
    rows = session.execute(
        chosen.with_only_columns(
            target_id, shown.title, shown.state, shown.user, shown.place, row_values.column(operation)
        )
        .where(verdict == reason if reason else verdict.is_(None), target_id > after)
        .order_by(target_id)
        .limit(PAGE)
    )
    return [RefusedLine(*row) for row in rows]


def item_lines(
    session: Session,
    actor: Actor,
    target: Target,
    run: Run,
    row_value: RowValue | None,
    *,
    state: str = "",
    reason: str = "",
    after: int = 0,
) -> list[ItemLine]:
    """A page of a run's items by their number, narrowed to a state and a reason, and to things the actor may see."""
    query = _items(actor, target, run, row_value).where(RunItem.no > after)
    if state:
        query = query.where(RunItem.state == state)
    if reason:
        query = query.where(RunItem.reason == reason)
    return [ItemLine(*row) for row in session.execute(query.order_by(RunItem.no).limit(PAGE))]


def newest_failures(
    session: Session, actor: Actor, target: Target, run: Run, row_value: RowValue | None, *, limit: int = 8
) -> list[ItemLine]:
    """The items that failed or were refused while the run went on, newest first."""
    went_wrong = RunItem.state.in_((ItemState.FAILED, ItemState.REFUSED))
    query = _items(actor, target, run, row_value).where(went_wrong, RunItem.batch_id.is_not(None))
    rows = session.execute(query.order_by(RunItem.updated_at.desc(), RunItem.no).limit(limit))
    return [ItemLine(*row) for row in rows]


def result_rows(
    session: Session, actor: Actor, target: Target, run: Run, row_value: RowValue | None
) -> Iterator[ResultRow]:
    """Every item that the actor may see, in order, through a server-side cursor: memory stays constant."""
    shown = target.columns
    columns: tuple[Any, ...] = (
        RunItem.no,
        func.coalesce(TITLE_BEFORE, TITLE) if changes_title(row_value) else shown.title,
        shown.second_title,
        shown.user,
        shown.place,
        RunItem.state,
        RunItem.reason,
        RunItem.detail,
        cast(JournalEntry.before, Text),
        cast(JournalEntry.after, Text),
        RunItem.updated_at,
        _given(row_value),
    )
    written = _written(target.kind)
    query = _items(actor, target, run, row_value).with_only_columns(*columns).outerjoin(JournalEntry, written)
    for row in session.execute(query.order_by(RunItem.no), execution_options={"yield_per": 2000}):
        yield ResultRow(*row)


def _written(kind: str) -> ColumnElement[bool]:
    """The journal's entry on an item's thing in its run."""
    return and_(
        JournalEntry.company_id == RunItem.company_id,
        JournalEntry.object_kind == kind,
        JournalEntry.object_id == RunItem.target_id,
        JournalEntry.run_id == RunItem.run_id,
    )


def changes_title(row_value: RowValue | None) -> bool:
    """Whether runs that give row values of this kind change what people know a line by."""
    return row_value is not None and row_value.column == TITLE_COLUMN


def title_then() -> ColumnElement[str]:
    """The title of a line before a run which changed it, its present title where it was not changed.

    Looked up per item by the index of the journal, so that a page of a long run reads what it shows and no more.
    """
    written = select(TITLE_BEFORE).where(_written(LINE)).correlate(RunItem).limit(1).scalar_subquery()
    return func.coalesce(written, TITLE)


def _items(actor: Actor, target: Target, run: Run, row_value: RowValue | None) -> Select[Any]:
    shown = target.columns
    columns: tuple[Any, ...] = (
        RunItem.no,
        RunItem.target_id,
        title_then() if changes_title(row_value) else shown.title,
        shown.user,
        shown.place,
        RunItem.state,
        RunItem.reason,
        RunItem.detail,
        RunItem.updated_at,
        _given(row_value),
    )
    query = target.of_items(select(*columns).select_from(RunItem)).where(
        RunItem.company_id == run.company_id, RunItem.run_id == run.id, target.seen(actor)
    )
    return query.outerjoin(RunValue, OF_VALUE) if row_value else query


def _given(row_value: RowValue | None) -> ColumnElement[str | None]:
    """The value of an item's line for itself, where the run gives such a thing."""
    return type_coerce(RunValue.value if row_value else null(), String)

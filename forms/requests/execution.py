"""Carrying a resolved request out: its operation goes through the bulk engine, in the manager's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from marshmallow import Schema, fields
from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.errors import Conflict
from core.i18n import N_
from core.tenancy import company_scope
from forms.documents.form import RowValueColumn
from forms.documents.types import get_type
from forms.requests.content import lines_of
from forms.requests.models import Request, RequestEvent, RequestLine
from forms.requests.service import move, require_held
from lines.bulk.title import title_without_mark
from lines.models import Line, LineState
from rbac.actor import Actor
from runs import previews, submission
from runs.models import Run, RunItem, RunState
from runs.operation import Operation
from runs.parts import Parts
from runs.selection import Named
from users.actor import load_actor

PAGE = 50
Outcome = tuple[str | None, str | None, str | None]
NOTHING_DONE: Outcome = (None, None, None)
LOOK_FIRST = N_("Look at what the operation would do first.")
ALL_LEFT = N_("None of the numbers is in the company any more: there is nothing to carry out.")
# A number that left the company stays as a terminated line. With another number it is still the same line.
IS_HERE = Line.state != LineState.TERMINATED
OF_LINE = and_(Line.company_id == RequestLine.company_id, Line.id == RequestLine.line_id)


class LineOutcome(NamedTuple):
    """A number of a request with what became of it; no state where nothing was carried out for it.

    `number_now` where its line has another number by now; `row_value` is what it gets, in its plain form.
    """

    no: int
    line_id: int
    msisdn: str
    employee: str
    is_here: bool
    number_now: str | None
    row_value: str | None
    state: str | None
    reason: str | None
    detail: str | None


class OfRequestSchema(Schema):
    """A request by its id; nobody sends this."""

    request = fields.Integer(required=True)


@dataclass(frozen=True)
class OfRequest(Named):
    """All numbers of a request that are still the company's; nobody can send this selection."""

    request: int
    kind = "request"
    schema = OfRequestSchema

    def condition(self, company_id: int, target_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
        """Among the request's numbers."""
        lines = select(RequestLine.line_id).where(
            RequestLine.company_id == company_id, RequestLine.request_id == self.request
        )
        # IS TRUE keeps this a look-up in a hash made once. Joined, freshly written numbers, which the planner has not
        # counted yet, would be gone through for each line of the company.
        return and_(target_id.in_(lines).is_(true()), IS_HERE)


@dataclass(frozen=True)
class Prospect:
    """The effect of resolving: the run previewed, and the count of numbers that have left the company since."""

    run: Run
    operation: Operation
    left: int


def operation_of(parts: Parts, request: Request) -> Operation | None:
    """The operation that this request asks for; None where a person does it by hand."""
    carries = get_type(request.form).carries
    code = carries.operation(request.values) if carries else None
    return parts.operations.get(code) if code else None


def preview(session: Session, actor: Actor, parts: Parts, request: Request) -> Prospect:
    """Say what the operation would do to the numbers that are still the company's; the others are never touched."""
    form, operation = get_type(request.form), operation_of(parts, request)
    if operation is None or form.carries is None:
        raise Conflict(N_("This request has no operation: resolve it with an answer."), code="no_operation")
    session.flush()
    session.refresh(request, with_for_update=True)
    require_held(actor, request)
    left = count_left(session, request)
    if left == request.lines:
        raise Conflict(ALL_LEFT, code="all_left")
    params = form.carries.params(request.values, lines_of(session, request))
    with company_scope(request.company_id):
        inside = _inside(session, actor, request)
        run = previews.create_preview(session, inside, parts, operation.code, params, OfRequest(request.id))
        request.preview_id = run.id
        session.flush()
    return Prospect(run, operation, left)


def resolve(
    session: Session, actor: Actor, parts: Parts, request: Request, text: str, run_id: int | None
) -> RequestEvent:
    """Close the request with a text and, with `run_id`, start the run that was previewed: both or neither.

    From the commit on the run is the system of record: a worker that dies is followed by the sweeper.
    """
    session.refresh(request, with_for_update=True)
    if run_id is None:
        return move(session, actor, parts, request, "resolve", text)
    with company_scope(request.company_id):
        if find_preview(session, actor, request, run_id) is None:
            raise Conflict(LOOK_FIRST, code="look_first")
        inside = _inside(session, actor, request)
        submission.submit(session, inside, parts, run_id)
        request.run_id, request.outcome_told = run_id, False
        session.flush()
    return move(session, actor, parts, request, "resolve", text, run_id=run_id)


def find_preview(session: Session, actor: Actor, request: Request, run_id: int | None) -> Run | None:
    """The run that resolving would start, as the actor looked at it last; None where they have to look anew.

    What a colleague looked at before passing the request on was counted in the colleague's name.
    """
    run = find_run(session, request, run_id)
    if run is None or run.id != request.preview_id or run.created_by != actor.user_id:
        return None
    return run if run.state == RunState.PREVIEWED else None


def count_again(session: Session, actor: Actor, parts: Parts, request: Request, run: Run) -> None:
    """Bring up to date what the request's operation would do."""
    with company_scope(request.company_id):
        previews.count_again(session, _inside(session, actor, request), parts, run)
        session.flush()


def _inside(session: Session, actor: Actor, request: Request) -> Actor:
    """The manager as one who has entered the company because of this request, which its journal then says."""
    return load_actor(session, actor.user_id or 0, request.company_id, actor.ip, request.shown_number)


def find_run(session: Session, request: Request, run_id: int | None) -> Run | None:
    """A run of the request's company."""
    return session.get(Run, (request.company_id, run_id)) if run_id is not None else None


def _lines(request: Request) -> Select[Any]:
    return (
        select(RequestLine)
        .outerjoin(Line, OF_LINE)
        .where(RequestLine.company_id == request.company_id, RequestLine.request_id == request.id)
    )


def _is_gone() -> Any:
    return or_(Line.id.is_(None), ~IS_HERE)


def count_left(session: Session, request: Request) -> int:
    """The count of numbers of an unresolved request that have left the company since it was filled in."""
    counted = _lines(request).where(_is_gone()).with_only_columns(func.count())
    return int(session.scalar(counted) or 0)


def row_values_of(request: Request) -> RowValueColumn | None:
    """The values of each number of a request, in their order; None where they get nothing one by one."""
    form = get_type(request.form)
    column = form.row_values(request.values) if form.row_values else None
    return column if column and request.lines and len(column.values) == request.lines else None


def outcomes(session: Session, request: Request, after: int = 0) -> Sequence[LineOutcome]:
    """A page of the request's numbers with their outcomes, by keyset."""
    columns = (RequestLine.no, RequestLine.line_id, RequestLine.msisdn, RequestLine.employee)
    number = title_without_mark()
    changed = case((and_(IS_HERE, number != RequestLine.msisdn), number), else_=None)
    statement = _lines(request).with_only_columns(*columns, func.coalesce(IS_HERE, False), changed)
    rows = session.execute(statement.where(RequestLine.no > after).order_by(RequestLine.no).limit(PAGE)).all()
    items = _items(session, request, [row.line_id for row in rows])
    column = row_values_of(request)
    gets = [column.values[row.no - 1] if column else None for row in rows]
    done = [items.get(row.line_id, NOTHING_DONE) for row in rows]
    return [
        LineOutcome._make((*row, value, *outcome))
        for row, value, outcome in zip(rows, gets, done, strict=True)
    ]


def _items(session: Session, request: Request, line_ids: Sequence[int]) -> dict[int, Outcome]:
    """State, reason and detail by line: asked apart, so that the run's items are gone through once, not per line."""
    if request.run_id is None:
        return {}
    wanted = select(RunItem.target_id, RunItem.state, RunItem.reason, RunItem.detail).where(
        RunItem.company_id == request.company_id,
        RunItem.run_id == request.run_id,
        RunItem.target_id.in_(line_ids),
    )
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(wanted)}

"""The account manager's desk: the queue, a request with its conversation, resolving it with its operation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _

from console.fields.stored import values_in_words
from console.requests import words as request_words
from console.requests.attachments import attach_sent
from console.runs import words as run_words
from console.web.i18n import counted, text
from console.web.routing import ResponseReturnValue, actor, db, go_to, is_fragment, parts, render, route
from core.bounds import whole
from core.errors import Conflict, InvalidInput
from core.i18n import N_
from core.tenancy import company_scope
from forms.requests import desk, execution, service, transitions
from forms.requests.desk import QueueRow
from forms.requests.file_types import ENDINGS
from forms.requests.models import Request
from forms.requests.transitions import HELD, Party
from rbac.permissions import Permission
from runs.models import Run
from runs.submission import STALE

blueprint = Blueprint("desk", __name__, url_prefix="/desk")
LONGEST_SEARCH = 40


@route(blueprint, "", permission=Permission.DESK_WORK)
def index() -> ResponseReturnValue:
    """The queue by deadline."""
    view, search = request.args.get("view", "mine"), request.args.get("q", "").strip()[:LONGEST_SEARCH]
    view = view if view in desk.VIEWS else "mine"
    after = _place()
    with desk.portfolio(db(), actor()):
        page = desk.queue(db(), actor(), view, after=after, text=search)
    more = None
    if len(page) == desk.PAGE:
        last = page[-1].request
        at = last.deadline_at.isoformat() if last.deadline_at else None
        more = url_for("desk.index", view=view, q=search or None, at=at, id=last.id)
    rows = [{**request_words.listed(row.request), "company": row.company} for row in page]
    template = "desk/rows.html" if is_fragment() else "desk/index.html"
    return render(template, rows=rows, more=more, view=view, search=search, is_first=after is None)


def _place() -> desk.Place | None:
    last, at = request.args.get("id", type=whole), request.args.get("at", "")
    if last is None:
        return None
    try:
        return desk.Place(datetime.fromisoformat(at) if at else None, last)
    except ValueError as problem:
        raise InvalidInput(N_("This address is damaged.")) from problem


@route(blueprint, "/<int:request_id>", permission=Permission.DESK_WORK)
def show(request_id: int) -> ResponseReturnValue:
    """The request."""
    with desk.portfolio(db(), actor()):
        return _show(desk.get_request(db(), request_id), {}, "")


@route(blueprint, "/<int:request_id>/lines", permission=Permission.DESK_WORK)
def lines(request_id: int) -> ResponseReturnValue:
    """More numbers of the request: a fragment."""
    after = request.args.get("after", 0, type=whole)
    with desk.portfolio(db(), actor()):
        customer_request = desk.get_request(db(), request_id).request
        context = request_words.outcome(customer_request, after)
        return render(
            "requests/line_rows.html", **context, address="desk.lines", request_id=customer_request.id
        )


@route(blueprint, "/<int:request_id>/move", methods=("POST",), permission=Permission.DESK_WORK)
def move(request_id: int) -> ResponseReturnValue:
    """A step of the manager, with a text and perhaps a file. Who was too late learns who was first."""
    step, said = request.form.get("step", ""), request.form.get("text", "")
    with desk.portfolio(db(), actor()):
        row = desk.get_request(db(), request_id)
        try:
            with db().begin_nested():
                event = service.move(db(), actor(), parts(), row.request, step, said)
                attach_sent(row.request, event)
        except InvalidInput as problem:
            db().refresh(row.request)
            return _show(row, {"text": [text(problem.message, **problem.params)]}, said), 422
        except Conflict as problem:
            flash(text(problem.message, **problem.params), "warning")
    return go_to(url_for("desk.show", request_id=request_id) + ("" if step == "take" else "#end"))


@route(blueprint, "/<int:request_id>/pass", methods=("POST",), permission=Permission.DESK_WORK)
def pass_on(request_id: int) -> ResponseReturnValue:
    """Give the request to a colleague."""
    person, said = request.form.get("assignee", 0, type=whole), request.form.get("text", "")
    with desk.portfolio(db(), actor()):
        row = desk.get_request(db(), request_id)
        try:
            with db().begin_nested():
                desk.pass_on(db(), actor(), parts(), row.request, person, said)
        except InvalidInput as problem:
            db().refresh(row.request)
            return _show(row, {"pass": [text(problem.message, **problem.params)]}, said), 422
    flash(_("Passed on to %(name)s.", name=row.request.assignee_name), "success")
    return go_to(url_for("desk.show", request_id=request_id))


@route(
    blueprint, "/<int:request_id>/preview", methods=("POST",), permission=Permission.DESK_WORK, is_costly=True
)
def preview(request_id: int) -> ResponseReturnValue:
    """Say what the operation would do before the request is resolved with it."""
    with desk.portfolio(db(), actor()):
        row = desk.get_request(db(), request_id)
        try:
            preview = execution.preview(db(), actor(), parts(), row.request)
        except InvalidInput as problem:
            said = [text(message) for messages in problem.fields.values() for message in messages]
            return _show(row, {"operation": said or [text(problem.message, **problem.params)]}, ""), 422
        except Conflict as problem:
            flash(text(problem.message, **problem.params), "warning")
            return go_to(url_for("desk.show", request_id=request_id))
        run_id = preview.run.id
    return go_to(url_for("desk.resolve", request_id=request_id, run=run_id))


@route(blueprint, "/<int:request_id>/resolve", permission=Permission.DESK_WORK)
def resolve(request_id: int) -> ResponseReturnValue:
    """The effect of the operation, and the answer to the customer."""
    with desk.portfolio(db(), actor()):
        row = desk.get_request(db(), request_id)
        run = execution.find_preview(db(), actor(), row.request, request.args.get("run", type=whole))
        if row.request.state not in HELD:
            return go_to(url_for("desk.show", request_id=request_id))
        if run is None:
            flash(text(execution.LOOK_FIRST), "warning")
            return go_to(url_for("desk.show", request_id=request_id))
        return _resolve_page(row, run, {}, "")


@route(blueprint, "/<int:request_id>/resolve", methods=("POST",), permission=Permission.DESK_WORK)
def carry_out(request_id: int) -> ResponseReturnValue:
    """Resolve the request and start its operation, both at once."""
    said, run_id = request.form.get("text", ""), request.form.get("run", type=whole)
    with desk.portfolio(db(), actor()):
        row = desk.get_request(db(), request_id)
        try:
            with db().begin_nested():
                execution.resolve(db(), actor(), parts(), row.request, said, run_id)
        except InvalidInput as problem:
            db().refresh(row.request)
            run = execution.find_run(db(), row.request, run_id)
            errors = {"text": [text(problem.message, **problem.params)]}
            return (_show(row, errors, said) if run is None else _resolve_page(row, run, errors, said)), 422
        except Conflict as problem:
            run = execution.find_run(db(), row.request, run_id)
            if problem.code != STALE or run is None:
                raise
            execution.count_again(db(), actor(), parts(), row.request, run)
            return _resolve_page(row, run, {}, said, text(problem.message, **problem.params)), 409
    flash(_("The request is resolved; its operation is on its way."), "success")
    return go_to(url_for("desk.show", request_id=request_id))


def _show(row: QueueRow, errors: Mapping[str, Sequence[str]], typed: str) -> str:
    customer_request = row.request
    with company_scope(customer_request.company_id):
        context = request_words.whole(customer_request)
    return render(
        "desk/show.html",
        **context,
        company=row.company,
        steps=_steps(customer_request, has_operation=context["operation"] is not None),
        may_take=bool({step.name for step in _table(customer_request)} & {"take"}),
        may_carry_out=context["operation"] is not None
        and customer_request.state in HELD
        and _is_mine(customer_request),
        is_mine=_is_mine(customer_request),
        colleagues=desk.colleagues(db(), customer_request),
        may_pass="pass" in {step.name for step in _table(customer_request)},
        errors=errors,
        typed=typed,
        accept=",".join(ENDINGS),
        side="desk",
    )


def _table(customer_request: Request) -> list[Any]:
    return transitions.steps(customer_request.state, Party.MANAGER)


def _is_mine(customer_request: Request) -> bool:
    return customer_request.assignee_id in (None, actor().user_id)


def _steps(customer_request: Request, *, has_operation: bool) -> list[Any]:
    """Steps with a text; those of another manager's request are comments alone."""
    offered = request_words.offered(customer_request, Party.MANAGER)
    if not _is_mine(customer_request):
        return [row for row in offered if row.name == "comment"]
    # With an operation the main way to resolve leads through its preview.
    return sorted(offered, key=lambda row: (row.name != "resolve" or has_operation, row.name != "ask"))


def _resolve_page(
    row: QueueRow, run: Run, errors: Mapping[str, Sequence[str]], typed: str, warning: str = ""
) -> str:
    operation, figures = parts().operations.of(run.operation), run.preview
    with company_scope(run.company_id):
        params = values_in_words(operation.schema, run.company_id, run.params)
        left = execution.count_left(db(), row.request)
        texts = run_words.refusal_texts(operation, run)
        numbers = request_words.outcome(row.request)
    refused = sorted(figures["refused"].items(), key=lambda pair: -pair[1])
    return render(
        "desk/resolve.html",
        **numbers | {"run": run},
        side="desk",
        warning=warning,
        customer_request=row.request,
        company=row.company,
        operation=operation,
        params=params,
        figures=figures,
        refusals=[(texts[code][0], count) for code, count in refused],
        left=left,
        once=Decimal(figures["price_once"]),
        month=Decimal(figures["price_month"]),
        button=counted(operation.words.confirm, figures["allowed"]),
        errors=errors,
        typed=typed,
    )

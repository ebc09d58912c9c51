"""The desk of the account manager through the JSON API: the same services as its pages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from console.requests import schemas
from console.requests.api import outcomes, whole
from console.web.api_blueprint import Calls
from console.web.routing import actor, db, parts, route
from core.bounds import whole as whole_number
from core.errors import InvalidInput
from core.i18n import N_
from forms.requests import desk, execution, service
from forms.requests.desk import Place, QueueRow
from forms.requests.models import Request
from forms.requests.transitions import HELD, Party, steps
from rbac.permissions import Permission

blueprint = Calls("api_desk", __name__, url_prefix="/api/v1/desk", description="The account manager's desk")
WORK = Permission.DESK_WORK
OF_ANYBODY = ("pass", "comment")
"""Steps that need not wait for the colleague who holds a request."""
PART = " "
DAMAGED = N_("This address is damaged.")


@route(blueprint, "", permission=WORK)
@blueprint.takes(schemas.QueueArgs, "query")
@blueprint.gives(schemas.QueueOut)
def queue(page: dict[str, Any]) -> dict[str, Any]:
    """Requests of the portfolio, by deadline what has to be worked, else the newest first; fifty at a time."""
    with desk.portfolio(db(), actor()):
        number = page["number"].strip()
        rows = desk.queue(
            db(), actor(), page["view"], after=_place(page["after"]), text=number, limit=desk.PAGE
        )
        return {"items": [_listed(row) for row in rows], "next": _next(rows)}


def _listed(row: QueueRow) -> dict[str, Any]:
    own = {name: getattr(row.request, name, None) for name in schemas.QueueRowOut().fields}
    return {**own, "company": row.company}


def _next(rows: Sequence[QueueRow]) -> str | None:
    if len(rows) < desk.PAGE:
        return None
    last = rows[-1].request
    return f"{last.id}{PART}{last.deadline_at.isoformat() if last.deadline_at else ''}"


def _place(text: str) -> Place | None:
    if not text:
        return None
    last, _, at = text.partition(PART)
    try:
        return Place(datetime.fromisoformat(at) if at else None, whole_number(last))
    except ValueError as problem:
        raise InvalidInput(DAMAGED, fields={"after": [DAMAGED]}) from problem


@route(blueprint, "/<int:request_id>", permission=WORK)
@blueprint.gives(schemas.DeskRequestOut)
def show(request_id: int) -> dict[str, Any]:
    """One request with its steps, its files, its run, and who else may work it."""
    with desk.portfolio(db(), actor()):
        return _whole(desk.get_request(db(), request_id))


def _whole(row: QueueRow) -> dict[str, Any]:
    request = row.request
    operation = execution.operation_of(parts(), request)
    return {
        **whole(request, _steps(request)),
        "company": row.company,
        "complaints": request.complaints,
        "operation": operation.code if operation else None,
        "preview_id": request.preview_id,
        "run": execution.find_run(db(), request, request.run_id),
        "colleagues": [{"id": id_, "name": name} for id_, name in desk.colleagues(db(), request)],
    }


def _steps(request: Request) -> list[str]:
    """The steps that the person may take now; of a colleague's request that is little."""
    names = [row.name for row in steps(request.state, Party.MANAGER)]
    if request.state in HELD and request.assignee_id not in (None, actor().user_id):
        return [name for name in names if name in OF_ANYBODY]
    return names


@route(blueprint, "/<int:request_id>/lines", permission=WORK)
@blueprint.takes(schemas.AfterArgs, "query")
@blueprint.gives(schemas.OutcomesOut)
def list_lines(page: dict[str, Any], request_id: int) -> dict[str, Any]:
    """The numbers of a request with the outcome of each, fifty at a time."""
    with desk.portfolio(db(), actor()):
        return outcomes(desk.get_request(db(), request_id).request, page["after"])


@route(blueprint, "/<int:request_id>/take", methods=("POST",), permission=WORK)
@blueprint.gives(schemas.DeskRequestOut)
def take(request_id: int) -> dict[str, Any]:
    """Take a request. Of two at once one gets it; the other is told by whom it was taken (409)."""
    with desk.portfolio(db(), actor()):
        row = desk.get_request(db(), request_id)
        service.move(db(), actor(), parts(), row.request, "take")
        return _whole(row)


@route(blueprint, "/<int:request_id>/pass", methods=("POST",), permission=WORK)
@blueprint.takes(schemas.PassIn)
@blueprint.gives(schemas.DeskRequestOut)
def pass_on(wanted: dict[str, Any], request_id: int) -> dict[str, Any]:
    """Give a request to a colleague, with a word on why."""
    with desk.portfolio(db(), actor()):
        row = desk.get_request(db(), request_id)
        desk.pass_on(db(), actor(), parts(), row.request, wanted["assignee"], wanted["text"])
        return _whole(row)


@route(blueprint, "/<int:request_id>/steps", methods=("POST",), permission=WORK)
@blueprint.takes(schemas.DeskStepIn)
@blueprint.gives(schemas.DeskRequestOut)
def step(wanted: dict[str, Any], request_id: int) -> dict[str, Any]:
    """Ask the customer back, write, or refuse with the reason."""
    with desk.portfolio(db(), actor()):
        row = desk.get_request(db(), request_id)
        service.move(db(), actor(), parts(), row.request, wanted["step"], wanted["text"])
        return _whole(row)


@route(blueprint, "/<int:request_id>/preview", methods=("POST",), permission=WORK, is_costly=True)
@blueprint.gives(schemas.ProspectOut)
def preview(request_id: int) -> dict[str, Any]:
    """Say what the operation of a request would do; the run's id is what `resolve` asks for."""
    with desk.portfolio(db(), actor()):
        row = desk.get_request(db(), request_id)
        preview = execution.preview(db(), actor(), parts(), row.request)
        return {"run": preview.run, "left": preview.left}


@route(blueprint, "/<int:request_id>/resolve", methods=("POST",), permission=WORK)
@blueprint.takes(schemas.ResolveIn)
@blueprint.gives(schemas.DeskRequestOut)
def resolve(wanted: dict[str, Any], request_id: int) -> dict[str, Any]:
    """Close a request with an answer and, with `run`, start the run that was previewed: both or neither."""
    with desk.portfolio(db(), actor()):
        row = desk.get_request(db(), request_id)
        execution.resolve(db(), actor(), parts(), row.request, wanted["text"], wanted["run"])
        return _whole(row)

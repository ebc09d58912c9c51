"""Documents and requests through the JSON API, for the company's side: the same services as its pages."""

from __future__ import annotations

from typing import Any

from console.fields.drawn import labels_of
from console.fields.json_schema import json_schema
from console.requests import schemas
from console.web.api_blueprint import Calls
from console.web.i18n import text
from console.web.routing import actor, db, parts, route
from core.errors import Conflict, InvalidInput
from core.i18n import N_
from forms.documents.form import FormType
from forms.documents.types import TYPES, get_type
from forms.requests import attachments, execution, service, submission
from forms.requests.models import Request, RequestEvent
from forms.requests.transitions import Party, steps
from rbac.permissions import Permission
from runs.selection import parse

blueprint = Calls("api_requests", __name__, url_prefix="/api/v1", description="Documents and requests")
NOT_NOW = N_("The request has moved on: this step is not possible any more.")


@route(blueprint, "/forms", permission=Permission.REQUESTS_VIEW)
@blueprint.gives(schemas.FormOut(many=True))
def list_forms() -> list[dict[str, Any]]:
    """Documents that a company can fill in."""
    return [_form(form) for form in TYPES if not form.is_public]


def _form(form: FormType) -> dict[str, Any]:
    return {
        "code": form.code,
        "title": text(form.title),
        "days": form.days,
        "lines": form.lines.value,
        "fields_": labels_of(form.schema),
        "values": json_schema(form.schema),
    }


@route(blueprint, "/requests", permission=Permission.REQUESTS_VIEW)
@blueprint.takes(schemas.RequestsArgs, "query")
@blueprint.gives(schemas.RequestsOut)
def list_requests(page: dict[str, Any]) -> dict[str, Any]:
    """Requests, newest first, fifty at a time."""
    requests = service.list_requests(
        db(), actor(), is_open=page["open"], mine=page["mine"], before=page["after"] or None
    )
    return {"items": requests, "next": requests[-1].id if len(requests) == service.PAGE else None}


@route(blueprint, "/requests", methods=("POST",), permission=Permission.REQUESTS_SUBMIT)
@blueprint.takes(schemas.RequestIn)
@blueprint.gives(schemas.RequestOut)
def create_request(body: dict[str, Any]) -> Request:
    """Keep a draft, with `submit` send it; what is wrong is said by field and nothing is kept."""
    form = get_type(body["form"])
    draft = submission.new_draft(db(), actor(), form)
    chosen = parse(body["selection"], is_ordered=True) if body["selection"] else None
    checked = submission.fill(db(), actor(), parts(), draft, body["values"], chosen)
    if checked.errors:
        raise InvalidInput(submission.CORRECT, fields=checked.errors)
    if body["submit"]:
        submission.submit(db(), actor(), parts(), draft)
    return draft


@route(blueprint, "/requests/<int:request_id>", permission=Permission.REQUESTS_VIEW)
@blueprint.gives(schemas.WholeRequestOut)
def show_request(request_id: int) -> dict[str, Any]:
    """One request with its steps and files."""
    request = service.get_request(db(), actor(), request_id)
    return whole(request, _steps(request))


def whole(request: Request, offered: list[str]) -> dict[str, Any]:
    """A request with its steps, its files and what may be done next."""
    own = {name: getattr(request, name) for name in schemas.RequestOut().fields}
    return {
        **own,
        "events": service.events_of(db(), request),
        "files": attachments.attachments_of(db(), request),
        "steps": offered,
    }


def _steps(request: Request) -> list[str]:
    return [row.name for row in steps(request.state, Party.CUSTOMER)]


@route(blueprint, "/requests/<int:request_id>/lines", permission=Permission.REQUESTS_VIEW)
@blueprint.takes(schemas.AfterArgs, "query")
@blueprint.gives(schemas.OutcomesOut)
def list_request_lines(page: dict[str, Any], request_id: int) -> dict[str, Any]:
    """The numbers of a request with the outcome of each, fifty at a time."""
    return outcomes(service.get_request(db(), actor(), request_id), page["after"])


def outcomes(request: Request, after: int) -> dict[str, Any]:
    """A part of the numbers of a request."""
    lines = execution.outcomes(db(), request, after)
    return {"items": lines, "next": lines[-1].no if len(lines) == execution.PAGE else None}


@route(
    blueprint, "/requests/<int:request_id>/submit", methods=("POST",), permission=Permission.REQUESTS_SUBMIT
)
@blueprint.gives(schemas.RequestOut)
def submit_request(request_id: int) -> Request:
    """Send a draft: it gets its number, its deadline and its account manager at once."""
    draft = submission.get_draft(db(), actor(), request_id)
    submission.submit(db(), actor(), parts(), draft)
    return draft


@route(blueprint, "/requests/<int:request_id>", methods=("DELETE",), permission=Permission.REQUESTS_SUBMIT)
@blueprint.gives_nothing()
def delete_request(request_id: int) -> None:
    """Throw a draft away with its files."""
    submission.forget(db(), parts(), submission.get_draft(db(), actor(), request_id))


@route(
    blueprint, "/requests/<int:request_id>/steps", methods=("POST",), permission=Permission.REQUESTS_SUBMIT
)
@blueprint.takes(schemas.StepIn)
@blueprint.gives(schemas.RequestOut)
def step(body: dict[str, Any], request_id: int) -> Request:
    """Take a step of the customer."""
    request = service.get_request(db(), actor(), request_id)
    move(request, body["step"], body["text"])
    return request


def move(request: Request, name: str, text: str) -> RequestEvent:
    """A step of the customer that the request stands at; a draft is sent by a call of its own."""
    if name == "submit" or name not in _steps(request):
        raise Conflict(NOT_NOW, code="moved_on")
    return service.move(db(), actor(), parts(), request, name, text)

"""Requests through the JSON API: the same services as the pages of both sides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, fields, validate

from console.api import schemas
from console.babel import locale, text
from console.web import View, actor, engine, route
from console.web import session as opened
from core.errors import Conflict, InvalidInput
from core.i18n import N_
from core.storable import LARGEST
from forms import service, submitting
from forms.fields import said
from forms.form import FormType
from forms.models import Request
from forms.transitions import Party, steps
from forms.types import TYPES, get_type
from rbac.permissions import Permission
from runs.selection import checked

blueprint = Blueprint("api_requests", __name__, url_prefix="/api/v1", description="Documents and requests")
NOT_NOW = N_("The request has moved on: this step is not possible any more.")


class FormOut(Schema):
    """A document that can be filled in; `fields` are names with their labels."""

    code = fields.String()
    title = fields.String()
    days = fields.Integer(metadata={"description": "Working days until the deadline."})
    lines = fields.String(metadata={"description": "none, may or many numbers."})
    fields_ = fields.Dict(keys=fields.String(), values=fields.String(), data_key="fields")


class RequestIn(Schema):
    """A document to submit, or to keep as a draft: its values and, where it is about numbers, a selection."""

    form = fields.String(required=True)
    values = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True), load_default=dict)
    selection = fields.Nested(schemas.SelectionIn, load_default=None, allow_none=True)
    submit = fields.Boolean(load_default=False)


class StepIn(Schema):
    """A step of the customer: answer, comment, withdraw, reopen or complain."""

    step = fields.String(required=True)
    text = fields.String(load_default="", validate=validate.Length(max=service.LONGEST_TEXT))


class RequestsArgs(Schema):
    """Which requests, and where the next part begins."""

    class Meta:
        unknown = EXCLUDE

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LARGEST),
        metadata={"description": "`next` of the part before."},
    )
    open = fields.Boolean(load_default=None, allow_none=True)
    mine = fields.Boolean(load_default=False)


class RequestOut(Schema):
    """A request; `run_id` is the run that carries it out, its outcome per line is in /runs/{id}/items."""

    id = fields.Integer()
    number = fields.String(allow_none=True)
    form = fields.String()
    state = fields.String()
    values = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True))
    lines = fields.Integer()
    created_name = fields.String()
    assignee_name = fields.String()
    submitted_at = fields.DateTime(allow_none=True)
    deadline_at = fields.DateTime(allow_none=True)
    closed_at = fields.DateTime(allow_none=True)
    run_id = fields.Integer(allow_none=True)


class EventOut(Schema):
    """A step of a request."""

    at = fields.DateTime()
    party = fields.String()
    actor_name = fields.String()
    name = fields.String()
    source = fields.String()
    target = fields.String()
    text = fields.String()


class RequestsOut(Schema):
    """A part of the list, newest first."""

    items = fields.List(fields.Nested(RequestOut))
    next = fields.Integer(allow_none=True)


class WholeRequestOut(RequestOut):
    """A request with everything that happened to it."""

    events = fields.List(fields.Nested(EventOut))


def takes(schema: type[Schema], where: str = "json") -> Callable[[View], View]:
    """Read what is asked by this schema, and describe it."""
    found: Callable[[View], View] = blueprint.arguments(schema, location=where)
    return found


def gives(schema: type[Schema] | Schema) -> Callable[[View], View]:
    """Write the answer by this schema, and describe it."""
    found: Callable[[View], View] = blueprint.response(200, schema)
    return found


@route(blueprint, "/forms", permission=Permission.REQUESTS_VIEW)
@gives(FormOut(many=True))
def list_forms() -> list[dict[str, Any]]:
    """Documents that a company can fill in."""
    return [_form(form) for form in TYPES if not form.is_public]


def _form(form: FormType) -> dict[str, Any]:
    labels = {name: text(str(one.metadata["label"])) for name, one in form.schema().fields.items()}
    return {
        "code": form.code,
        "title": text(form.title),
        "days": form.days,
        "lines": form.lines.value,
        "fields_": labels,
    }


@route(blueprint, "/requests", permission=Permission.REQUESTS_VIEW)
@takes(RequestsArgs, "query")
@gives(RequestsOut)
def list_requests(page: dict[str, Any]) -> dict[str, Any]:
    """Requests, newest first, fifty at a time."""
    found = service.list_requests(
        opened(), actor(), is_open=page["open"], mine=page["mine"], before=page["after"] or None
    )
    return {"items": found, "next": found[-1].id if len(found) == service.PAGE else None}


@route(blueprint, "/requests", methods=("POST",), permission=Permission.REQUESTS_SUBMIT)
@takes(RequestIn)
@gives(RequestOut)
def create_request(wanted: dict[str, Any]) -> Request:
    """Keep a draft, with `submit` send it; what is wrong is said by field and nothing is kept."""
    form = get_type(wanted["form"])
    draft = submitting.new_draft(opened(), actor(), form)
    chosen = checked(wanted["selection"]) if wanted["selection"] else None
    found = submitting.fill(opened(), engine(), actor(), draft, wanted["values"], chosen)
    if found.errors:
        words = {name: [said(one, locale()) for one in messages] for name, messages in found.errors.items()}
        raise InvalidInput(submitting.CORRECT, fields=words)
    if wanted["submit"]:
        submitting.submit(opened(), engine(), actor(), draft)
    return draft


@route(blueprint, "/requests/<int:request_id>", permission=Permission.REQUESTS_VIEW)
@gives(WholeRequestOut)
def show_request(request_id: int) -> dict[str, Any]:
    """One request with its steps."""
    found = service.get_request(opened(), actor(), request_id)
    own = {name: getattr(found, name) for name in RequestOut().fields}
    return {**own, "events": service.events_of(opened(), found)}


@route(
    blueprint, "/requests/<int:request_id>/steps", methods=("POST",), permission=Permission.REQUESTS_SUBMIT
)
@takes(StepIn)
@gives(RequestOut)
def step(wanted: dict[str, Any], request_id: int) -> Request:
    """Take a step of the customer."""
    found = service.get_request(opened(), actor(), request_id)
    offered = {row.name for row in steps(found.state, Party.CUSTOMER)} - {"submit"}
    if wanted["step"] not in offered:
        raise Conflict(NOT_NOW, code="moved_on")
    service.move(opened(), engine(), actor(), found, wanted["step"], wanted["text"])
    return found

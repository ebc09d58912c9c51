"""Schemas of requests in the API, for both sides."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from console.runs.schemas import RunOut, SelectionIn
from console.web.api_schemas import ROW_VALUE_KEY, ROW_VALUE_TEXT, NumberPageArgs
from core.bounds import LARGEST
from forms.requests import service
from forms.requests.desk import VIEWS

ID = validate.Range(1, LARGEST)
DESK_STEPS = ("ask", "comment", "refuse")
TEXT = validate.Length(max=service.LONGEST_TEXT)


class FormOut(Schema):
    """A document that can be filled in; `fields` are names with their labels, `values` their JSON schema."""

    code = fields.String()
    title = fields.String()
    days = fields.Integer(metadata={"description": "Working days until the deadline."})
    lines = fields.String(metadata={"description": "none, may or many numbers."})
    fields_ = fields.Dict(keys=fields.String(), values=fields.String(), data_key="fields")
    values = fields.Dict(keys=fields.String(), values=fields.Raw())


class RequestIn(Schema):
    """A document to submit, or to keep as a draft: its values and, where it is about numbers, a selection."""

    form = fields.String(required=True)
    values = fields.Dict(
        keys=fields.String(),
        values=fields.Raw(allow_none=True),
        load_default=dict,
        metadata={
            "description": "Lists, such as new SIM cards, have one a line, in the order of the numbers."
            " That order stands at `selection`."
        },
    )
    selection = fields.Nested(
        SelectionIn,
        load_default=None,
        allow_none=True,
        metadata={
            "description": "The order of the numbers: `ids` as they are sent, an uploaded list by its rows,"
            " everything else by number from the smallest on."
        },
    )
    submit = fields.Boolean(load_default=False)


class StepIn(Schema):
    """A step of the customer: answer, comment, withdraw, reopen or complain."""

    step = fields.String(required=True)
    text = fields.String(load_default="", validate=TEXT)


class DeskStepIn(Schema):
    """A step of the account manager with its text: a question, a word, or the reason of a refusal."""

    step = fields.String(required=True, validate=validate.OneOf(DESK_STEPS))
    text = fields.String(required=True, validate=TEXT)


class PassIn(Schema):
    """To whom a request is given, and why. `colleagues` of the request says who may have it."""

    assignee = fields.Integer(required=True, strict=True, validate=ID)
    text = fields.String(required=True, validate=TEXT)


class ResolveIn(Schema):
    """The answer to the customer; with `run` the operation that was previewed is carried out."""

    text = fields.String(required=True, validate=TEXT)
    run = fields.Integer(load_default=None, allow_none=True, strict=True, validate=ID)


class RequestsArgs(Schema):
    """The choice of requests, and the start of the next part."""

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LARGEST),
        metadata={"description": "`next` of the part before."},
    )
    open = fields.Boolean(load_default=None, allow_none=True)
    mine = fields.Boolean(load_default=False)


class QueueArgs(Schema):
    """The part of the desk: one's own or all to work by deadline, waiting for the customer, closed; or by number."""

    view = fields.String(load_default="mine", validate=validate.OneOf(VIEWS))
    number = fields.String(
        load_default="",
        validate=validate.Length(max=40),
        metadata={
            "description": "The number of a request or its end, in any state; then `view` mine narrows."
        },
    )
    after = fields.String(
        load_default="",
        validate=validate.Length(max=60),
        metadata={"description": "`next` of the part before."},
    )


class AfterArgs(NumberPageArgs):
    """The start of the next fifty."""

    class Meta:
        exclude = ("size",)


class ListedRequestOut(Schema):
    """A request as lists tell it; `run_id` is the run that carries it out, its outcome per number is in its `lines`."""

    id = fields.Integer()
    number = fields.String(allow_none=True)
    form = fields.String()
    state = fields.String()
    lines = fields.Integer()
    created_name = fields.String()
    assignee_name = fields.String()
    submitted_at = fields.DateTime(allow_none=True)
    deadline_at = fields.DateTime(allow_none=True)
    closed_at = fields.DateTime(allow_none=True)
    run_id = fields.Integer(allow_none=True)


class RequestOut(ListedRequestOut):
    """A request with the values of its document, which may be long."""

    values = fields.Dict(keys=fields.String(), values=fields.Raw(allow_none=True))


class RequestsOut(Schema):
    """A part of the list, newest first; a single request has its values too."""

    items = fields.List(fields.Nested(ListedRequestOut))
    next = fields.Integer(allow_none=True)


class EventOut(Schema):
    """A step of a request."""

    id = fields.Integer()
    at = fields.DateTime()
    party = fields.String()
    actor_name = fields.String()
    name = fields.String()
    source = fields.String()
    target = fields.String()
    text = fields.String()
    run_id = fields.Integer(allow_none=True)


class AttachmentOut(Schema):
    """A file of a request; `event_id` is the step that it came with, null for files of the request itself."""

    id = fields.Integer()
    event_id = fields.Integer(allow_none=True)
    name = fields.String()
    kind = fields.String()
    size = fields.Integer(metadata={"description": "Bytes."})
    party = fields.String()
    added_name = fields.String()
    added_at = fields.DateTime()


class WholeRequestOut(RequestOut):
    """A request with everything that happened to it, its files, and the steps that may be taken now."""

    events = fields.List(fields.Nested(EventOut))
    files = fields.List(fields.Nested(AttachmentOut))
    steps = fields.List(fields.String())


class ColleagueOut(Schema):
    """Somebody to whom a request may be given."""

    id = fields.Integer()
    name = fields.String()


class QueueRowOut(ListedRequestOut):
    """A request on the desk with its company; an application from outside has none."""

    company = fields.String()
    complaints = fields.Integer()


class QueueOut(Schema):
    """A part of the desk."""

    items = fields.List(fields.Nested(QueueRowOut))
    next = fields.String(allow_none=True)


class DeskRequestOut(WholeRequestOut):
    """A request as the account manager works it; `operation` is what it asks for, null where a person does it."""

    company = fields.String()
    complaints = fields.Integer()
    operation = fields.String(allow_none=True)
    preview_id = fields.Integer(allow_none=True)
    run = fields.Nested(RunOut, allow_none=True)
    colleagues = fields.List(fields.Nested(ColleagueOut))


class ProspectOut(Schema):
    """The effect of resolving, and the count of numbers that have left the company and stay untouched."""

    run = fields.Nested(RunOut)
    left = fields.Integer()


class OutcomeOut(Schema):
    """A number of a request; without a state nothing is carried out for it. `is_here` is false where it has left."""

    no = fields.Integer()
    line_id = fields.Integer()
    msisdn = fields.String()
    employee = fields.String()
    is_here = fields.Boolean()
    number_now = fields.String(
        allow_none=True, metadata={"description": "The number of the line now, where it has another one."}
    )
    row_value = fields.String(data_key=ROW_VALUE_KEY, allow_none=True, metadata=ROW_VALUE_TEXT)
    state = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    detail = fields.String(allow_none=True)


class OutcomesOut(Schema):
    """Fifty numbers of a request, in its order."""

    items = fields.List(fields.Nested(OutcomeOut))
    next = fields.Integer(allow_none=True)

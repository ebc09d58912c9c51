"""Files of requests through the JSON API, for both sides: listed, sent in, downloaded."""

from __future__ import annotations

from collections.abc import Sequence

from flask import request

from console.requests import schemas
from console.requests.api import NOT_NOW, move
from console.requests.attachments import attach_sent, send_attachment
from console.web.api_blueprint import FILE, Calls
from console.web.routing import ResponseReturnValue, actor, db, parts, route
from core.errors import Conflict, InvalidInput
from core.i18n import N_
from forms.requests import attachments, desk, service, submission
from forms.requests.file_types import KINDS
from forms.requests.models import Attachment, Request, RequestEvent, RequestState
from rbac.permissions import Permission

blueprint = Calls("api_attachments", __name__, url_prefix="/api/v1", description="Files of requests")
VIEW, SUBMIT, WORK = Permission.REQUESTS_VIEW, Permission.REQUESTS_SUBMIT, Permission.DESK_WORK
DESK_STEPS = (*schemas.DESK_STEPS, "resolve")
NO_FILE = N_("Choose a file first.")
SENT = {
    "file": {"type": "array", "items": FILE, "description": "One file or several, 10 MB each at most."},
    "step": {"type": "string", "default": "comment", "description": "The step that the files come with."},
    "text": {"type": "string", "description": "What is said with it; drafts have neither step nor text."},
}


@route(blueprint, "/requests/<int:request_id>/files", permission=VIEW)
@blueprint.gives(schemas.AttachmentOut(many=True))
def list_files(request_id: int) -> Sequence[Attachment]:
    """The files of a request."""
    return attachments.attachments_of(db(), service.get_request(db(), actor(), request_id))


@route(blueprint, "/requests/<int:request_id>/files", methods=("POST",), permission=SUBMIT, is_costly=True)
@blueprint.takes_form(SENT, ["file"])
@blueprint.gives(schemas.AttachmentOut(many=True))
def add_files(request_id: int) -> list[Attachment]:
    """Attach files to a draft, or to a step of a request on its way. One that is not taken undoes the call."""
    customer_request = service.get_request(db(), actor(), request_id)
    _need_file()
    if customer_request.state == RequestState.DRAFT:
        return attach_sent(submission.get_draft(db(), actor(), request_id))
    return attach_sent(customer_request, move(customer_request, *_said()))


@route(blueprint, "/requests/<int:request_id>/files/<int:attachment_id>", permission=VIEW)
@blueprint.gives_file(*sorted(kind.media_type for kind in KINDS.values()))
def download(request_id: int, attachment_id: int) -> ResponseReturnValue:
    """A file as it was sent in, always as a download."""
    return send_attachment(service.get_request(db(), actor(), request_id), attachment_id)


@route(
    blueprint,
    "/requests/<int:request_id>/files/<int:attachment_id>",
    methods=("DELETE",),
    permission=SUBMIT,
)
@blueprint.gives_nothing()
def remove(request_id: int, attachment_id: int) -> None:
    """Take a file away from a draft."""
    customer_request = submission.get_draft(db(), actor(), request_id)
    attachments.remove(db(), actor(), parts(), customer_request, attachment_id)


@route(blueprint, "/desk/<int:request_id>/files", permission=WORK)
@blueprint.gives(schemas.AttachmentOut(many=True))
def list_desk_files(request_id: int) -> Sequence[Attachment]:
    """The files of a request of the portfolio."""
    with desk.portfolio(db(), actor()):
        return attachments.attachments_of(db(), desk.get_request(db(), request_id).request)


@route(blueprint, "/desk/<int:request_id>/files", methods=("POST",), permission=WORK, is_costly=True)
@blueprint.takes_form(SENT, ["file", "text"])
@blueprint.gives(schemas.AttachmentOut(many=True))
def add_desk_files(request_id: int) -> list[Attachment]:
    """Attach files to a step of the account manager: ask, comment, refuse, or resolve without an operation."""
    with desk.portfolio(db(), actor()):
        customer_request = desk.get_request(db(), request_id).request
        _need_file()
        return attach_sent(customer_request, _desk_step(customer_request))


def _desk_step(customer_request: Request) -> RequestEvent:
    name, said = _said()
    if name not in DESK_STEPS:
        raise Conflict(NOT_NOW, code="moved_on")
    return service.move(db(), actor(), parts(), customer_request, name, said)


def _said() -> tuple[str, str]:
    return request.form.get("step", "comment"), request.form.get("text", "")


def _need_file() -> None:
    if not any(file.filename for file in request.files.getlist("file")):
        raise InvalidInput(NO_FILE, fields={"file": [NO_FILE]})


@route(blueprint, "/desk/<int:request_id>/files/<int:attachment_id>", permission=WORK)
@blueprint.gives_file(*sorted(kind.media_type for kind in KINDS.values()))
def download_desk_file(request_id: int, attachment_id: int) -> ResponseReturnValue:
    """A file of a request of the portfolio, always as a download."""
    with desk.portfolio(db(), actor()):
        return send_attachment(desk.get_request(db(), request_id).request, attachment_id)

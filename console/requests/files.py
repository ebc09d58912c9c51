"""Files of requests: the printable form, what was attached, adding to a draft and taking away."""

from __future__ import annotations

from itertools import islice

from flask import Blueprint, flash, url_for
from flask_babel import gettext as _

from console.requests.attachments import attach_good, send_attachment, send_blank, send_document
from console.web.routing import ResponseReturnValue, actor, db, go_to, parts, route
from forms.documents.types import get_type
from forms.requests import attachments, desk, service, submission
from rbac.permissions import Permission

blueprint = Blueprint("request_files", __name__)
SHOWN_NAMES, SHOWN_REASONS = 5, 3
"""What is told of files that were not taken travels in a cookie."""


@route(
    blueprint,
    "/requests/forms/<form_code>/blank.<ending>",
    permission=Permission.REQUESTS_SUBMIT,
    is_costly=True,
)
def blank(form_code: str, ending: str) -> ResponseReturnValue:
    """An empty form to print."""
    return send_blank(get_type(form_code), ending)


@route(
    blueprint,
    "/requests/<int:request_id>/document.<ending>",
    permission=Permission.REQUESTS_VIEW,
    is_costly=True,
)
def document(request_id: int, ending: str) -> ResponseReturnValue:
    """The filled-in form to print and sign."""
    return send_document(service.get_request(db(), actor(), request_id), ending)


@route(blueprint, "/requests/<int:request_id>/files/<int:attachment_id>", permission=Permission.REQUESTS_VIEW)
def file(request_id: int, attachment_id: int) -> ResponseReturnValue:
    """An attachment, for the company's side."""
    return send_attachment(service.get_request(db(), actor(), request_id), attachment_id)


@route(
    blueprint, "/requests/<int:request_id>/files", methods=("POST",), permission=Permission.REQUESTS_SUBMIT
)
def add(request_id: int) -> ResponseReturnValue:
    """Attach files to a draft; one that is not taken is said, the others stay."""
    draft = submission.get_draft(db(), actor(), request_id)
    kept, refused = attach_good(draft)
    if not kept and not refused:
        flash(_("Choose a file first."), "warning")
    for said, names in islice(refused.items(), SHOWN_REASONS):
        more = ", …" if len(names) > SHOWN_NAMES else ""
        flash(f"{', '.join(names[:SHOWN_NAMES])}{more}: {said}", "danger")
    return go_to(url_for("requests.show", request_id=draft.id) + "#files")


@route(
    blueprint,
    "/requests/<int:request_id>/files/<int:attachment_id>/remove",
    methods=("POST",),
    permission=Permission.REQUESTS_SUBMIT,
)
def remove(request_id: int, attachment_id: int) -> ResponseReturnValue:
    """Take a file away from a draft."""
    draft = submission.get_draft(db(), actor(), request_id)
    attachments.remove(db(), actor(), parts(), draft, attachment_id)
    return go_to(url_for("requests.show", request_id=draft.id) + "#files")


@route(blueprint, "/desk/<int:request_id>/document.<ending>", permission=Permission.DESK_WORK, is_costly=True)
def desk_document(request_id: int, ending: str) -> ResponseReturnValue:
    """The filled-in form, for the account manager."""
    with desk.portfolio(db(), actor()):
        return send_document(desk.get_request(db(), request_id).request, ending)


@route(blueprint, "/desk/<int:request_id>/files/<int:attachment_id>", permission=Permission.DESK_WORK)
def desk_file(request_id: int, attachment_id: int) -> ResponseReturnValue:
    """An attachment, for the account manager."""
    with desk.portfolio(db(), actor()):
        return send_attachment(desk.get_request(db(), request_id).request, attachment_id)

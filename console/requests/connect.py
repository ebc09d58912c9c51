"""The public page: a company without access applies to connect the console."""

from __future__ import annotations

from flask import Blueprint, request

from console.fields.drawn import draw, errors_in_words, labels_of
from console.fields.reading import read
from console.requests.attachments import send_blank
from console.web import security
from console.web.routing import Public, ResponseReturnValue, db, parts, render, route
from core.errors import InvalidInput
from core.tenancy import OPERATOR
from forms.documents.form import OFFERED_ON
from forms.documents.types.connect_console import FORM
from forms.requests import submission
from rbac.actor import ANYWHERE, Actor, Granted
from rbac.permissions import Permission

blueprint = Blueprint("connect", __name__, url_prefix="/connect")
LIMIT = "5 per minute; 20 per hour"
BLANK_LIMIT = "30 per minute"
OPEN = Public("a new company has nobody who could sign in")


@route(blueprint, "", permission=OPEN)
def show() -> ResponseReturnValue:
    """The form."""
    return render(
        "connect/form.html", form=FORM, fields=draw(FORM.schema, OFFERED_ON, {}, {}), errors={}, labels={}
    )


@route(blueprint, "", methods=("POST",), permission=OPEN)
@security.limiter.limit(LIMIT)
def send() -> ResponseReturnValue:
    """Take the application; what does not fit is said at its field, and everything typed stays."""
    typed = read(FORM.schema, request.form)
    visitor = Actor(
        kind="public",
        user_id=None,
        company_id=OPERATOR,
        name=typed.get("company", "")[:200] or "?",
        grants=frozenset({Granted(Permission.REQUESTS_SUBMIT.value, ANYWHERE)}),
        ip=request.remote_addr or "",
    )
    try:
        customer_request = submission.apply(db(), visitor, parts(), FORM, typed)
    except InvalidInput as problem:
        fields = draw(FORM.schema, OFFERED_ON, typed, problem.fields)
        errors, labels = errors_in_words(FORM.schema, problem.fields), labels_of(FORM.schema)
        return render("connect/form.html", form=FORM, fields=fields, errors=errors, labels=labels), 422
    return render("connect/done.html", customer_request=customer_request, form=FORM)


@route(blueprint, "/blank.<ending>", permission=OPEN)
@security.limiter.limit(BLANK_LIMIT)
def blank(ending: str) -> ResponseReturnValue:
    """The empty form to print."""
    return send_blank(FORM, ending)

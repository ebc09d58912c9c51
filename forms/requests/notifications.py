"""Notifications of a step for both sides: a notice in the console and a mail, written with the step itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.i18n import N_, translate
from core.tenancy import all_companies
from forms.documents.form import FormType
from forms.requests.models import Request
from forms.requests.transitions import Party
from notices import service as notices
from users.models import User

KIND = "request"
TITLES: dict[str, str] = {
    "submit": N_("New request %(number)s: %(form)s"),
    "take": N_("%(name)s works on request %(number)s"),
    "pass": N_("Request %(number)s was passed on to %(assignee)s"),
    "ask": N_("A question on request %(number)s"),
    "answer": N_("The customer answered on request %(number)s"),
    "comment": N_("A message on request %(number)s"),
    "resolve": N_("Request %(number)s is resolved"),
    "refuse": N_("Request %(number)s is refused"),
    "withdraw": N_("Request %(number)s was withdrawn"),
    "reopen": N_("Request %(number)s was reopened"),
    "complain": N_("A complaint on request %(number)s"),
    "report": N_("The operation of request %(number)s has ended"),
}
TEXT = N_("%(title)s.\n\n%(text)s\n\nThe request: %(address)s")


def tell_step(
    session: Session, request: Request, form: FormType, party: str, name: str, who: str, text: str, url: str
) -> None:
    """Notice and mail for the side that did not do the step; both sides hear of the system's."""
    params = {
        "number": request.shown_number,
        "form": form.title,
        "name": who,
        "assignee": request.assignee_name,
    }
    if party != Party.MANAGER and request.assignee_id is not None:
        _send(session, request, request.assignee_id, name, params, text, f"{url}/desk/{request.id}")
    if party != Party.CUSTOMER and request.created_by is not None:
        _send(session, request, request.created_by, name, params, text, f"{url}/requests/{request.id}")


def _send(
    session: Session,
    request: Request,
    user_id: int,
    name: str,
    params: Mapping[str, Any],
    text: str,
    address: str,
) -> None:
    with all_companies(reason="who is told stands on the other side of the company's wall"):
        user = session.scalar(select(User).where(User.id == user_id, User.is_blocked.is_(False)))
        if user is None:
            return
        email, locale = user.email, user.locale
    path = "/" + address.split("/", 3)[3]
    notices.tell(session, request.company_id, [user_id], KIND, TITLES[name], params, path)
    if email:
        shown = {**params, "form": translate(locale, str(params["form"]))}
        title = translate(locale, TITLES[name], **shown)
        body = translate(locale, TEXT, title=title, text=text, address=address)
        notices.mail(session, request.company_id, email, title, body, source=(KIND, request.id))

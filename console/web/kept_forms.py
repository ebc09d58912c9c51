"""Kept forms: a form that was sent and not carried out is kept for its person and stands there again.

Kept are the fields of a form that came without a session, or with the token of an earlier one, and of one that was
answered with something to correct. The key is in the browser's signed cookie, the form in the database.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Final, NamedTuple
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, current_app, g, request, session
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from console.web.identity import find_person, seconds_left
from console.web.routing import is_api, is_fragment, local_path
from core import clock
from core.db import unit_of_work
from core.tenancy import all_companies
from users import kept_forms
from users.kept_forms import Seat, SentForm

SECRETS: Final = frozenset(("csrf_token", "password", "old", "new", "again"))
"""Fields whose values are never kept: passwords and the token of the page."""
KEPT, TOKEN = "kept", "csrf_token"  # in the cookie
PLACE: Final = "/kept"
"""The page of forms that stand on no page of their own."""
MOST_KEPT = 3
ANSWERS: Final = (200, 409, 422, 500, 503)
"""Answers to a form after which it is kept."""
log = structlog.get_logger(__name__)


class Entry(NamedTuple):
    """A kept form as the cookie names it."""

    key: str
    page: str
    address: str


def install(app: Flask) -> None:
    """Tie the tokens of pages to who sits at them, keep what was answered with errors, show what is kept."""
    app.jinja_env.globals.update(
        csrf_token=page_token, kept_forms_here=kept_forms_here, seconds_left=seconds_left
    )
    app.context_processor(lambda: {"csrf_token": page_token})  # after that of Flask-WTF
    app.after_request(_after)


def page_token() -> str:
    """The CSRF token of a page: it names the person and the company that the page was made for."""
    seat = _seat()
    if seat is not None and "csrf_token" not in g:
        prefix = f"{seat.user_id}.{seat.company_id or 0}."
        if not str(session.get(TOKEN, "")).startswith(prefix):
            session[TOKEN] = prefix + secrets.token_hex(20)
    return str(generate_csrf())


def seat_of_page() -> Seat | None:
    """The seat at the page that sent this form; None where it bears no token of a page of ours for anybody."""
    token = request.form.get(TOKEN, "")
    try:
        signed = URLSafeTimedSerializer(str(current_app.secret_key), salt="wtf-csrf-token").loads(token)
        user_id, company_id, _ = str(signed).split(".")
        return Seat(int(user_id), int(company_id) or None)
    except (BadData, ValueError):
        return None


def is_own(seat: Seat) -> bool:
    """Whether the page was made for whoever is signed in now, in the company acted in now."""
    return seat == _seat()


def _seat() -> Seat | None:
    person = find_person()
    if person is None or person.actor is None or person.actor.user_id is None:
        return None
    return Seat(person.actor.user_id, person.actor.company_id)


def keep_sent(seat: Seat) -> str | None:
    """Keep the form of this request for who sat at its page; the page where it stands again, None where it is not."""
    form = _sent()
    if form is None or form.is_too_large:
        return None
    _keep(seat, form)
    return form.page


def _sent() -> SentForm | None:
    """The form of this request; None where it holds nothing that anybody typed or chose."""
    if request.method != "POST" or is_api() or is_fragment():
        return None
    fields = [
        (name, value) for name, values in request.form.lists() if name not in SECRETS for value in values
    ]
    files = [(name, file.filename) for name, sent in request.files.lists() for file in sent if file.filename]
    if not fields and not files:
        return None
    return SentForm(g.get("form_address") or request.full_path.rstrip("?"), form_page(), fields, files)


def stands_at(page: str, address: str) -> None:
    """Say where the form of this request stands from now on, and where it is sent, such as that of a new draft."""
    g.form_page, g.form_address = page, address


def keep_nothing() -> None:
    """Say that the answer to this form has everything that was typed elsewhere."""
    g.kept_already = True


def form_page() -> str:
    """The address of the page on which the form of this request stands."""
    here = request.full_path.rstrip("?")
    if "form_page" in g:
        return str(g.form_page)
    if g.get("answered_whole", False):
        return PLACE
    referrer = local_path(request.referrer, "")
    if _view(request.path, "GET") not in (None, request.endpoint):
        return here
    if referrer and _view(urlsplit(referrer).path, "GET"):
        return referrer
    return here if _view(request.path, "GET") else PLACE


def _view(path: str, method: str) -> str | None:
    """The endpoint that answers this path; None where there is none."""
    try:
        endpoint, _ = current_app.create_url_adapter(request).match(path, method=method)  # type: ignore[union-attr]
    except (HTTPException, RequestRedirect):
        return None
    return str(endpoint)


def page_of(address: str) -> str:
    """The address at which to show the answer to a form: the page of the kept form, else one above or itself."""
    path = urlsplit(address).path
    for entry in _entries():
        if urlsplit(entry.address).path == path:
            return entry.page
    if _view(path, "GET"):
        return address
    parts = path.strip("/").split("/")
    above = (f"/{'/'.join(parts[:end])}" for end in range(len(parts) - 1, 0, -1))
    return next((page for page in above if _view(page, "GET")), "/")


def kept_forms_here(*, everywhere: bool = False) -> list[tuple[str, SentForm]]:
    """The person's forms that stand on this page, by key; on the page of all kept forms, all of them."""
    entries = _entries() if request.method == "GET" else []
    here = request.full_path.rstrip("?")
    entries = [entry for entry in entries if everywhere or entry.page == here]
    seat = _seat() if entries else None
    if seat is None:
        return []
    with all_companies(reason="kept forms belong to people, not to companies"), unit_of_work() as rows:
        forms = [(e.key, kept_forms.find_form(rows, seat, e.key, moment=clock.now())) for e in entries]
    return [(key, form) for key, form in forms if form is not None]


def forget(key: str) -> None:
    """Keep a form no longer that this browser has the key of."""
    for entry in _entries():
        if entry.key == key:
            _drop([entry])


def carry_over() -> list[list[str]]:
    """The keys of the cookie, for the cookie of the session that follows it."""
    return [list(entry) for entry in _entries()]


def take_over(keys: list[list[str]]) -> None:
    """Put the keys of `carry_over` into the new cookie."""
    if keys:
        session[KEPT] = keys


def _entries() -> list[Entry]:
    return [Entry(*item) for item in session.get(KEPT, ())]


def _keep(seat: Seat, form: SentForm) -> None:
    _drop([entry for entry in _entries() if entry.address == form.address])
    with all_companies(reason="kept forms belong to people, not to companies"), unit_of_work() as rows:
        key = kept_forms.keep(rows, seat, form, moment=clock.now())
    # A form that stands on no page is needed only until the next one: it goes first.
    entries = sorted(_entries(), key=lambda entry: entry.page == PLACE)
    session[KEPT] = [list(entry) for entry in (Entry(key, form.page, form.address), *entries)][:MOST_KEPT]


def _drop(entries: list[Entry]) -> None:
    if not entries:
        return
    session[KEPT] = [list(entry) for entry in _entries() if entry not in entries]
    with all_companies(reason="kept forms belong to people, not to companies"), unit_of_work() as rows:
        for entry in entries:
            kept_forms.forget(rows, entry.key)


def _after(response: Response) -> Response:
    """Keep a form that was answered with a page; one that was carried out is kept no longer."""
    seat = _seat() if request.method == "POST" and not is_api() and not is_fragment() else None
    if seat is None or g.get("kept_already", False):
        return response
    try:
        g.answered_whole = response.status_code == 200
        if response.status_code in ANSWERS and response.mimetype == "text/html":
            keep_sent(seat)
        elif response.status_code < 400:
            _drop(list(_carried_out()))
    except SQLAlchemyError as problem:
        log.warning("kept_forms.not_kept", problem=type(problem).__name__)
    return response


def _carried_out() -> Iterator[Entry]:
    here = request.full_path.rstrip("?")
    return (entry for entry in _entries() if entry.address == here)

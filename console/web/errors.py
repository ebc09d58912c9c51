"""Answers to errors, for people and programs: one table from errors to HTTP, as a page or JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import quote

import structlog
from flask import Flask, g, jsonify, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DataError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, MethodNotAllowed
from werkzeug.wrappers import Response

from console.web import kept_forms
from console.web.i18n import text
from console.web.identity import find_person, stop_asking, was_signed_out
from console.web.intake import Unreadable
from console.web.routing import CompanyNeeded, SignInNeeded, is_api, is_fragment, local_path, render
from console.web.schema_messages import bounded, by_field
from core.errors import AppError, Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from core.i18n import N_
from rbac.permissions import OPERATOR_ONLY, Permission

STATUS: dict[type[AppError], int] = {
    InvalidInput: 422,
    NotAllowed: 403,
    NotFound: 404,
    Conflict: 409,
    Unavailable: 503,
}
"""The one table from the kinds of error to HTTP."""

TITLES: dict[int, str] = {
    400: N_("This request cannot be carried out"),
    403: N_("You do not have the right to do this"),
    404: N_("There is nothing at this address"),
    405: N_("This request cannot be carried out"),
    409: N_("Not possible right now"),
    413: N_("The file is too large"),
    422: N_("Something needs correcting"),
    429: N_("Too many tries"),
    500: N_("Something went wrong on our side"),
    503: N_("Not available right now"),
}
ADVICE: dict[int, str] = {
    403: N_("Your global administrator can grant it."),
    404: N_("It may have been removed, or it belongs to another company."),
    413: N_("The console takes files of up to 12 MB. Split the list and upload it in parts."),
    422: N_("Go back: the form keeps everything you typed."),
    429: N_("Wait a minute and try again."),
    500: N_("The mistake is recorded and nothing was changed. Try again, or give support the number below."),
    503: N_("Nothing is lost. Try again in a minute."),
}
UNREADABLE = N_(
    "The request holds characters that no text has (NUL or half of a character). Send it without them."
)
UNFIT = N_("A value that was sent is too large or has characters that cannot be kept.")
NEEDED = N_("Needed: “%(permission)s”.")
OPENED_ELSEWHERE = N_("This page was opened by another person or in another company. Nothing was changed.")
ELSEWHERE_ADVICE = N_(
    "What was typed is kept for an hour: it stands on its page again for whoever opened it, in that company."
)
OPERATORS = N_("It is a right of the operator's own staff.")
OF_ADDRESS = N_("Correct the address, or go back.")
CSRF_ADVICE = N_("The page was open for too long. Go back, reload it and send it again.")

RETRY_AFTER = 10
"""Seconds after which it is worth while to try again what is not available now."""

log = structlog.get_logger("console")


@dataclass(frozen=True)
class Trouble:
    """An error as it is shown: HTTP status, stable code, sentence, advice, messages by field."""

    status: int
    code: str
    message: str
    advice: str = ""
    fields: dict[str, list[str]] | None = None


def install(app: Flask) -> None:
    """Register the handlers; they run outside the request's unit of work."""
    for kind, handler in HANDLERS:
        app.register_error_handler(kind, partial(_answered, handler))


def _answered(handler: Callable[[Any], ResponseReturnValue], problem: Exception) -> ResponseReturnValue:
    """The handler's answer; where the person, and so the language, cannot be looked up, that comes first."""
    try:
        return handler(problem)
    except (OperationalError, PoolTimeout) as away:
        if "_login_user" in g:
            raise
        return on_database_away(away)


def on_app_error(problem: AppError) -> ResponseReturnValue:
    """One of the five kinds."""
    status = next(code for kind, code in STATUS.items() if isinstance(problem, kind))
    advice = ADVICE.get(status, "")
    fields = None
    if isinstance(problem, InvalidInput):
        fields = bounded((name, message) for name, messages in problem.fields.items() for message in messages)
        if request.method == "GET" and not is_api():
            fields = {name: [f"{name}: {message}" for message in said] for name, said in fields.items()}
            advice = OF_ADDRESS
    message = text(problem.message, **problem.params)
    if isinstance(problem, NotAllowed) and problem.permission in set(Permission):
        label = text(Permission(problem.permission).label)
        needed = text(NEEDED, permission=label)
        # The title of the page says the sentence already.
        is_said = not is_api() and message.rstrip(".") == text(TITLES[403])
        message = needed if is_said else f"{message} {needed}"
        if problem.permission in OPERATOR_ONLY:
            advice = OPERATORS
    return answer(Trouble(status, problem.code, message, text(advice), fields))


def on_sign_in_needed(_: SignInNeeded) -> ResponseReturnValue:
    """The way to the sign-in page and back here afterwards; programs get 401."""
    if is_api():
        return answer(Trouble(401, "sign_in_needed", text(N_("Sign in first."))))
    seat = kept_forms.seat_of_page()
    page = kept_forms.keep_sent(seat) if seat is not None else None
    address = _way_to_sign_in(page)
    if is_fragment():
        # What a page asks by itself takes nobody away from what they type there.
        return Response(status=401, headers={} if g.get("passive") else {"HX-Redirect": address})
    return redirect(address)


def _way_to_sign_in(kept_at: str | None) -> str:
    """The sign-in page, with where to go on: to a form that is kept, else back to where the person came from."""
    here = request.full_path.rstrip("?") if request.method == "GET" and not is_fragment() else None
    came_from = local_path(kept_at or here or request.headers.get("HX-Current-URL") or request.referrer, "/")
    address = url_for("auth.sign_in") + f"?next={quote(came_from)}"
    if kept_at:
        return address + "&kept=1"
    return address + "&ended=1" if was_signed_out() else address


def on_company_needed(_: CompanyNeeded) -> ResponseReturnValue:
    """The way to the choice of a company, for operator staff."""
    if is_api() or request.method != "GET":
        return answer(Trouble(403, "company_needed", text(N_("Enter a company first."))))
    return redirect(url_for("companies.index"))


def on_csrf(problem: CSRFError) -> ResponseReturnValue:
    """A form without its token, or with that of an earlier session or another company: what was typed is kept.

    A program without a session is told to sign in first.
    """
    if is_api() and find_person() is None:
        return on_sign_in_needed(SignInNeeded())
    log.info("console.csrf", path=request.path, why=problem.description)
    g.kept_already = True  # here, for whom the page was made: never for whoever is signed in now
    seat = kept_forms.seat_of_page()
    page = kept_forms.keep_sent(seat) if seat is not None else None
    if page and find_person() is None:
        return redirect(_way_to_sign_in(page), code=303)
    if page and seat is not None and kept_forms.is_own(seat):
        return redirect(page, code=303)
    if page:
        return answer(Trouble(409, "opened_elsewhere", text(OPENED_ELSEWHERE), text(ELSEWHERE_ADVICE)))
    return answer(
        Trouble(400, "csrf", text(N_("This form could not be checked as yours.")), text(CSRF_ADVICE))
    )


def on_unreadable(_: Unreadable) -> ResponseReturnValue:
    """Characters that console.intake lets nobody send further."""
    return answer(Trouble(400, "unreadable", text(UNREADABLE)))


def on_unfit_data(problem: DataError) -> ResponseReturnValue:
    """A net: a value got as far as the database, which has no room for it. Recorded, since a schema should know."""
    log.warning("console.unfit_data", path=request.path, exc_info=problem)
    return on_app_error(InvalidInput(UNFIT))


def _messages(problem: HTTPException) -> dict[str, list[str]] | None:
    """The problems that Flask-Smorest found in a request, by field."""
    messages = getattr(problem, "data", {}).get("messages")
    if not isinstance(messages, dict):
        return None
    inner = {
        name: value for place in messages.values() if isinstance(place, dict) for name, value in place.items()
    }
    return by_field(inner)


def on_http(problem: HTTPException) -> ResponseReturnValue:
    """Answer the errors that Flask itself raises: 404, 405, 413, 429; its redirects pass."""
    status = problem.code or 500
    if status < 400:
        return problem.get_response()
    if status == 405 and request.method == "GET" and not is_api() and not is_fragment():
        return redirect(kept_forms.page_of(request.full_path.rstrip("?")))
    title, code = TITLES.get(status, TITLES[400]), problem.name.lower().replace(" ", "_")
    advice = getattr(problem, "advice", ADVICE.get(status, ""))
    answered = make_response(answer(Trouble(status, code, text(title), text(advice), _messages(problem))))
    if isinstance(problem, MethodNotAllowed) and problem.valid_methods:
        answered.allow.update(problem.valid_methods)
    return answered


def on_database_away(problem: Exception) -> ResponseReturnValue:
    """The database does not answer."""
    stop_asking()
    log.error("console.database_away", problem=str(problem).splitlines()[0])
    return answer(
        Trouble(503, "database_away", text(N_("The console's database does not answer.")), text(ADVICE[503]))
    )


def on_bug(problem: Exception) -> ResponseReturnValue:
    """An error that nobody foresaw, recorded with the number that the page shows."""
    stop_asking()
    log.error("console.bug", path=request.path, exc_info=problem)
    try:
        return answer(Trouble(500, "internal", text(TITLES[500]), text(ADVICE[500])))
    except Exception as worse:
        log.error("console.error_page", exc_info=worse)
        return Response(f"{TITLES[500]}. {g.get('request_id', '')}", 500, mimetype="text/plain")


def answer(trouble: Trouble) -> ResponseReturnValue:
    """The error as JSON for programs, as a fragment for htmx, else as a page."""
    headers = {"Retry-After": str(RETRY_AFTER)} if trouble.status == 503 else {}
    if is_api():
        return jsonify(as_json(trouble)), trouble.status, headers
    return _page(trouble), trouble.status, headers


def _page(trouble: Trouble) -> str:
    template = "parts/error.html" if is_fragment() else "error.html"
    title = text(TITLES.get(trouble.status, TITLES[400]))
    return render(template, trouble=trouble, title=title, support=g.get("request_id", ""))


def as_json(trouble: Trouble) -> dict[str, Any]:
    """The body for programs."""
    body: dict[str, Any] = {
        "code": trouble.code,
        "message": trouble.message,
        "status": trouble.status,
        "support": g.get("request_id", ""),
    }
    if trouble.fields:
        body["fields"] = trouble.fields
    return body


HANDLERS: tuple[tuple[type[Exception], Callable[[Any], ResponseReturnValue]], ...] = (
    (AppError, on_app_error),
    (SignInNeeded, on_sign_in_needed),
    (CompanyNeeded, on_company_needed),
    (CSRFError, on_csrf),
    (Unreadable, on_unreadable),
    (DataError, on_unfit_data),
    (HTTPException, on_http),
    (OperationalError, on_database_away),
    (PoolTimeout, on_database_away),
    (Exception, on_bug),
)
"""Who answers which error; install() registers them."""

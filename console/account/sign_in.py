"""Signing in and out, and the way to the first page."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import login_user

from console.account import device
from console.web import kept_forms, security
from console.web.i18n import text
from console.web.identity import Person, browser_token, find_person, forget
from console.web.routing import (
    Public,
    ResponseReturnValue,
    SignedIn,
    actor,
    db,
    find_actor,
    local_path,
    render,
    route,
)
from core import clock
from users.signin import sessions
from users.signin.service import Refusal
from users.signin.service import sign_in as try_to_sign_in

blueprint = Blueprint("auth", __name__)


@route(blueprint, "/", permission=SignedIn())
def home() -> ResponseReturnValue:
    """The page where people live: numbers, or for staff outside of a company the choice of one."""
    return redirect("/companies" if actor().company_id is None else "/lines")


@route(blueprint, "/sign-in", permission=Public("nobody is signed in yet"))
def sign_in() -> ResponseReturnValue:
    """The form."""
    if find_actor() is not None:
        return redirect(local_path(request.args.get("next"), "/"))
    ended = None
    if "kept" in request.args:
        ended = _(
            "You were signed out before this was sent. What you typed is kept: sign in and it stands in the form again."
        )
    elif "ended" in request.args:
        ended = _(
            "You were signed out: a session ends after a while without work, or when it is ended elsewhere."
        )
    return _form(next_page=local_path(request.args.get("next"), "/"), ended=ended)


def _was_refused(answer: Response) -> bool:
    """Only wrong tries count: many people may sign in from the one address of an office."""
    return answer.status_code != 303


@route(blueprint, "/sign-in", methods=("POST",), permission=Public("nobody is signed in yet"))
@security.limiter.limit(security.SIGN_IN_LIMIT)
@security.limiter.limit(security.WRONG_SIGN_IN_LIMIT, deduct_when=_was_refused)
def sign_in_check() -> ResponseReturnValue:
    """Check the password; a refusal shows the form again with what was typed, save the password."""
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    next_page = local_path(request.form.get("next"), "/")
    if not login or not password:
        return _form(login=login, next_page=next_page, error=_("Fill in both fields.")), 422
    outcome = try_to_sign_in(
        db(),
        login,
        password,
        moment=clock.now(),
        ip=request.remote_addr or "",
        agent=request.user_agent.string,
        device=device.known_token(),
    )
    if isinstance(outcome, Refusal):
        return _form(
            login=login, next_page=next_page, error=text(outcome.message, minutes=outcome.minutes)
        ), 422
    if earlier := browser_token():
        sessions.end(db(), sessions.token_hash(earlier), moment=clock.now())
    kept = kept_forms.carry_over()
    forget()  # a new signed cookie, so that nobody could have set it beforehand
    login_user(Person(outcome.token))
    kept_forms.take_over(kept)
    return device.remember(redirect(next_page, code=303), outcome.device)


def _form(
    *, login: str = "", next_page: str = "/", error: str | None = None, ended: str | None = None
) -> str:
    return render("auth/sign_in.html", login=login, next_page=next_page, error=error, ended=ended)


@route(blueprint, "/sign-out", methods=("POST",), permission=SignedIn())
def sign_out() -> ResponseReturnValue:
    """End this session, and have the browser forget the pages it keeps."""
    person = find_person()
    if person is not None and person.visit is not None:
        sessions.end(db(), person.visit.token_hash, moment=clock.now())
    forget()
    answer = redirect(url_for("auth.sign_in"), code=303)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer

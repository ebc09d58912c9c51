"""Signing in and out, and the way to the first page."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import login_user

from console.web import security
from console.web.i18n import text
from console.web.identity import Person, find_person, forget
from console.web.routing import (
    Public,
    ResponseReturnValue,
    SignedIn,
    actor,
    db,
    find_actor,
    local_path,
    person,
    render,
    route,
)
from core import clock
from users.service import end_own_sessions
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
    if "ended" in request.args:
        ended = _(
            "You were signed out: a session ends after a while without work, or when it is ended elsewhere."
        )
    return _form(next_page=local_path(request.args.get("next"), "/"), ended=ended)


@route(blueprint, "/sign-in", methods=("POST",), permission=Public("nobody is signed in yet"))
@security.limiter.limit(security.SIGN_IN_LIMIT)
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
    )
    if isinstance(outcome, Refusal):
        return _form(
            login=login, next_page=next_page, error=text(outcome.message, minutes=outcome.minutes)
        ), 422
    forget()  # a new signed cookie, so that nobody could have set it beforehand
    login_user(Person(outcome.token))
    return redirect(next_page, code=303)


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


@route(blueprint, "/sign-out/everywhere", methods=("POST",), permission=SignedIn())
def sign_out_everywhere() -> ResponseReturnValue:
    """End every other session of the person."""
    visit = person().visit
    ended = end_own_sessions(db(), actor(), keep_session=visit.token_hash if visit else "")
    flash(
        ngettext("%(num)s other session was ended.", "%(num)s other sessions were ended.", ended), "success"
    )
    return redirect(url_for("profile.index"), code=303)

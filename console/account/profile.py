"""A person's own settings: language, theme, password and sessions."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from console.account import device
from console.account.browsers import browser_name
from console.web import kept_forms
from console.web.i18n import LOCALE_COOKIE, THEME_COOKIE, THEMES, text
from console.web.routing import (
    Public,
    ResponseReturnValue,
    SignedIn,
    actor,
    db,
    find_actor,
    go_to,
    local_path,
    parts,
    person,
    render,
    route,
)
from core.errors import InvalidInput
from core.i18n import LOCALES, N_
from users.service import change_own_password, change_own_settings, end_own_sessions, own_sessions
from users.signin.service import Refusal
from users.signin.sessions import MOST, Limits

blueprint = Blueprint("profile", __name__, url_prefix="/profile")
YEAR = 365 * 24 * 3600


@route(blueprint, "", permission=SignedIn())
def index() -> ResponseReturnValue:
    """The page."""
    return _page({})


def _page(errors: dict[str, list[str]]) -> str:
    visit, settings = person().visit, parts().settings
    idle = visit.idle_minutes if visit else settings.idle_minutes
    limits = Limits(idle, settings.session_hours)
    return render(
        "profile/index.html",
        errors=errors,
        sessions=own_sessions(db(), actor(), limits),
        here=_here(),
        browser_name=browser_name,
        limits=limits,
        most_sessions=MOST,
    )


def _here() -> str:
    """The token hash of the session that asks."""
    visit = person().visit
    return visit.token_hash if visit else ""


@route(blueprint, "/language", methods=("POST",), permission=Public("the sign-in page has the switch too"))
def language() -> ResponseReturnValue:
    """Choose the language: the person's, and the browser's for when nobody is signed in."""
    code = request.form.get("locale", "")
    if code not in LOCALES:
        raise InvalidInput(N_("There is no such choice."))
    person = find_actor()
    if person is not None:
        change_own_settings(db(), person, locale=code)
    return _remember(go_to(_next()), LOCALE_COOKIE, code)


@route(blueprint, "/theme", methods=("POST",), permission=Public("the sign-in page has the switch too"))
def theme() -> ResponseReturnValue:
    """Choose light, dark or as the system has it; scripts ask without a page to go on to."""
    name = request.form.get("theme", "")
    if name not in THEMES:
        raise InvalidInput(N_("There is no such choice."))
    person = find_actor()
    if person is not None:
        change_own_settings(db(), person, theme=name)
    answer = go_to(_next()) if "next" in request.form else Response(status=204)
    return _remember(answer, THEME_COOKIE, name)


@route(blueprint, "/password", methods=("POST",), permission=SignedIn())
def password() -> ResponseReturnValue:
    """Change one's own password."""
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    try:
        if new != again:
            raise InvalidInput(
                _("The password was not changed."), fields={"again": [N_("The two passwords differ.")]}
            )
        refusal = change_own_password(
            db(), actor(), old, new, keep_session=_here(), device=device.known_token()
        )
    except InvalidInput as problem:
        errors = {name: [text(message) for message in messages] for name, messages in problem.fields.items()}
        return _page(errors), 422
    if refusal is not None:
        return _page({"old": [text(refusal.message, minutes=refusal.minutes)]}), 422
    flash(_("The password is changed. Your other sessions have ended."), "success")
    return redirect(url_for("profile.index"), code=303)


@route(blueprint, "/sessions/end", methods=("POST",), permission=SignedIn())
def end_sessions() -> ResponseReturnValue:
    """End one of one's own sessions, or all but this one; the password is asked for."""
    ended = end_own_sessions(
        db(),
        actor(),
        request.form.get("password", ""),
        only=request.form.get("session", ""),
        keep=_here(),
        device=device.known_token(),
    )
    if isinstance(ended, Refusal):
        return _page({"password": [text(ended.message, minutes=ended.minutes)]}), 422
    flash(ngettext("%(num)s session was ended.", "%(num)s sessions were ended.", ended), "success")
    return redirect(url_for("profile.index"), code=303)


def _next() -> str:
    return kept_forms.page_of(local_path(request.form.get("next") or request.referrer, "/"))


def _remember(answer: Response, name: str, value: str) -> Response:
    secure = parts().settings.secure_cookies
    answer.set_cookie(name, value, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
    return answer

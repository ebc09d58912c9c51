"""The identity behind a request: the signed-in person of a request, through Flask-Login."""

from __future__ import annotations

import structlog
from flask import Flask, g, request, session
from flask_login import AnonymousUserMixin, LoginManager, current_user

from core import clock
from core.db import unit_of_work
from core.errors import NotAllowed, NotFound
from core.settings import Settings
from core.tenancy import all_companies
from rbac.actor import Actor
from users.actor import load_actor
from users.signin.sessions import Limits, Visit, find_visit

log = structlog.get_logger(__name__)


class Person:
    """The signed-in person for Flask-Login; the id in the signed cookie is the session's token."""

    is_authenticated = True
    is_active = True
    is_anonymous = False

    def __init__(self, token: str, visit: Visit | None = None, actor: Actor | None = None) -> None:
        self._token = token
        self.visit = visit
        self.actor = actor

    def get_id(self) -> str:
        """The token: Flask-Login keeps it in the signed cookie."""
        return self._token


def install(app: Flask, settings: Settings) -> None:
    """Teach Flask-Login to find people by their session's token."""
    manager = LoginManager(app)
    manager.session_protection = None  # a phone changes its address all day; the token alone decides

    def load(token: str) -> Person | None:
        return _load(token, settings)

    manager.user_loader(load)


def settings_limits(settings: Settings) -> Limits:
    """The lifetime of sessions as the settings say."""
    return Limits(settings.idle_minutes, settings.session_hours)


def _load(token: str, settings: Settings) -> Person | None:
    ip = request.remote_addr or ""
    with (
        all_companies(reason="a session is looked up before its company is known"),
        unit_of_work() as session,
    ):
        touch = not g.get("passive", False)
        visit = find_visit(session, token, moment=clock.now(), limits=settings_limits(settings), touch=touch)
        if visit is None:
            g.session_ended = True
            return None
        try:
            actor = load_actor(session, visit.user_id, visit.company_id, ip, visit.reason)
        except NotFound:
            # The company left the portfolio while staff were inside: they stand outside again.
            log.info("identity.company_lost", user=visit.user_id, company=visit.company_id)
            actor = load_actor(session, visit.user_id, None, ip)
        except NotAllowed:
            return None
        return Person(token, visit, actor)


def find_person() -> Person | None:
    """The signed-in person; None for anybody else."""
    if g.get("nobody", False):
        return None
    return current_user if current_user.is_authenticated else None


def stop_asking() -> None:
    """For error pages: where the person could not be looked up, do not try again."""
    if "_login_user" not in g:
        g.nobody = True
        g._login_user = AnonymousUserMixin()  # templates ask Flask-Login too, by themselves


def was_signed_out() -> bool:
    """Whether the cookie names a session that has ended, of itself or elsewhere."""
    return bool(g.get("session_ended", False))


def browser_token() -> str:
    """The token of the session that the browser's cookie names, whether that is alive or not; empty without one."""
    return str(session.get("_user_id", ""))


def seconds_left() -> int:
    """The seconds that the session lasts if nobody works in it any more; 0 where nobody is signed in."""
    person = find_person()
    if person is None or person.visit is None:
        return 0
    return max(0, int((person.visit.ends_at - clock.now()).total_seconds()))


def forget() -> None:
    """Empty the signed cookie, the CSRF token in it included."""
    session.clear()

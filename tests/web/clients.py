"""The console in the test's process, and browsers signed in to it."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bootstrap import Parts
from console.app import create_app
from core import clock
from core.db import unit_of_work
from core.tenancy import all_companies
from users.signin import sessions


def make_app(parts: Parts) -> Flask:
    """The console without CSRF and without limits on requests, which have tests of their own."""
    app = create_app(parts)
    app.config.update(
        TESTING=False, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False
    )
    return app


def make_token(session: Session, user_id: int, *, entered: int | None = None, reason: str = "") -> str:
    """The token of a new session of the person, in which staff have entered a company."""
    token = sessions.start(session, user_id, moment=clock.now(), ip="127.0.0.1", agent="test")
    if entered is not None:
        sessions.enter(session, sessions.token_hash(token), entered, reason)
    return token


def make_client(app: Flask, user_id: int, entered: int | None = None) -> FlaskClient:
    """A browser signed in as a user by id; staff may have entered a company."""
    with all_companies(reason="a test signs in"), unit_of_work() as session:
        reason = "Call of the customer" if entered else ""
        token = make_token(session, user_id, entered=entered, reason=reason)
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client

"""How long sessions live, how they are ended, browsers that are known, and guesses at one's own password."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from bootstrap import Parts
from console.app import create_app
from core import clock
from core.db import unit_of_work
from core.journal.entries import JournalEntry
from core.tenancy import all_companies, company_scope
from tests.fixtures.world import PASSWORD
from tests.web.clients import make_token
from tests.web.conftest import SignIn, TwoCompanies
from tests.web.languages import in_english
from users.models import NameTries
from users.signin import sessions

WRONG = "Wrong-horse-7"


@pytest.fixture(autouse=True)
def no_tries_are_left(companies: TwoCompanies) -> Iterator[None]:
    yield
    with all_companies(reason="a test cleans up"), unit_of_work() as session:
        session.execute(delete(NameTries))


def token_of(client: FlaskClient) -> str:
    with client.session_transaction() as cookie:
        return str(cookie["_user_id"])


def test_ends_after_twelve_hours_whatever_is_done(
    app: Flask, companies: TwoCompanies, sign_in: SignIn
) -> None:
    client, began = sign_in(companies.home.users["viewer"]), clock.now()
    for minutes in range(0, 12 * 60, 14):
        with time_machine.travel(began + timedelta(minutes=minutes)):
            assert client.get("/profile").status_code == 200
    with time_machine.travel(began + timedelta(hours=12, minutes=1)):
        assert client.get("/profile").status_code == 302


@pytest.mark.parametrize("who", ["viewer", "operator_admin"])
def test_limits_of_the_settings_hold_for_customers_and_staff(
    parts: Parts, companies: TwoCompanies, who: str
) -> None:
    settings = replace(parts.settings, idle_minutes=6, session_hours=3)
    short = create_app(replace(parts, settings=settings))
    short.config.update(WTF_CSRF_ENABLED=False)
    with all_companies(reason="a test signs in"), unit_of_work() as session:
        token = make_token(session, (companies.home.users | companies.staff)[who])
    client = short.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    assert "after 6 minutes without work, and 3 hours after" in in_english(client).get("/profile").text
    with time_machine.travel(clock.now() + timedelta(minutes=7)):
        assert client.get("/profile").status_code == 302


def test_signing_in_again_ends_the_session_of_the_browser(app: Flask, companies: TwoCompanies) -> None:
    client, thief = app.test_client(), app.test_client()
    client.post("/sign-in", data={"login": "viewer-1", "password": PASSWORD})
    old = token_of(client)
    client.post("/sign-in", data={"login": "auditor-1", "password": PASSWORD})
    with thief.session_transaction() as cookie:
        cookie["_user_id"] = old
    assert thief.get("/profile").status_code == 302
    assert client.get("/profile").status_code == 200


def test_the_cookie_of_a_known_browser_is_signed_and_names_nobody(
    app: Flask, companies: TwoCompanies
) -> None:
    client, stranger, forged = app.test_client(), app.test_client(), app.test_client()
    form = {"login": "viewer-1", "password": PASSWORD}
    answer = client.post("/sign-in", data=form)
    cookie = next(line for line in answer.headers.getlist("Set-Cookie") if line.startswith("device="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "viewer" not in cookie.lower()
    for _ in range(3):
        stranger.post("/sign-in", data={"login": "viewer-1", "password": WRONG})
    token = cookie.partition("=")[2].partition(";")[0]
    forged.set_cookie("device", token.rpartition(".")[0] + ".AAAA")
    assert forged.post("/sign-in", data=form).status_code == 422
    assert client.post("/sign-in", data=form).status_code == 303


def test_sessions_are_ended_one_by_one_with_the_password(
    app: Flask, companies: TwoCompanies, sign_in: SignIn
) -> None:
    mine, other, third = (in_english(sign_in(companies.home.users["accountant"])) for _ in range(3))
    form = {"session": sessions.token_hash(token_of(other)), "password": PASSWORD}
    assert (
        sign_in(companies.home.users["auditor"]).post("/profile/sessions/end", data=form).status_code == 404
    )
    refused = mine.post("/profile/sessions/end", data={**form, "password": WRONG})
    assert (refused.status_code, "This is not your password" in refused.text) == (422, True)
    assert other.get("/profile").status_code == 200
    assert mine.post("/profile/sessions/end", data=form).status_code == 303
    assert other.get("/profile").status_code == 302
    assert third.get("/profile").status_code == 200
    assert mine.post("/profile/sessions/end", data={"password": PASSWORD}).status_code == 303
    assert third.get("/profile").status_code == 302
    assert mine.get("/profile").status_code == 200


def test_guesses_at_the_present_password_are_counted_and_written_down(
    app: Flask, companies: TwoCompanies, sign_in: SignIn
) -> None:
    user_id = companies.home.users["auditor"]
    client = in_english(sign_in(user_id))
    form = {"old": WRONG, "new": "Another-horse-8", "again": "Another-horse-8"}
    answers = [client.post("/profile/password", data=form) for _ in range(4)]
    assert {answer.status_code for answer in answers} == {422}
    assert ["This is not your password" in answer.text for answer in answers] == [True, True, False, False]
    assert "try again in 10 min." in answers[-1].text
    right = client.post("/profile/password", data={**form, "old": PASSWORD})
    assert (right.status_code, "try again in" in right.text) == (422, True)
    actions = ["user.password_wrong", "signin.locked"]
    with company_scope(companies.home.company_id), unit_of_work() as session:
        written = session.scalars(
            select(JournalEntry.action).where(
                JournalEntry.object_id == user_id, JournalEntry.action.in_(actions)
            )
        ).all()
    assert sorted(written) == ["signin.locked", *["user.password_wrong"] * 3]


def test_ones_own_password_is_changed_and_other_sessions_end(
    app: Flask, companies: TwoCompanies, sign_in: SignIn
) -> None:
    mine, other = (sign_in(companies.home.users["own_number"]) for _ in range(2))
    form = {"old": PASSWORD, "new": "Another-horse-8", "again": "Another-horse-8"}
    weak = mine.post("/profile/password", data={**form, "new": "Password1234", "again": "Password1234"})
    assert weak.status_code == 422
    assert mine.post("/profile/password", data=form).status_code == 303
    assert other.get("/profile").status_code == 302
    assert mine.get("/profile").status_code == 200

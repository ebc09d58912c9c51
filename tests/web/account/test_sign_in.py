"""Signing in and out in the browser's way."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from bootstrap import Parts
from console.app import create_app
from console.web import security
from core import clock
from tests.fixtures.world import PASSWORD
from tests.web.conftest import SignIn, TwoCompanies

WRONG = "Wrong-horse-7"


def post(app: Flask, login: str, password: str) -> TestResponse:
    return app.test_client().post("/sign-in", data={"login": login, "password": password})


def test_right_password_opens_the_console(app: Flask, companies: TwoCompanies) -> None:
    client = app.test_client()
    answer = client.post("/sign-in", data={"login": "Viewer-1", "password": PASSWORD, "next": "/profile"})
    assert (answer.status_code, answer.location) == (303, "/profile")
    page = client.get("/profile")
    assert page.status_code == 200
    assert "Viewer-1" in page.text
    assert client.post("/sign-out").location == "/sign-in"
    assert client.get("/profile").status_code == 302


def test_wrong_password_keeps_the_login_and_says_so(app: Flask, companies: TwoCompanies) -> None:
    answer = post(app, "auditor-1", WRONG)
    assert answer.status_code == 422
    assert 'value="auditor-1"' in answer.text
    assert WRONG not in answer.text


@pytest.mark.parametrize(
    "address", ["https://evil.example/x", "//evil.example", "/\\evil.example", "javascript:alert(1)"]
)
def test_goes_on_to_our_own_pages_only(app: Flask, companies: TwoCompanies, address: str) -> None:
    answer = app.test_client().post(
        "/sign-in", data={"login": "viewer-1", "password": PASSWORD, "next": address}
    )
    assert answer.location == "/"


def test_three_wrong_tries_lock_for_ten_minutes(app: Flask, companies: TwoCompanies) -> None:
    for _ in range(3):
        answer = post(app, "accountant-1", WRONG)
    assert "10" in answer.text
    assert post(app, "accountant-1", PASSWORD).status_code == 422
    with time_machine.travel(clock.now() + timedelta(minutes=10, seconds=5)):
        assert post(app, "accountant-1", WRONG).status_code == 422
        assert post(app, "accountant-1", PASSWORD).status_code == 303


def test_ends_after_idle_minutes(app: Flask, companies: TwoCompanies, sign_in: SignIn) -> None:
    client = sign_in(companies.home.users["viewer"])
    with time_machine.travel(clock.now() + timedelta(minutes=14)):
        assert client.get("/profile").status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=28)):
        assert client.get("/profile").status_code == 200
    with time_machine.travel(clock.now() + timedelta(minutes=44)):
        answer = client.get("/profile")
        assert (answer.status_code, "ended=1" in answer.location) == (302, True)


def test_blocked_person_is_shut_out(app: Flask, companies: TwoCompanies, sign_in: SignIn) -> None:
    admin, client = sign_in(companies.home.users["global_admin"]), sign_in(companies.home.users["own_number"])
    assert client.get("/profile").status_code == 200
    assert admin.post(f"/people/{companies.home.users['own_number']}/block").status_code == 303
    assert client.get("/profile").status_code == 302
    assert post(app, "own_number-1", PASSWORD).status_code == 422


def test_headers_and_cookies_are_strict(app: Flask, companies: TwoCompanies) -> None:
    answer = app.test_client().post("/sign-in", data={"login": "viewer-1", "password": PASSWORD})
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


def test_form_without_its_token_is_refused(parts: Parts, companies: TwoCompanies) -> None:
    strict = create_app(parts)
    answer = strict.test_client().post("/sign-in", data={"login": "viewer-1", "password": PASSWORD})
    assert answer.status_code == 400
    assert answer.headers["X-Request-ID"] in answer.text


def test_wrong_tries_from_one_address_are_slowed_and_right_ones_are_not(
    parts: Parts, companies: TwoCompanies, monkeypatch: pytest.MonkeyPatch
) -> None:
    # All apps of a process share the limiter, and other tests switch it off.
    monkeypatch.setattr(security.limiter, "enabled", True)
    limited = create_app(parts)
    limited.config["WTF_CSRF_ENABLED"] = False
    form = {"login": "viewer-1", "password": PASSWORD}
    for _ in range(31):
        assert limited.test_client().post("/sign-in", data=form).status_code == 303
    codes = [post(limited, "", "").status_code for _ in range(32)]
    assert (codes[0], codes[-1]) == (422, 429)

"""What was typed is kept across the end of a session, a change of language and a reload, for its person alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select
from werkzeug.test import TestResponse

from console.web import kept_forms as kept_on_pages
from core import clock
from core.db import unit_of_work
from core.tenancy import all_companies
from tests.fixtures.world import PASSWORD
from tests.web.conftest import SignIn, TwoCompanies
from users import jobs
from users.models import KeptForm

STORY = "Сети нет третий день.\nПросим вернуть деньги."
CLAIM = "/requests/new/claim"


@pytest.fixture
def checked_app(app: Flask) -> Iterator[Flask]:
    """The console that asks for the tokens of pages."""
    app.config["WTF_CSRF_ENABLED"] = True
    yield app
    app.config["WTF_CSRF_ENABLED"] = False
    with all_companies(reason="a test cleans up"), unit_of_work() as session:
        session.execute(delete(KeptForm))


def token(page: TestResponse) -> str:
    match = re.search(r'name="csrf-token" content="([^"]+)"', page.text)
    assert match is not None
    return match[1]


def enter(client: FlaskClient, login: str, address: str = "/sign-in") -> TestResponse:
    page = client.get(address)
    to = re.search(r'name="next" value="([^"]*)"', page.text)
    typed = {"login": login, "password": PASSWORD, "next": to[1].replace("&amp;", "&") if to else "/"}
    return client.post("/sign-in", data={**typed, "csrf_token": token(page)})


def send_late(client: FlaskClient, data: dict[str, object] | None = None) -> TestResponse:
    """A claim that was typed for longer than the session lasts."""
    page = client.get(CLAIM)
    sent = {"description": STORY, "csrf_token": token(page), **(data or {})}
    with time_machine.travel(clock.now() + timedelta(minutes=16)):
        return client.post(CLAIM, data=sent, headers={"Referer": f"http://localhost{CLAIM}"})


def test_what_was_typed_stands_in_the_form_after_signing_in(
    checked_app: Flask, companies: TwoCompanies, sign_in: SignIn
) -> None:
    client = sign_in(companies.home.users["global_admin"])
    answer = send_late(client, {"list": (BytesIO(b"1"), "list.xlsx"), "password": "Secret-word-7"})
    assert (answer.status_code, "kept=1" in answer.location) == (302, True)
    with time_machine.travel(clock.now() + timedelta(minutes=17)):
        entered = enter(client, "global_admin-1", answer.location)
        assert entered.location == CLAIM
        page = client.get(CLAIM)
        assert f'name="description" value="{STORY}"' in page.text
        assert "list.xlsx" in page.text
        assert "Secret-word-7" not in page.text
        again = {"description": STORY, "draft": "1", "csrf_token": token(page)}
        assert client.post(CLAIM, data=again).status_code == 303
        assert STORY not in client.get(CLAIM).text


def test_another_person_never_gets_it(checked_app: Flask, companies: TwoCompanies, sign_in: SignIn) -> None:
    client = sign_in(companies.home.users["global_admin"])
    answer = send_late(client)
    with time_machine.travel(clock.now() + timedelta(minutes=17)):
        enter(client, "numbers_manager-1", answer.location)
        assert STORY not in client.get(CLAIM).text
        assert STORY not in client.get("/kept").text
        other_browser = checked_app.test_client()
        enter(other_browser, "global_admin-1", answer.location)
        assert STORY not in other_browser.get("/kept").text


def test_it_is_kept_for_an_hour(checked_app: Flask, companies: TwoCompanies, sign_in: SignIn) -> None:
    client = sign_in(companies.home.users["global_admin"])
    answer = send_late(client)
    with time_machine.travel(clock.now() + timedelta(minutes=80)):
        enter(client, "global_admin-1", answer.location)
        assert STORY not in client.get("/kept").text
        jobs.tidy(None)  # type: ignore[arg-type]
        with all_companies(reason="a test looks"), unit_of_work() as session:
            assert session.scalar(select(func.count()).select_from(KeptForm)) == 0


def test_a_page_of_an_earlier_session_keeps_its_text_for_its_person(
    checked_app: Flask, companies: TwoCompanies, sign_in: SignIn
) -> None:
    client = sign_in(companies.home.users["global_admin"])
    early = token(client.get(CLAIM))
    client.post("/sign-out", data={"csrf_token": early})
    enter(client, "global_admin-1")
    late = client.post(
        CLAIM,
        data={"description": STORY, "csrf_token": early},
        headers={"Referer": f"http://localhost{CLAIM}"},
    )
    assert (late.status_code, late.location) == (303, CLAIM)
    assert STORY in client.get(CLAIM).text
    client.post("/sign-out", data={"csrf_token": token(client.get("/profile"))})
    enter(client, "numbers_manager-1")
    refused = client.post(CLAIM, data={"description": "Second story", "csrf_token": early})
    assert refused.status_code == 409
    assert "Second story" not in client.get("/kept").text


def test_a_form_of_one_company_is_not_carried_out_in_another(
    checked_app: Flask, companies: TwoCompanies, sign_in: SignIn
) -> None:
    staff = companies.staff["operator_admin"]
    client = sign_in(staff, companies.home.company_id)
    first = token(client.get("/structure"))
    enter_other = f"/companies/{companies.foreign.company_id}/enter"
    assert (
        client.post(enter_other, data={"reason": "A call of theirs", "csrf_token": first}).status_code == 303
    )
    client.get("/structure")
    sent = {"name": "Wrong place", "csrf_token": first}
    assert client.post(f"/structure/{companies.home.root_id}/create", data=sent).status_code == 409
    assert "Wrong place" not in client.get("/kept").text
    assert "Wrong place" not in client.get("/structure").text


def test_a_forged_token_keeps_nothing(checked_app: Flask, companies: TwoCompanies, sign_in: SignIn) -> None:
    client = sign_in(companies.home.users["global_admin"])
    client.get(CLAIM)
    answer = client.post(CLAIM, data={"description": STORY, "csrf_token": "forged"})
    assert answer.status_code == 400
    assert STORY not in client.get("/kept").text


@pytest.mark.parametrize("kept_by", ["language", "reload"])
def test_a_page_that_answered_a_form_has_an_address(
    checked_app: Flask, companies: TwoCompanies, sign_in: SignIn, kept_by: str
) -> None:
    client = sign_in(companies.home.users["global_admin"])
    form = f"/operations/set_limit/new?sel=ids&ids={companies.home.line_ids[0]}"
    typed = {"sel": "ids", "ids": companies.home.line_ids[0], "amount": "abc", "period": "day"}
    typed["csrf_token"] = token(client.get(form))
    address = "/operations/set_limit/preview"
    wrong = client.post(address, data=typed, headers={"Referer": f"http://localhost{form}"})
    assert wrong.status_code == 422
    if kept_by == "language":
        switch = {"locale": "en", "next": address, "csrf_token": token(wrong)}
        answer = client.post("/profile/language", data=switch)
    else:
        answer = client.get(address)
    assert answer.location == form
    assert 'name="amount" value="abc"' in client.get(answer.location).text
    client.post("/profile/language", data={"locale": "ru", "csrf_token": token(wrong)})


def test_an_address_of_forms_leads_to_the_page_above(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = sign_in(companies.home.users["global_admin"])
    assert client.get("/people/5/block").location == "/people/5"
    assert client.get("/operations/block/preview").location == "/"


def test_a_page_asks_how_long_the_session_lasts_and_stays_on_request(
    companies: TwoCompanies, sign_in: SignIn
) -> None:
    client = sign_in(companies.home.users["viewer"])
    with time_machine.travel(clock.now() + timedelta(minutes=13, seconds=30)):
        assert 80 <= client.get("/session").get_json()["seconds"] <= 91
        assert 80 <= client.get("/session").get_json()["seconds"] <= 91
        assert client.post("/session/stay").get_json()["seconds"] >= 895
        assert client.get("/session").get_json()["seconds"] >= 895


def test_an_error_is_said_once_and_names_the_part_of_the_address(
    companies: TwoCompanies, sign_in: SignIn
) -> None:
    client = sign_in(companies.home.users["viewer"])
    client.post("/profile/language", data={"locale": "en"})
    assert client.get("/people/new").text.count("You do not have the right") == 2, (
        "as the title and the heading"
    )
    page = client.get("/lines?state=nonsense").text
    assert "state:" in page
    assert "keeps everything you typed" not in page
    assert "right of the operator" in client.get("/desk").text


def test_no_password_of_a_page_is_kept() -> None:
    templates = Path(kept_on_pages.__file__).parents[1] / "templates"
    source = "\n".join(file.read_text(encoding="utf-8") for file in templates.rglob("*.html"))
    fields = re.findall(r'ui\.field\("(\w+)"[^}]*kind="password"', source)
    assert fields
    assert set(fields) <= kept_on_pages.SECRETS

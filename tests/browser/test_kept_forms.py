"""Nothing typed is lost, in a real browser: a warning before the session ends, and the form as it was afterwards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from core import clock, db
from core.db import unit_of_work
from core.tenancy import all_companies
from tests.fixtures.browser import NewPage, violations
from tests.fixtures.databases import Database
from tests.fixtures.processes import Service
from tests.fixtures.world import PASSWORD, Place, World, default_hash
from users.models import User, UserSession

pytestmark = pytest.mark.browser
STORY = "Нет сети третий день.\nПросим вернуть деньги."


@pytest.fixture(scope="module")
def place(module_database: Database, console_server: Service) -> Iterator[Place]:
    """A company with an administrator called boss."""
    engine = db.connect(module_database.url)
    world = World()
    place = world.company("ООО «Полёт»", lines=5)
    user_id = world.person(place, login="boss", password_hash=default_hash())
    with all_companies(reason="a test names its person"), unit_of_work() as session:
        session.execute(update(User).where(User.id == user_id).values(locale="en"))
    yield place
    engine.dispose()


def sign_in(page: Page, address: str = "") -> None:
    if address:
        page.goto(f"{address}/sign-in")
    page.fill("#login", "boss")
    page.fill("#password", PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)


def idle(seconds: int) -> None:
    """As if nobody had worked in any session for so long."""
    with all_companies(reason="a test lets time pass"), unit_of_work() as session:
        session.execute(update(UserSession).values(seen_at=clock.now() - timedelta(seconds=seconds)))


def test_the_end_of_a_session_is_said_and_can_be_put_off(
    console_server: Service, place: Place, new_page: NewPage
) -> None:
    page = new_page()
    page.clock.install()
    sign_in(page, console_server.url)
    page.goto(f"{console_server.url}/requests/new/claim")
    bar = page.locator("[data-session-end]")
    expect(bar).to_be_hidden()
    idle(13 * 60 + 30)
    page.clock.fast_forward(13 * 60 * 1000 + 30_000)
    expect(bar).to_be_visible()
    expect(bar).to_contain_text("You will be signed out in 1:")
    assert violations(page) == []
    bar.get_by_role("button", name="Stay signed in").click()
    expect(bar).to_be_hidden()
    idle(16 * 60)
    page.clock.fast_forward(14 * 60 * 1000)
    expect(bar).to_contain_text("You have been signed out.")


def test_a_claim_sent_too_late_stands_in_its_form_again(
    console_server: Service, place: Place, new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page()
    sign_in(page, console_server.url)
    page.goto(f"{console_server.url}/requests/new/claim")
    page.fill("#description", STORY)
    page.fill("#contact", "Анна Смирнова")
    page.check("[name=topic][value=service]")
    file = tmp_path / "numbers.csv"
    file.write_text("1", encoding="utf-8")
    page.set_input_files("#list", file)
    idle(16 * 60)
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page.locator(".notice")).to_contain_text("What you typed is kept")
    sign_in(page)
    expect(page).to_have_url(f"{console_server.url}/requests/new/claim")
    expect(page.locator("#description")).to_have_value(STORY)
    expect(page.locator("#contact")).to_have_value("Анна Смирнова")
    assert page.is_checked("[type=radio][name=topic][value=service]")
    notice = page.locator("[data-kept-form]")
    expect(notice).to_contain_text("stands in the form again")
    expect(notice).to_contain_text("numbers.csv")
    expect(notice.get_by_role("button", name="Send now")).to_be_hidden()
    assert violations(page) == []
    page.get_by_role("button", name="Keep as a draft").click()
    expect(page).to_have_url(re.compile(r"/requests/\d+/edit"))
    expect(page.locator("#description")).to_have_value(STORY)
    page.goto(f"{console_server.url}/requests/new/claim")
    expect(page.locator("[data-kept-form]")).to_have_count(0)


def test_the_language_of_a_form_with_errors_changes_and_keeps_it(
    console_server: Service, place: Place, new_page: NewPage
) -> None:
    page = new_page()
    sign_in(page, console_server.url)
    page.goto(f"{console_server.url}/operations/set_limit/new?sel=ids&ids={place.line_ids[0]}")
    page.fill("#amount", "abc")
    page.click("main form .btn-primary")
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator(".topbar button[name=locale][value=ru]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator("#amount")).to_have_value("abc")
    page.locator(".topbar button[name=locale][value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#amount")).to_have_value("abc")


def test_the_language_of_a_new_request_with_errors_changes_and_keeps_it(
    console_server: Service, place: Place, new_page: NewPage
) -> None:
    page = new_page()
    sign_in(page, console_server.url)
    page.goto(f"{console_server.url}/requests/new/claim")
    page.fill("#description", STORY)
    page.fill("#phone", "1")
    page.click("main form .btn-primary")
    expect(page.locator(".error-summary")).to_be_visible()
    page.locator(".topbar button[name=locale][value=ru]").click()
    expect(page.locator("html")).to_have_attribute("lang", "ru")
    expect(page.locator("#description")).to_have_value(STORY)
    expect(page.locator("#phone")).to_have_value("1")
    page.locator(".topbar button[name=locale][value=en]").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_a_file_is_attached_when_it_is_chosen(
    console_server: Service, place: Place, new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page()
    sign_in(page, console_server.url)
    page.goto(f"{console_server.url}/requests/new/claim")
    page.fill("#description", STORY)
    page.get_by_role("button", name="Keep as a draft").click()
    page.wait_for_url(re.compile(r"/requests/\d+/edit"))
    page.goto(page.url.removesuffix("/edit"))
    good, bad = tmp_path / "scan.pdf", tmp_path / "page.pdf"
    good.write_bytes(b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n")
    bad.write_text("no document", encoding="utf-8")
    page.set_input_files("#file", [good, bad])
    expect(page.locator(".request-files")).to_contain_text("scan.pdf")
    expect(page.locator("[data-upload] .notice-danger")).to_contain_text("page.pdf")
    assert violations(page) == []


def test_the_way_back_from_a_run_keeps_ticks_and_filter(
    console_server: Service, place: Place, new_page: NewPage
) -> None:
    page = new_page()
    sign_in(page, console_server.url)
    page.goto(f"{console_server.url}/lines?state=active")
    for number in (0, 2):
        page.locator(".tick").nth(number).check()
    page.locator(".action-buttons button").first.click()
    page.wait_for_url(re.compile(r"/operations/"))
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(f"{console_server.url}/lines?state=active")
    assert [tick.is_checked() for tick in page.locator(".tick").all()] == [True, False, True, False, False]
    expect(page.locator("[data-count]")).to_have_text("Chosen: 2")
    page.goto(f"{console_server.url}/lines?state=active")
    assert not any(tick.is_checked() for tick in page.locator(".tick").all())
    page.goto(f"{console_server.url}/lines/{place.line_ids[1]}")
    page.locator("button[formaction*=set_limit]").first.click()
    page.wait_for_url(re.compile(r"/operations/"))
    page.get_by_role("link", name="Cancel").click()
    expect(page).to_have_url(f"{console_server.url}/lines/{place.line_ids[1]}")

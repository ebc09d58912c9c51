"""The sign-in page in a real browser: it loads without errors, is accessible, and speaks both languages."""

import pytest
from playwright.sync_api import expect

from tests.fixtures.browser import NewPage, violations
from tests.fixtures.processes import Service

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("locale", ["ru-RU", "en-GB"])
def test_it_loads_without_errors(console_server: Service, new_page: NewPage, locale: str) -> None:
    page = new_page(locale=locale)
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.goto(console_server.url + "/sign-in")
    assert page.locator("html").get_attribute("lang") == locale[:2]
    page.locator("input[type=password]").wait_for()
    assert troubles == []
    assert violations(page) == []


def test_foreign_hosts_are_never_asked(console_server: Service, new_page: NewPage) -> None:
    page = new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(console_server.url + "/sign-in", wait_until="networkidle")
    assert [url for url in asked if not url.startswith((console_server.url, "data:"))] == []


def test_what_is_missing_is_said_by_the_page_in_its_language(
    console_server: Service, new_page: NewPage
) -> None:
    page = new_page(locale="ru-RU")
    page.goto(console_server.url + "/sign-in")
    page.click("main form .btn-primary")
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    expect(summary.locator("li")).to_have_count(2)
    expect(summary.locator("li").first).to_contain_text("Заполните")
    assert violations(page) == []
    summary.locator("a").first.click()
    expect(page.locator("#login")).to_be_focused()
    page.fill("#login", "admin")
    expect(page.locator("#login")).not_to_have_class("is-invalid")

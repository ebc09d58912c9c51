"""Every kind of page on the smallest screen, in both languages: in the own typeface, in another one, with large text.

Names are as long as names become, some of them in one word. Nothing scrolls sideways, no button's text is cut off.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from devtools.services import Launcher
from tests.browser import layout
from tests.browser.layout_world import LONG_ADDRESS, Addresses, make_world, sign_in
from tests.fixtures import appearance
from tests.fixtures.browser import NewPage
from tests.fixtures.databases import Database
from tests.fixtures.processes import Sandbox, Service

pytestmark = pytest.mark.browser
SMALLEST = {"width": 320, "height": 700}
LOOKS = {
    "own typeface": "",
    "wide typeface": appearance.WIDE_TYPEFACE,
    "text twice as large": appearance.large_text(2),
}

OPENED = {
    ".tick": ".action-bar",
    ".line-link": ".drawer",
    ".person": ".topbar .dropdown-menu.show",
    ".filter-button": ".filter-panel.show",
    ".tree-open": ".tree-pane.is-open",
}
"""What opens on the list of numbers, by what opens it."""


@pytest.fixture(scope="module")
def addresses(
    sandbox: Sandbox,
    console_server: Service,
    launcher: Launcher,
    worker: Service,
    module_database: Database,
    browser: Browser,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Addresses]:
    """A page of every kind, by who looks at it."""
    sandbox.admin("POST", "seed", {"companies": [{"name": "ООО «Полёт»", "lines": 30}], "seed": 11})
    launcher.run("load-demo", "-m", "console.cli", "load-demo")
    with make_world(
        module_database.url, console_server.url, browser, tmp_path_factory.mktemp("files"), sandbox
    ) as made:
        yield made


@pytest.mark.parametrize("locale", ["ru", "en"])
@pytest.mark.parametrize("login", ["", "admin", "operator-manager", "operator-admin"])
def test_everything_fits(addresses: Addresses, new_page: NewPage, login: str, locale: str) -> None:
    page = new_page(locale=locale, viewport=SMALLEST)
    if login:
        sign_in(page, addresses.console, login, locale)
    faults: list[str] = []
    for address in addresses.of[login]:
        page.goto(addresses.console + address)
        assert page.locator("h1").count() == 1, address
        for look, rules in LOOKS.items():
            appearance.apply(page, rules)
            faults += [f"{address}, {look}: {fault}" for fault in layout.faults(page)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("locale", ["ru", "en"])
def test_what_opens_on_the_list_fits(addresses: Addresses, new_page: NewPage, locale: str, look: str) -> None:
    page = new_page(locale=locale, viewport=SMALLEST, reduced_motion="reduce")
    sign_in(page, addresses.console, "admin", locale)
    faults: list[str] = []
    for opener, part in OPENED.items():
        page.goto(f"{addresses.console}/lines")
        appearance.apply(page, LOOKS[look])
        page.locator(opener).first.click()
        page.locator(part).wait_for()
        faults += [f"{part}: {fault}" for fault in layout.faults(page)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_the_banner_of_staff_inside_a_company_fits(
    addresses: Addresses, new_page: NewPage, locale: str
) -> None:
    page = new_page(locale=locale, viewport=SMALLEST)
    sign_in(page, addresses.console, "operator-admin", locale)
    page.goto(f"{addresses.console}/companies")
    page.locator("input[name=reason]").first.fill(LONG_ADDRESS)
    page.locator(".desk-enter button").first.click()
    page.locator(".staff-banner").wait_for()
    faults: list[str] = []
    for look, rules in LOOKS.items():
        appearance.apply(page, rules)
        faults += [f"{look}: {fault}" for fault in layout.faults(page)]
    assert not faults, "\n".join(faults)

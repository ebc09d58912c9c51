"""Every kind of page on a small and a large screen, in both languages, in two typefaces and with large text.

Names are as long as names become, some of them in one word. Nothing scrolls sideways, no text is cut off.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from devtools.services import Launcher
from tests.browser import layout
from tests.browser.layout_world import LONG_ADDRESS, Addresses, make_world, sign_in
from tests.fixtures import appearance
from tests.fixtures.browser import NewPage, violations
from tests.fixtures.databases import Database
from tests.fixtures.processes import Sandbox, Service

pytestmark = pytest.mark.browser
SMALLEST: ViewportSize = {"width": 320, "height": 700}
LARGE: ViewportSize = {"width": 1440, "height": 900}
LOW: ViewportSize = {"width": 640, "height": 450}
"""A laptop at 200 per cent."""
LOOKS = {
    "own typeface": "",
    "wide typeface": appearance.WIDE_TYPEFACE,
    "text twice as large": appearance.large_text(2),
}

OPENED = {
    ".rail-more summary": ".rail-more ul",
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
        page.set_viewport_size(LARGE)
        for look in ("own typeface", "text twice as large"):
            appearance.apply(page, LOOKS[look])
            faults += [f"{address}, large screen, {look}: {fault}" for fault in layout.faults(page)]
        page.set_viewport_size(SMALLEST)
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


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_the_usual_columns_fit_and_the_number_stays(
    addresses: Addresses, new_page: NewPage, locale: str
) -> None:
    page = new_page(locale=locale, viewport=LARGE)
    sign_in(page, addresses.console, "admin", locale)
    place = page.locator(".list-scroll")
    assert place.evaluate("place => place.scrollWidth - place.clientWidth") <= 0
    page.set_viewport_size({"width": 1024, "height": 700})
    place.evaluate("place => place.scrollTo(9999, 0)")
    place_box, number = place.bounding_box(), page.locator("td ~ .cell-number").first.bounding_box()
    assert place_box is not None
    assert number is not None
    assert number["x"] < place_box["x"] + 60


def test_what_stays_takes_a_quarter_of_a_low_window(addresses: Addresses, new_page: NewPage) -> None:
    page = new_page(locale="ru", viewport=LOW)
    sign_in(page, addresses.console, "admin", "ru")
    page.locator(".tick").nth(3).check()
    page.evaluate("scrollTo(0, 400)")
    staying = page.evaluate(
        """() => [...document.querySelectorAll("body *")]
          .filter(part => ["fixed", "sticky"].includes(getComputedStyle(part).position))
          .filter(part => part.checkVisibility()).map(part => part.getBoundingClientRect())
          .filter(box => box.width > innerWidth / 2 && box.top < innerHeight && box.bottom > 0)
          .reduce((sum, box) => sum + Math.min(box.bottom, innerHeight) - Math.max(box.top, 0), 0)"""
    )
    assert 0 < staying <= LOW["height"] / 4


def test_the_card_of_a_number_stands_below_the_banner_of_staff(
    addresses: Addresses, new_page: NewPage
) -> None:
    page = new_page(locale="ru", viewport=LARGE)
    sign_in(page, addresses.console, "operator-admin", "ru")
    page.goto(f"{addresses.console}/companies")
    page.locator("input[name=reason]").first.fill("проверка")
    page.locator(".desk-enter button").first.click()
    page.locator(".staff-banner").wait_for()
    page.goto(f"{addresses.console}/lines")
    page.locator(".line-link").first.click()
    page.locator(".drawer [data-drawer-close]").click(trial=True)
    assert page.evaluate("document.documentElement.scrollHeight <= innerHeight")


def test_print_has_all_columns_and_no_ticks(addresses: Addresses, new_page: NewPage) -> None:
    page = new_page(locale="ru", viewport={"width": 760, "height": 1000})
    sign_in(page, addresses.console, "admin", "ru")
    page.emulate_media(media="print")
    assert page.locator(".lines-grid .tick").first.is_hidden()
    assert page.locator(".rail").is_hidden()
    edge = page.locator(".lines-grid").evaluate("grid => grid.getBoundingClientRect().right")
    assert edge <= 760
    expect(page.locator(".lines-grid tbody tr[data-line] :is(td, th):last-child").last).to_be_visible()


def test_the_keyboard_reaches_the_list_and_the_actions_at_once(
    addresses: Addresses, new_page: NewPage
) -> None:
    page = new_page(locale="ru", viewport=LARGE)
    sign_in(page, addresses.console, "admin", "ru")
    page.goto(f"{addresses.console}/lines")
    stops = page.locator("[data-tree] :is(.tree-link, .tree-toggle[aria-expanded]):not([tabindex='-1'])")
    expect(stops).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#list")).to_be_focused()
    tick = page.locator(".tick").nth(2)
    tick.focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.action-bar') !== null")
    page.keyboard.press("Escape")
    expect(tick).to_be_focused()


@pytest.mark.parametrize("login", ["", "admin", "operator-manager", "operator-admin"])
def test_axe_has_nothing_to_say(addresses: Addresses, new_page: NewPage, login: str) -> None:
    page = new_page(locale="ru", viewport=SMALLEST, color_scheme="light", reduced_motion="reduce")
    if login:
        sign_in(page, addresses.console, login, "ru")
    said: list[str] = []
    for address in addresses.of[login]:
        page.goto(addresses.console + address)
        for window in (SMALLEST, LARGE):
            page.set_viewport_size(window)
            _in_colours(page, "light")
            said += [f"{address}, {window['width']}: {violation}" for violation in violations(page)]
            _in_colours(page, "dark")
            colours = violations(page, "color-contrast")
            said += [f"{address}, dark, {window['width']}: {violation}" for violation in colours]
    assert not said, "\n".join(said)


def _in_colours(page: Page, scheme: Literal["light", "dark"]) -> None:
    """The page in this theme, all colours at the end of their way."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate(
        """async () => {
          for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
          await Promise.all(document.getAnimations().map(way => way.finished.catch(() => null)));
        }"""
    )

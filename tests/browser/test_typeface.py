"""The console's own typeface: small, served by the console itself, used for all texts, with figures of one width."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from devtools.assets import TARGET, TYPEFACE
from devtools.services import ROOT
from tests.fixtures.processes import Service

MOST = 90_000
"""Bytes of all parts together; a page loads only those whose letters it shows."""
TEXTS = ("Онлайн-заявление, ёж", "Numbers 0123", "₽", "Әҗ")
"""One for each part."""


def test_its_parts_are_small_and_addressed_by_their_version() -> None:
    sheet = (ROOT / "console" / "static" / "app.css").read_text(encoding="utf-8")
    version = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))["dependencies"][
        "@fontsource-variable/onest"
    ]
    addressed = re.findall(r'url\("vendor/onest-([a-z-]+)\.woff2\?v=([0-9.]+)"\)', sheet)
    assert addressed == [(part, version) for part in TYPEFACE]
    assert sum((TARGET / f"onest-{part}.woff2").stat().st_size for part in TYPEFACE) <= MOST


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page without the looks that the environment may ask of the others."""
    context = browser.new_context(locale="ru")
    yield context.new_page()
    context.close()


@pytest.mark.browser
def test_pages_load_the_parts_they_need_and_keep_them(console_server: Service, page: Page) -> None:
    served: dict[str, tuple[int, str, int]] = {}
    page.on(
        "response",
        lambda answer: (
            served.update({answer.url: (answer.status, answer.headers["cache-control"], len(answer.body()))})
            if ".woff2" in answer.url
            else None
        ),
    )
    page.goto(f"{console_server.url}/sign-in", wait_until="networkidle")
    names = sorted(re.sub(r".*/|\?.*", "", url) for url in served)
    assert names == ["onest-cyrillic.woff2", "onest-latin.woff2"]
    assert all(status == 200 and "immutable" in kept for status, kept, _ in served.values())
    assert sum(size for *_, size in served.values()) < 60_000


@pytest.mark.browser
def test_the_browser_draws_every_text_with_it(console_server: Service, page: Page) -> None:
    page.goto(f"{console_server.url}/sign-in")
    lead = page.locator("h1")
    devtools = page.context.new_cdp_session(page)
    devtools.send("DOM.enable")
    devtools.send("CSS.enable")
    for text in TEXTS:
        lead.evaluate("(element, text) => { element.textContent = text; }", text)
        page.evaluate("document.fonts.ready")
        page.wait_for_function("text => document.fonts.check('650 16px Onest', text)", arg=text)
        root = devtools.send("DOM.getDocument")["root"]["nodeId"]
        node = devtools.send("DOM.querySelector", {"nodeId": root, "selector": "h1"})["nodeId"]
        fonts = devtools.send("CSS.getPlatformFontsForNode", {"nodeId": node})["fonts"]
        assert {(font["familyName"].partition(" ")[0], font["isCustomFont"]) for font in fonts} == {
            ("Onest", True)
        }, text


@pytest.mark.browser
@pytest.mark.parametrize("weight", [400, 550, 680])
def test_figures_have_one_width(console_server: Service, page: Page, weight: int) -> None:
    page.goto(f"{console_server.url}/sign-in", wait_until="networkidle")
    widths = page.evaluate(
        """weight => ["1111", "8888", "0714"].map((figures) => {
          const element = document.createElement("span");
          element.style.fontWeight = weight;
          element.textContent = figures;
          document.querySelector(".lead-line, h1").append(element);
          return element.getBoundingClientRect().width;
        })""",
        weight,
    )
    assert widths[0] > 20
    assert widths[1:] == [pytest.approx(widths[0], abs=0.05)] * 2

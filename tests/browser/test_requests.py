"""A request in real browsers, on real parts: the customer submits, the manager asks back and resolves, lines change."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from console.cli.demo_people import PASSWORD
from core import db
from core.db import unit_of_work
from core.tenancy import all_companies
from devtools.services import Launcher
from hierarchy.models import Company
from lines.models import Line, SimCard, SimState
from tests.browser.test_main_job import check_reach, troubles_of
from tests.fixtures.browser import NewPage
from tests.fixtures.databases import Database
from tests.fixtures.processes import Sandbox, Service
from users.models import PortfolioEntry, User

pytestmark = pytest.mark.browser
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


@pytest.fixture(scope="module")
def company(
    sandbox: Sandbox, console_server: Service, launcher: Launcher, worker: Service, module_database: Database
) -> Iterator[str]:
    """The console's address, with a company of 30 lines loaded from the operator over HTTP."""
    sandbox.admin("POST", "seed", {"companies": [{"name": "ООО «Полёт»", "lines": 30}], "seed": 11})
    launcher.run("load-demo", "-m", "console.cli", "load-demo")
    engine = db.connect(module_database.url)
    with all_companies(reason="a test gives the manager the company"), unit_of_work() as session:
        manager = session.scalars(select(User.id).where(User.login == "operator-manager")).one()
        for company_id in session.scalars(select(Company.id)):
            if session.get(PortfolioEntry, (manager, company_id)) is None:
                session.add(PortfolioEntry(user_id=manager, company_id=company_id))
    yield console_server.url
    engine.dispose()


def sign_in(page: Page, address: str, login: str, locale: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    if page.locator("html").get_attribute("lang") != locale:
        page.locator(f".topbar button[name=locale][value={locale}]").click()
    expect(page.locator("html")).to_have_attribute("lang", locale)


def to_replace() -> tuple[list[str], list[str]]:
    """Numbers in service, and as many spare SIM cards."""
    with all_companies(reason="a test looks"), unit_of_work() as session:
        working = select(Line.msisdn).where(Line.state == "active").order_by(Line.msisdn)
        spare = select(SimCard.iccid).where(SimCard.state == SimState.SPARE).order_by(SimCard.iccid)
        numbers, cards = session.scalars(working.limit(3)).all(), session.scalars(spare.limit(3)).all()
    assert len(numbers) == len(cards) == 3
    return list(numbers), list(cards)


def submit(page: Page, address: str, numbers: list[str], cards: list[str], folder: Path) -> str:
    """The customer's part up to the number; returns the address of the request."""
    page.goto(f"{address}/requests/new")
    check_reach(page)
    page.click("a[href='/requests/new/numbers_and_sims']")
    page.fill("#numbers", "\n".join(numbers))
    page.check("input[name=deed][value=replace_sim]")
    page.check("input[name=reason][value=damaged]")
    page.fill("#cards", "\n".join([*cards[:-1], "8970100000000000001"]))
    page.fill("#phone", "+7 916 123-45-67")
    page.click("main form .btn-primary")
    expect(page.locator(".error-summary a")).to_have_attribute("href", "#cards")
    expect(page.locator(".error-summary")).to_contain_text("8970100000000000001")
    check_reach(page)
    page.fill("#cards", "\n".join(cards))
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/requests/\d+$"))
    check_reach(page)
    with page.expect_download() as download:
        page.click("a[href$='document.pdf']")
    download.value.save_as(folder / "application.pdf")
    assert (folder / "application.pdf").read_bytes().startswith(b"%PDF-")
    (folder / "scan.pdf").write_bytes(PDF)
    page.set_input_files("#file", folder / "scan.pdf")
    page.click(".attach-form button")
    expect(page.locator(".request-files")).to_contain_text("scan.pdf")
    page.click(".btn-go")
    expect(page.locator(".notice-success")).to_contain_text(re.compile(r"З-\d{4}-\d{6}"))
    check_reach(page)
    return page.url.split("#")[0]


def say(page: Page, step: str, text: str) -> None:
    """A step with a text."""
    page.fill("#text", text)
    page.click(f".story-form button[value={step}]")
    expect(page.locator(".story-text").last).to_have_text(text)


@pytest.mark.parametrize(("locale", "width"), [("ru", 1440), ("en", 390)])
def test_submitted_asked_answered_resolved_carried_out(
    company: str, sandbox: Sandbox, new_page: NewPage, tmp_path: Path, locale: str, width: int
) -> None:
    customer, manager = (new_page(locale=locale, viewport={"width": width, "height": 900}) for _ in range(2))
    troubles = troubles_of(customer), troubles_of(manager)
    sign_in(customer, company, "admin", locale)
    numbers, cards = to_replace()
    address = submit(customer, company, [f"+{number}" for number in numbers], cards, tmp_path)

    sign_in(manager, company, "operator-manager", locale)
    manager.goto(f"{company}/desk")
    check_reach(manager)
    manager.click(f"a[href='/desk/{address.rsplit('/', 1)[1]}']")
    manager.click(".page-actions button[value=take]")
    check_reach(manager)
    say(manager, "ask", "?!")
    customer.goto(address)
    expect(customer.locator(".story-text").last).to_have_text("?!")
    say(customer, "answer", "OK")
    manager.reload()
    expect(manager.locator(".story-text").last).to_have_text("OK")
    manager.click(".carry-out button")
    manager.wait_for_url(re.compile(r"/resolve\?run=\d+"))
    check_reach(manager)
    manager.fill("#text", "SIM")
    manager.click(".btn-go")
    manager.wait_for_url(re.compile(r"/desk/\d+$"))

    expect(customer.locator("h1")).to_be_visible()
    for _ in range(40):
        customer.goto(address)
        if customer.locator(".story-system").count():
            break
        customer.wait_for_timeout(500)
    expect(customer.locator(".story-system")).to_have_count(1)
    expect(customer.locator(".request-columns .grid .state-good")).to_have_count(len(numbers))
    check_reach(customer)
    with all_companies(reason="a test looks"), unit_of_work() as session:
        used = session.scalars(select(Line.iccid).where(Line.msisdn.in_(numbers)).order_by(Line.msisdn)).all()
        states = set(session.scalars(select(SimCard.state).where(SimCard.iccid.in_(cards))))
    assert (list(used), states) == (cards, {SimState.IN_USE})
    assert sandbox.admin("GET", "stats")["linesOrderedMoreThanOnce"] == 0
    # The browser itself reports the form that came back with a wrong phone number.
    assert [trouble for messages in troubles for trouble in messages if "422" not in trouble] == []
    if width > 1000:
        customer.goto(f"{company}/notices")
        expect(customer.locator("main")).to_contain_text(re.compile(r"З-\d{4}-\d{6}"))

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
from hierarchy.models import BillingAccount, Company
from lines.models import Line
from operators.models import Tariff
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


def movable(tariff: str) -> list[str]:
    """Numbers that a change to this tariff may be carried out on."""
    with all_companies(reason="a test looks"), unit_of_work() as session:
        in_debt = select(BillingAccount.id).where(BillingAccount.is_in_debt)
        free = Line.state == "active", Line.tariff_id != tariff, Line.account_id.not_in(in_debt)
        return list(session.scalars(select(Line.msisdn).where(*free).order_by(Line.msisdn).limit(4)))


def offered_tariff() -> tuple[str, str]:
    """Id and name of a tariff that is sold."""
    with all_companies(reason="a test looks"), unit_of_work() as session:
        row = session.execute(
            select(Tariff.id, Tariff.name).where(Tariff.is_sellable).order_by(Tariff.id)
        ).first()
        assert row is not None
        return row[0], row[1]


def submit(page: Page, address: str, numbers: list[str], tariff: str, folder: Path) -> str:
    """The customer's part up to the number; returns the address of the request."""
    page.goto(f"{address}/requests/new")
    check_reach(page)
    page.click("a[href='/requests/new/tariff_and_services']")
    page.fill("#numbers", "\n".join(numbers))
    page.check(f"input[value='{tariff}']")
    page.fill("#phone", "12")
    page.click("main form .btn-primary")
    expect(page.locator(".error-summary a")).to_have_attribute("href", "#phone")
    check_reach(page)
    page.fill("#phone", "+7 916 123-45-67")
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
    tariff, name = offered_tariff()
    numbers = movable(tariff)
    address = submit(customer, company, [f"+{one}" for one in numbers], tariff, tmp_path)

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
    manager.fill("#text", name)
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
        changed = session.scalars(select(Line.tariff_id).where(Line.msisdn.in_(numbers))).all()
    assert set(changed) == {tariff}
    assert sandbox.admin("GET", "stats")["linesOrderedMoreThanOnce"] == 0
    # The browser itself reports the form that came back with a wrong phone number.
    assert [one for found in troubles for one in found if "422" not in one] == []
    if width > 1000:
        customer.goto(f"{company}/notices")
        expect(customer.locator("main")).to_contain_text(re.compile(r"З-\d{4}-\d{6}"))

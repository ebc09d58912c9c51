"""A manager of a branch in a real browser: a report ordered, downloaded and scheduled, and the mail that arrives."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import func, select, update

from console.cli.demo_people import PASSWORD
from core import clock, db
from core.db import unit_of_work
from core.i18n import translate
from core.tenancy import all_companies
from devtools.services import Launcher
from hierarchy.models import Department
from lines.models import Line
from rbac.decision import path_end
from rbac.models import Grant
from reports.models import ReportSchedule
from tests.fixtures.browser import NewPage, violations
from tests.fixtures.databases import Database
from tests.fixtures.mail import Mailbox
from tests.fixtures.processes import Sandbox, Service
from users.models import User

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def environment(environment: dict[str, str], mailbox: Mailbox) -> dict[str, str]:
    """As always, with a mail server."""
    return {**environment, "SMTP_URL": mailbox.url, "MAIL_FROM": "Manager <vm@example.org>"}


@pytest.fixture(scope="module")
def company(
    sandbox: Sandbox,
    console_server: Service,
    launcher: Launcher,
    worker: Service,
    module_database: Database,
) -> Iterator[str]:
    """The console's address, with a company of 60 lines."""
    sandbox.admin("POST", "seed", {"companies": [{"name": "ООО «Полёт»", "lines": 60}], "seed": 11})
    launcher.run("load-demo", "-m", "console.cli", "load-demo")
    engine = db.connect(module_database.url)
    yield console_server.url
    engine.dispose()


def sign_in(page: Page, address: str, locale: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#login", "manager")
    page.fill("#password", PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    if page.locator("html").get_attribute("lang") != locale:
        page.locator(f".topbar button[name=locale][value={locale}]").click()
    expect(page.locator("html")).to_have_attribute("lang", locale)


def check_reach(page: Page) -> None:
    """No serious finding of axe, and nothing wider than the window."""
    assert [one for one in violations(page) if "(serious)" in one or "(critical)" in one] == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def expected() -> dict[str, Any]:
    """What SQL says of the manager's branch: numbers with what was spent on each."""
    with all_companies(reason="a test looks"), unit_of_work() as session:
        path = session.scalars(
            select(Grant.path).join(User, User.id == Grant.user_id).where(User.login == "manager")
        ).one()
        rows = session.execute(
            select(Line.msisdn, Line.spent)
            .join(Department, Department.id == Line.department_id)
            .where(Department.path >= path, Department.path < path_end(path))
        )
        found: dict[str, Any] = {f"+{row.msisdn}": row.spent for row in rows}
        assert 0 < len(found) < (session.scalar(select(func.count()).select_from(Line)) or 0)
        return found


def check_workbook(content: bytes, locale: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet, numbers = book.worksheets[0], expected()
    titles = [cell.value for cell in sheet[1]]
    number, spent = (titles.index(translate(locale, title)) for title in ("Number", "Spent this month, ₽"))
    rows = {row[number]: row[spent] for row in sheet.iter_rows(min_row=2, values_only=True)}
    assert {name: round(float(value), 2) for name, value in rows.items()} == {
        name: round(float(value), 2) for name, value in numbers.items()
    }
    summary = dict(row[:2] for row in book.worksheets[1].iter_rows(values_only=True))
    assert summary[translate(locale, "Rows")] == len(numbers)
    label = translate(locale, "Total: %(column)s", column=translate(locale, "Spent this month, ₽"))
    assert round(summary[label], 2) == round(float(sum(numbers.values())), 2)


def order(page: Page, address: str, locale: str, folder: Path) -> None:
    """From the catalogue over the preview to the downloaded file."""
    page.goto(f"{address}/reports")
    check_reach(page)
    page.click("main a[href='/reports/lines']")
    expect(page.locator(".report-grid tbody tr")).to_have_count(min(50, len(expected())))
    check_reach(page)
    page.select_option("#state", "terminated")
    page.click("main button[hx-get]")
    page.wait_for_url(re.compile("state=terminated"))
    page.select_option("#state", "any")
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/files$"))
    row = page.locator(".file-grid tbody tr").first
    expect(row.locator("a.btn-primary")).to_be_visible(timeout=30_000)
    check_reach(page)
    with page.expect_download() as download:
        row.locator("a.btn-primary").click()
    assert translate(locale, "Numbers") in download.value.suggested_filename
    file = folder / f"{locale}.xlsx"
    download.value.save_as(file)
    check_workbook(file.read_bytes(), locale)


def schedule(page: Page, address: str, locale: str, mailbox: Mailbox) -> None:
    """From the report to the mail with its file."""
    page.goto(f"{address}/reports/lines")
    page.click("button[formaction$='/schedule']")
    page.wait_for_url(re.compile("/reports/lines/schedule"))
    check_reach(page)
    page.click("main form .btn-primary")
    expect(page.locator(".error-summary")).to_be_visible()
    page.select_option("#every", "weekly")
    expect(page.locator("#weekday")).to_be_visible()
    page.fill("#addresses", "boss@example.org")
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile("/reports/schedules$"))
    check_reach(page)
    before = len(mailbox.mails)
    with all_companies(reason="a test lets its hour come"), unit_of_work() as session:
        session.execute(update(ReportSchedule).values(next_at=clock.now()))
    mail = mailbox.wait_for(before + 1)[-1]
    assert mail["To"] == "boss@example.org"
    (file,) = mail.iter_attachments()
    check_workbook(file.get_content(), locale)
    page.reload()
    expect(page.locator(".file-grid .state-good")).to_be_visible()
    page.click("form[action$='/delete'] button")
    expect(page.locator(".file-grid")).to_have_count(0)


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_a_manager_s_reports(
    company: str, new_page: NewPage, mailbox: Mailbox, tmp_path: Path, locale: str
) -> None:
    page = new_page(locale=f"{locale}-{'RU' if locale == 'ru' else 'GB'}")
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    sign_in(page, company, locale)
    order(page, company, locale, tmp_path)
    schedule(page, company, locale, mailbox)
    page.goto(f"{company}/lines")
    page.click(".bell")
    page.wait_for_url(re.compile("/notices$"))
    expect(page.locator(".notice-list li").first).to_be_visible()
    check_reach(page)
    assert troubles == []

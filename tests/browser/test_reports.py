"""A manager of a branch in a real browser: a report ordered, awaited, downloaded, scheduled, and its mail arriving.

The branch has enough numbers for several portions. The worker is stopped between them, so that a
person can look at the bar on any machine.
"""

from __future__ import annotations

import io
import json
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.sync_api import Locator, Page, expect
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select, text

from console.cli.demo_people import PASSWORD
from core import db
from core.db import unit_of_work
from core.i18n import translate
from core.tenancy import all_companies
from devtools.services import Launcher
from hierarchy.models import Department
from lines import departments
from lines.models import Line
from rbac.decision import path_end
from rbac.models import Grant
from reports.models import JobState, ReportJob
from reports.worker import TELL_EVERY
from tests.fixtures.browser import NewPage, violations
from tests.fixtures.databases import Database
from tests.fixtures.mail import Mailbox
from tests.fixtures.processes import Sandbox, Service
from users.models import User

pytestmark = pytest.mark.browser
MORE = 12_000
"""So many numbers more in the manager's branch: several times the portion after which progress may be recorded."""


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
    fill_branch()
    yield console_server.url
    engine.dispose()


def fill_branch() -> None:
    """Many more numbers where the manager is."""
    with all_companies(reason="a test prepares"), unit_of_work() as session:
        branch = session.execute(
            select(Department.company_id, Department.id)
            .join(Grant, (Grant.company_id == Department.company_id) & (Grant.path == Department.path))
            .join(User, User.id == Grant.user_id)
            .where(User.login == "manager")
        ).one()
        session.execute(
            text("""INSERT INTO lines (company_id, operator_id, msisdn, iccid, state, tariff_id, account_id,
                                       department_id, employee, spent)
                    SELECT company_id, 'M' || n, (79200000000 + n)::text, '8970' || n, state, tariff_id, account_id,
                           :branch, 'Сотрудник ' || n, n % 900 / 100.0
                    FROM (SELECT * FROM lines WHERE company_id = :company LIMIT 1) AS one,
                         generate_series(1, :more) AS n"""),
            {"company": branch.company_id, "branch": branch.id, "more": MORE},
        )
        departments.recount_totals(session, branch.company_id)


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
    assert [fault for fault in violations(page) if "(serious)" in fault or "(critical)" in fault] == [], (
        page.url
    )
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
        spent: dict[str, Any] = {f"+{row.msisdn}": row.spent for row in rows}
        assert 0 < len(spent) < (session.scalar(select(func.count()).select_from(Line)) or 0)
        return spent


def check_workbook(content: bytes, locale: str) -> None:
    book, numbers = CalamineWorkbook.from_filelike(io.BytesIO(content)), expected()
    titles, *cells = book.get_sheet_by_index(0).to_python()
    number, spent = (titles.index(translate(locale, title)) for title in ("Number", "Spent this month, ₽"))
    rows: dict[Any, Any] = {row[number]: row[spent] for row in cells}
    assert len(rows) == len(cells)
    assert {name: round(float(value), 2) for name, value in rows.items()} == {
        name: round(float(value), 2) for name, value in numbers.items()
    }
    summary: dict[Any, Any] = {row[0]: row[1] for row in book.get_sheet_by_index(1).to_python()}
    assert summary[translate(locale, "Rows")] == len(numbers)
    label = translate(locale, "Total: %(column)s", column=translate(locale, "Spent this month, ₽"))
    assert round(summary[label], 2) == round(float(sum(numbers.values())), 2)


class Reporter:
    """The process that makes reports: it stands still, except for as long as it is told to go on."""

    def __init__(self, worker: Service) -> None:
        assert worker.child is not None
        started = re.findall(r"\{[^\n]*worker\.started[^\n]*\}", worker.child.log.read_text(encoding="utf-8"))
        # The newest: a worker started for an earlier test may have written into the same log.
        pid = [entry["pid"] for entry in map(json.loads, started) if entry["role"] == "reporter"][-1]
        self._process = psutil.Process(pid)

    def __enter__(self) -> Reporter:
        self._stand_still()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.send_signal(signal.SIGCONT)

    def go_on_until(self, reached: Callable[[ReportJob], bool]) -> ReportJob:
        """Let it work on the newest report until that is reached; returns how the report then stands."""
        self._process.send_signal(signal.SIGCONT)
        deadline = time.monotonic() + 30
        while not reached(newest_report()):
            assert time.monotonic() < deadline, "the report does not get on"
            time.sleep(0.005)
        self._stand_still()
        return newest_report()

    def _stand_still(self) -> None:
        self._process.send_signal(signal.SIGSTOP)
        while self._process.status() != psutil.STATUS_STOPPED:
            time.sleep(0.005)
        time.sleep(TELL_EVERY)  # so that the portion it works on is recorded at once when it goes on


def newest_report() -> ReportJob:
    with all_companies(reason="a test looks"), unit_of_work() as session:
        return session.scalars(select(ReportJob).order_by(ReportJob.id.desc()).limit(1)).one()


def is_beyond(done: int) -> Callable[[ReportJob], bool]:
    """Whether more rows than these are done."""
    return lambda job: job.done > done


def watch(row: Locator, reporter: Reporter, locale: str) -> None:
    """It waits; then the bar moves and says how long it still takes; nothing is offered before it is ready."""
    expect(row).to_contain_text(translate(locale, "Waits for its turn"))
    expect(row.locator("progress")).to_have_count(0)
    reporter.go_on_until(lambda job: job.total is not None)
    expect(row.locator("progress")).to_have_attribute("value", "0")
    reached, left = 0, translate(locale, "about %(time)s left", time="|").partition("|")[0]
    for _ in range(2):
        job = reporter.go_on_until(is_beyond(reached))
        assert job.state == JobState.MAKING
        assert job.total == len(expected())
        reached = job.done
        expect(row.locator("progress")).to_have_attribute("value", str(100 * job.done // job.total))
        expect(row.locator(".file-state")).to_contain_text(
            re.compile(rf"{grouped(job.done)}.*{grouped(job.total)}")
        )
        expect(row.locator(".file-state")).to_contain_text(left)
        expect(row.locator("a")).to_have_count(0)


def grouped(number: int) -> str:
    """A number as pages write it, as a pattern."""
    return rf"{number:,}".replace(",", r"\s")


def order(page: Page, address: str, worker: Service, locale: str, folder: Path) -> None:
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
    with Reporter(worker) as reporter:
        page.click("main form .btn-primary")
        page.wait_for_url(re.compile(r"/files$"))
        row = page.locator(".file-grid tbody tr").first
        watch(row, reporter, locale)
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
    page.click("button[formaction$='/schedule/begin']")
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
    page.click("form[action$='/send'] button")
    mail = mailbox.wait_for(before + 1)[-1]
    assert mail["To"] == "boss@example.org"
    (file,) = mail.iter_attachments()
    check_workbook(file.get_content(), locale)
    expect(page.locator(".file-grid .state-good")).to_be_visible()
    check_reach(page)
    page.click("form[action$='/delete'] button")
    expect(page.locator(".file-grid")).to_have_count(0)


@pytest.mark.parametrize("locale", ["ru", "en"])
def test_a_manager_s_reports(
    company: str, worker: Service, new_page: NewPage, mailbox: Mailbox, tmp_path: Path, locale: str
) -> None:
    page = new_page(locale=f"{locale}-{'RU' if locale == 'ru' else 'GB'}")
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    sign_in(page, company, locale)
    order(page, company, worker, locale, tmp_path)
    schedule(page, company, locale, mailbox)
    page.goto(f"{company}/lines")
    page.click(".bell")
    page.wait_for_url(re.compile("/notices$"))
    expect(page.locator(".notice-list li").first).to_be_visible()
    check_reach(page)
    assert troubles == []


def test_a_department_is_found_with_the_keyboard(company: str, new_page: NewPage) -> None:
    """Where there are too many for a plain list."""
    with all_companies(reason="a test prepares"), unit_of_work() as session:
        branch = session.execute(
            select(Grant.company_id, Grant.path)
            .join(User, User.id == Grant.user_id)
            .where(User.login == "manager")
        ).one()
        above = int(branch.path.rstrip("/").rpartition("/")[2])
        for number in range(201):
            session.add(
                made := Department(
                    company_id=branch.company_id, parent_id=above, name=f"Shop {number}", path=f"new{number}"
                )
            )
            session.flush()
            made.path = f"{branch.path}{made.id}/"
    page = new_page()
    sign_in(page, company, "en")
    page.goto(f"{company}/reports/lines")
    check_reach(page)
    page.focus("#department")
    page.keyboard.type("shop 20")
    choices = page.locator("#department-choices .place-choice")
    expect(choices).to_have_count(3)
    expect(page.locator("#announce")).to_have_text("2 departments")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(choices.nth(1).locator("input")).to_be_checked()
    expect(choices.nth(1)).to_contain_text("Shop 20")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "state"
    page.click("main button[hx-get]")
    page.wait_for_url(re.compile(r"department=\d+"))
    assert "find=" not in page.url
    expect(choices.nth(1).locator("input")).to_be_checked()
    expect(page.locator(".report-preview")).to_contain_text("Nothing was found")

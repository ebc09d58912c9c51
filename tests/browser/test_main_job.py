"""The main job in a real browser, on real parts: sign in, upload the sample, preview, confirm, progress, result."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from console.cli.demo_people import PASSWORD
from core import db
from core.db import unit_of_work
from core.i18n import translate
from core.tenancy import all_companies
from devtools.services import Launcher
from lines.models import Line
from runs.models import Run, RunItem
from tests.fixtures.browser import NewPage, violations
from tests.fixtures.databases import Database
from tests.fixtures.processes import Sandbox, Service

pytestmark = pytest.mark.browser
FOUND = 12
"""Numbers in the sample that are the company's own; three more rows have a problem."""


@pytest.fixture(scope="module")
def company(
    sandbox: Sandbox,
    console_server: Service,
    launcher: Launcher,
    worker: Service,
    module_database: Database,
) -> Iterator[str]:
    """The console's address, with a company of 40 lines loaded from the operator over HTTP."""
    sandbox.admin("POST", "seed", {"companies": [{"name": "ООО «Полёт»", "lines": 40}], "seed": 7})
    sandbox.admin("PUT", "completion", {"delaySeconds": 1.0})
    launcher.run("load-demo", "-m", "console.cli", "load-demo")
    engine = db.connect(module_database.url)
    yield console_server.url
    engine.dispose()


def troubles_of(page: Page) -> list[str]:
    """What the browser complains of from now on."""
    troubles: list[str] = []
    page.on("console", lambda message: troubles.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    return troubles


def check_reach(page: Page) -> None:
    """No serious finding of axe, and nothing wider than the window."""
    serious = [
        violation for violation in violations(page) if "(serious)" in violation or "(critical)" in violation
    ]
    assert serious == [], page.url
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url


def sign_in(page: Page, address: str, locale: str) -> None:
    page.goto(f"{address}/sign-in")
    page.fill("#login", "admin")
    page.fill("#password", PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    if page.locator("html").get_attribute("lang") != locale:
        page.locator(f".topbar button[name=locale][value={locale}]").click()
    expect(page.locator("html")).to_have_attribute("lang", locale)


def upload_sample(page: Page, address: str, folder: Path) -> list[str]:
    """Download the sample and upload it again; returns the numbers in it."""
    page.goto(f"{address}/uploads/new")
    check_reach(page)
    with page.expect_download() as download:
        page.click("a[href*='sample.xlsx']")
    sample = folder / "numbers.xlsx"
    download.value.save_as(sample)
    page.set_input_files("#file", sample)
    expect(page.locator("[data-drop-text]")).to_contain_text("numbers.xlsx")
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/uploads/\d+$"))
    expect(page.locator("h1")).to_contain_text(str(FOUND))
    expect(page.locator(".reason-count")).to_have_text(["1", "1", "1"])
    expect(page.locator(".problem-table").first).to_be_visible()
    check_reach(page)
    with all_companies(reason="a test looks"), unit_of_work() as session:
        return list(session.scalars(select(Line.msisdn).order_by(Line.msisdn).limit(FOUND)))


def eligible(code: str, numbers: list[str]) -> set[str]:
    """The numbers that the operation may be carried out on, as the database has them now."""
    with all_companies(reason="a test looks"), unit_of_work() as session:
        lines = session.scalars(select(Line).where(Line.msisdn.in_(numbers))).all()
    barred = {"terminated", "blocked"} if code == "block" else {"terminated"}
    return {line.msisdn for line in lines if line.state not in barred}


def confirm(page: Page, allowed: int) -> int:
    """From the preview to the end of the run; returns its id."""
    page.wait_for_url(re.compile(r"/runs/\d+/preview$"))
    expect(page.locator(".legend b").first).to_have_text(str(allowed))
    check_reach(page)
    page.click(".btn-go")
    page.wait_for_url(re.compile(r"/runs/\d+$"))
    expect(page.locator("#progress")).to_be_visible()
    expect(page.locator("#running a")).to_have_count(1)
    check_reach(page)
    expect(page.locator("#progress")).to_have_count(0, timeout=60_000)
    expect(page.locator("h1")).to_contain_text(str(allowed))
    expect(page.locator(".lines-table tbody tr")).to_have_count(FOUND)
    check_reach(page)
    return int(page.url.rsplit("/", 1)[1])


def check_result(
    page: Page, run_id: int, numbers: list[str], done: set[str], locale: str, folder: Path
) -> list[tuple[object, ...]]:
    """Download the result and hold it against the database."""
    with page.expect_download() as download:
        page.click("a[href$='/result.xlsx']")
    path = folder / "result.xlsx"
    download.value.save_as(path)
    sheet = openpyxl.load_workbook(path).worksheets[0]
    rows: list[tuple[object, ...]] = [tuple(row) for row in sheet.iter_rows(min_row=2, values_only=True)]
    assert sheet["A1"].value == translate(locale, "Number")
    assert sorted(str(row[0]) for row in rows) == sorted(f"+{number}" for number in numbers)
    assert {str(row[0])[1:] for row in rows if row[4] == translate(locale, "Done")} == done
    assert {row[4] for row in rows} <= {translate(locale, "Done"), translate(locale, "Refused")}
    with all_companies(reason="a test looks"), unit_of_work() as session:
        run = session.scalars(select(Run).where(Run.id == run_id)).one()
        items = session.scalars(select(RunItem).where(RunItem.run_id == run_id)).all()
        assert (run.state, run.total, run.done) == ("finished", FOUND, len(done))
        assert {row[10] for row in rows} == {f"{run_id}-{item.no}" for item in items}
    return rows


@pytest.mark.parametrize(("locale", "width"), [("ru", 1440), ("en", 390)])
def test_block_and_limit_from_a_list(
    company: str, sandbox: Sandbox, new_page: NewPage, tmp_path: Path, locale: str, width: int
) -> None:
    page = new_page(locale=locale, viewport={"width": width, "height": 900})
    troubles = troubles_of(page)
    sign_in(page, company, locale)
    numbers = upload_sample(page, company, tmp_path)
    code = "block" if locale == "ru" else "set_limit"
    page.click(f"form[action$='/operations/{code}/new'] button")
    page.wait_for_url(re.compile(f"/operations/{code}/new"))
    check_reach(page)
    if code == "block":
        page.check("input[value=lost]")
    else:
        page.fill("#amount", "1 500,50")
    page.click("main form .btn-primary")
    allowed = eligible(code, numbers)
    run_id = confirm(page, len(allowed))
    rows = check_result(page, run_id, numbers, allowed, locale, tmp_path)
    said = [str(row[8]) for row in rows if str(row[0])[1:] in allowed]
    with all_companies(reason="a test looks"), unit_of_work() as session:
        lines = session.scalars(select(Line).where(Line.msisdn.in_(allowed))).all()
        if code == "block":
            assert {(line.state, line.block_reason) for line in lines} == {("blocked", "lost")}
            assert all(translate(locale, "Blocked") in text for text in said)
        else:
            assert {str(line.limit_amount) for line in lines} == {"1500.50"}
            assert all("1500.50" in text for text in said)
    assert sandbox.admin("GET", "stats")["linesOrderedMoreThanOnce"] == 0
    page.goto(f"{company}/runs")
    expect(page.locator(".run-name").first).to_be_visible()
    check_reach(page)
    page.goto(f"{company}/lines")
    expect(page.locator("#running a")).to_have_count(1)
    assert page.locator(".topbar").evaluate("bar => bar.scrollHeight - bar.clientHeight") <= 0
    assert troubles == []


def test_a_file_too_large_is_refused_before_it_is_sent(
    company: str, new_page: NewPage, tmp_path: Path
) -> None:
    page = new_page()
    sign_in(page, company, "en")
    page.goto(f"{company}/uploads/new")
    large = tmp_path / "large.xlsx"
    large.write_bytes(b"7" * (13 * 1024 * 1024))
    page.set_input_files("#file", large)
    expect(page.locator("[data-drop-text]")).to_contain_text("12")
    page.click("main form .btn-primary")
    assert page.url.endswith("/uploads/new")


def test_parameters_keep_what_was_typed_and_say_every_error(company: str, new_page: NewPage) -> None:
    page = new_page()
    sign_in(page, company, "en")
    with all_companies(reason="a test looks"), unit_of_work() as session:
        line = session.scalars(select(Line.id).limit(1)).one()
    page.goto(f"{company}/operations/set_limit/new?sel=ids&ids={line}")
    page.fill("#amount", "abc")
    page.fill("#warn_at", "500")
    page.click("main form .btn-primary")
    expect(page.locator(".error-summary li")).to_have_count(2)
    expect(page.locator("#amount")).to_have_value("abc")
    check_reach(page)
    page.click(".error-summary li a >> nth=1")
    expect(page.locator("#warn_at")).to_be_focused()

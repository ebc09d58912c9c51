"""A page of every kind to look at, made with the console's own pages, under names as long as names become."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select, update

from console.cli.demo_people import PASSWORD
from core import db
from core.db import unit_of_work
from core.tenancy import all_companies
from hierarchy.models import Company, Department
from lines.models import Line, SimCard, SimState
from tests.fixtures.processes import Sandbox
from users.models import PortfolioEntry, User

LONG_WORD = "Электрооборудованиеснабсбытпромэнергоремонтмонтаж"
LONG_ADDRESS = "konstantin.preobrazhensky.north-western-branch@corporate-communications.example.org"
LONG_FILE = "application_for_replacement_of_sim_cards_signed_and_stamped_final_2026.pdf"
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"
PUBLIC = ["/sign-in", "/connect", "/no-such-page"]
COMPANY = [
    *("/", "/lines", "/lines?q=0000000000", "/runs", "/uploads/new", "/structure", "/structure/operator"),
    *("/reports", "/reports/lines", "/reports/lines/schedule", "/reports/schedules", "/files", "/notices"),
    *("/requests", "/requests/new", "/requests/new/claim", "/requests/new/numbers_and_sims"),
    *("/people", "/people/new", "/journal", "/profile", "/help"),
]
"""Pages without an object of their own."""


@dataclass(frozen=True)
class Addresses:
    """The console's address, and the paths of its pages by the login that looks at them ("" is nobody)."""

    console: str
    of: dict[str, list[str]]


@contextmanager
def make_world(
    database_url: str, console: str, browser: Browser, folder: Path, sandbox: Sandbox
) -> Iterator[Addresses]:
    """Something to show on every page; the database stays bound while the context lasts.

    From here on the operator ends no order: the last run is still at work when it is looked at.
    """
    engine = db.connect(database_url)
    line, department, person = _lengthen_names()
    context = browser.new_context(locale="ru", accept_downloads=True)
    context.set_default_timeout(15_000)
    customer, manager = context.new_page(), browser.new_context(locale="ru").new_page()
    sign_in(customer, console, "admin", "ru")
    runs = [*_runs(customer, folder, line), *_account_pages(customer)]
    request, draft = _submitted(customer, folder), _draft(customer, folder)
    _report_and_schedule(customer)
    sign_in(manager, console, "operator-manager", "ru")
    resolve = _resolved(manager, request)
    sandbox.admin("PUT", "completion", {"delaySeconds": 3_600})
    progress = _account_run(customer, f"later.{LONG_ADDRESS}")
    expect(customer.locator("#progress")).to_be_visible()
    context.close()
    manager.context.close()
    structure = [
        f"/structure?department={department}",
        *(f"/structure/{department}/{deed}" for deed in ("move", "merge", "delete")),
    ]
    objects = [f"/lines/{line}", f"/people/{person}", request, draft, f"{draft}/edit"]
    desk = request.replace("/requests/", "/desk/")
    yield Addresses(
        console,
        {
            "": PUBLIC,
            "admin": [*COMPANY, *runs, progress, *structure, *objects],
            "operator-manager": ["/desk", "/desk?view=all", desk, resolve],
            "operator-admin": ["/companies"],
        },
    )
    engine.dispose()


def sign_in(page: Page, console: str, login: str, locale: str) -> None:
    """A person of the demo, who reads in this language."""
    page.goto(f"{console}/sign-in")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main form .btn-primary")
    page.wait_for_url(lambda url: "/sign-in" not in url)
    if page.locator("html").get_attribute("lang") != locale:
        page.locator(f".topbar button[name=locale][value={locale}]").click()
    expect(page.locator("html")).to_have_attribute("lang", locale)


def _lengthen_names() -> tuple[int, int, int]:
    """Ids of a number, of a department and of a person whose names are long; the manager has the company."""
    with all_companies(reason="a test prepares"), unit_of_work() as session:
        manager = session.scalars(select(User.id).where(User.login == "operator-manager")).one()
        company = session.scalars(select(Company)).one()
        company.name = f"ООО «{LONG_WORD}»"
        if session.get(PortfolioEntry, (manager, company.id)) is None:
            session.add(PortfolioEntry(user_id=manager, company_id=company.id))
        department = session.scalars(
            select(Department).where(Department.parent_id.is_not(None)).order_by(Department.id)
        ).first()
        person = session.scalars(select(User).where(User.login == "viewer")).one()
        line = session.scalars(select(Line).where(Line.state == "active").order_by(Line.msisdn)).first()
        assert department is not None
        assert line is not None
        department.name = f"Управление {LONG_WORD}"
        person.name, person.email = f"Константин {LONG_WORD}", LONG_ADDRESS
        session.execute(update(Line).values(employee=f"Константин {LONG_WORD}"))
        line.department_id = department.id
        return line.id, department.id, person.id


def _runs(page: Page, folder: Path, line: int) -> list[str]:
    """Paths of an uploaded list, of an operation's choices, of a preview and of a finished run."""
    page.goto(_at(page, "/uploads/new"))
    with page.expect_download() as download:
        page.click("a[href*='sample.xlsx']")
    sample = folder / f"{LONG_WORD}.xlsx"
    download.value.save_as(sample)
    page.set_input_files("#file", sample)
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/uploads/\d+$"))
    upload = _path(page)
    choices = [
        f"/operations/{code}/new?sel=ids&ids={line}" for code in ("set_limit", "change_tariff", "block")
    ]
    page.goto(_at(page, upload))
    page.click("form[action$='/operations/block/new'] button")
    page.check("input[value=lost]")
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/preview$"))
    preview = _path(page)
    page.goto(_at(page, choices[0]))
    page.fill("#amount", "1500")
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/preview$"))
    page.click(".btn-go")
    page.wait_for_url(re.compile(r"/runs/\d+$"))
    expect(page.locator("#progress")).to_have_count(0, timeout=60_000)
    return [upload, *choices, preview, _path(page)]


def _account_pages(page: Page) -> list[str]:
    """Paths of the parameters, of a preview and of the finished run of an operation on billing accounts."""
    parameters = _account_parameters(page)
    preview = _account_preview(page, f"other.{LONG_ADDRESS}")
    run = _account_run(page, LONG_ADDRESS)
    expect(page.locator("#progress")).to_have_count(0, timeout=60_000)
    return [parameters, preview, run]


def _account_parameters(page: Page) -> str:
    page.goto(_at(page, "/structure/operator"))
    for box in page.locator("main input[name=ids]").all():
        box.check()
    page.click("button[formaction*='/operations/set_invoice_delivery/']")
    page.wait_for_url(re.compile(r"/operations/set_invoice_delivery/new"))
    return _path(page)


def _account_preview(page: Page, address: str) -> str:
    _account_parameters(page)
    page.check("input[name=channel][value=email]")
    page.fill("#email", address)
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/preview$"))
    return _path(page)


def _account_run(page: Page, address: str) -> str:
    _account_preview(page, address)
    page.click(".btn-go")
    page.wait_for_url(re.compile(r"/runs/\d+$"))
    return _path(page)


def _filled(page: Page, folder: Path) -> str:
    """The path of a request for other SIM cards, with a file, not submitted yet."""
    with all_companies(reason="a test looks"), unit_of_work() as session:
        numbers = session.scalars(
            select(Line.msisdn).where(Line.state == "active").order_by(Line.msisdn.desc()).limit(2)
        ).all()
        spare = select(SimCard.iccid).where(SimCard.state == SimState.SPARE).order_by(SimCard.iccid)
        cards = session.scalars(spare.limit(2)).all()
    page.goto(_at(page, "/requests/new/numbers_and_sims"))
    page.fill("#numbers", "\n".join(numbers))
    page.check("input[name=deed][value=replace_sim]")
    page.check("input[name=reason][value=damaged]")
    page.fill("#cards", "\n".join(cards))
    page.fill("#phone", "+7 916 123-45-67")
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/requests/\d+$"))
    (folder / LONG_FILE).write_bytes(PDF)
    page.set_input_files("#file", folder / LONG_FILE)
    page.click(".attach-form button")
    expect(page.locator(".request-files")).to_contain_text(LONG_FILE)
    return _path(page)


def _draft(page: Page, folder: Path) -> str:
    return _filled(page, folder)


def _submitted(page: Page, folder: Path) -> str:
    path = _filled(page, folder)
    page.click(".btn-go")
    expect(page.locator(".notice-success")).to_be_visible()
    page.fill("#text", LONG_ADDRESS)
    page.locator(".story-form button[name=step]").first.click()
    return path


def _report_and_schedule(page: Page) -> None:
    page.goto(_at(page, "/reports/lines"))
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile(r"/files$"))
    page.goto(_at(page, "/reports/lines/schedule"))
    page.fill("#addresses", LONG_ADDRESS)
    page.click("main form .btn-primary")
    page.wait_for_url(re.compile("/reports/schedules$"))


def _resolved(page: Page, request: str) -> str:
    """The path of the manager's check before the request is resolved."""
    page.goto(_at(page, request.replace("/requests/", "/desk/")))
    page.click(".page-actions button[value=take]")
    page.click(".carry-out button")
    page.wait_for_url(re.compile(r"/resolve\?run=\d+"))
    return _path(page)


def _at(page: Page, path: str) -> str:
    return "/".join(page.url.split("/")[:3]) + path


def _path(page: Page) -> str:
    return "/" + page.url.split("/", 3)[3].partition("#")[0]

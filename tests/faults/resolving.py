"""A request in a running product: a customer submits it, a manager resolves it over HTTP; what both were told."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import select, update

from core import clock, db
from core.i18n import DEFAULT_LOCALE, translate
from core.journal.entries import JournalEntry
from core.tenancy import all_companies, company_scope
from devtools.factory import PASSWORD, Factory
from devtools.servers.roles import DATABASE
from forms.documents.types import get_type
from forms.requests import execution, submission
from forms.requests.execution import LineOutcome
from forms.requests.models import Request, RequestEvent
from forms.requests.notifications import TITLES
from lines.models import Line
from notices.models import Notice, OutboxMail
from runs.selection import parse
from tests.faults.visitor import Visitor
from users.models import PortfolioEntry, User
from users.signin.passwords import hash_password

MANAGER = "factory-manager"
CUSTOMER_MAIL, MANAGER_MAIL = "customer@factory.example", "manager@operator.example"
ANSWER = "Тариф меняется"


@dataclass
class Office:
    """The customer's administrator and an account manager with a browser."""

    plant: Factory
    manager_id: int
    visitor: Visitor = field(init=False)

    def __post_init__(self) -> None:
        self.visitor = Visitor(self.plant.variables["CONSOLE_URL"])
        self.visitor.sign_in(MANAGER, PASSWORD)

    def request(self, tariff: str, line_ids: Sequence[int] = ()) -> int:
        """A submitted and taken request for another tariff of these lines, or of all."""
        plant, actor = self.plant, self.plant.actor()
        values = {
            "tariff": tariff,
            "effective": "now",
            "roaming": "keep",
            "contact": "Иванова",
            "phone": "89161234567",
        }
        selection = (
            {"kind": "ids", "ids": list(line_ids)}
            if line_ids
            else {"kind": "filter", "query": "", "all": True}
        )
        with company_scope(plant.company_id), db.unit_of_work() as session:
            draft = submission.new_draft(session, actor, get_type("tariff_and_services"))
            result = submission.fill(session, actor, plant.parts, draft, values, parse(selection))
            assert not result.errors
            submission.submit(session, actor, plant.parts, draft)
        self.visitor.send(f"/desk/{draft.id}/move", self._token(draft.id), step="take")
        return draft.id

    def preview(self, request_id: int) -> int:
        """The run that resolving would start."""
        led_to = self.visitor.send(f"/desk/{request_id}/preview", self._token(request_id))
        return int(led_to.rpartition("run=")[2])

    def resolve(self, request_id: int, run_id: int) -> None:
        """Resolve the request with the run that was previewed."""
        token = self.visitor.token(f"/desk/{request_id}/resolve?run={run_id}")
        self.send_resolution(request_id, run_id, token)

    def send_resolution(self, request_id: int, run_id: int, token: str) -> None:
        self.visitor.send(f"/desk/{request_id}/resolve", token, run=str(run_id), text=ANSWER)

    def _token(self, request_id: int) -> str:
        return self.visitor.token(f"/desk/{request_id}")

    def stored(self, request_id: int) -> Request:
        with company_scope(self.plant.company_id), db.unit_of_work() as session:
            return session.get_one(Request, (self.plant.company_id, request_id), populate_existing=True)

    def outcomes(self, request_id: int) -> list[LineOutcome]:
        """Every number of the request with what became of it, as both sides see it page by page."""
        outcomes: list[LineOutcome] = []
        with company_scope(self.plant.company_id), db.unit_of_work() as session:
            request = session.get_one(Request, (self.plant.company_id, request_id))
            while page := execution.outcomes(session, request, outcomes[-1].no if outcomes else 0):
                outcomes += page
        return outcomes

    def wait_until_told(self, request_id: int) -> None:
        wait_until(lambda: self.stored(request_id).outcome_told, "nobody was told of the outcome")


def open_office(plant: Factory) -> Office:
    """The administrator gets a mail address; the operator gets an account manager for the company."""
    with all_companies(reason="a test hires"), db.unit_of_work() as session:
        session.execute(update(User).where(User.id == plant.user_id).values(email=CUSTOMER_MAIL))
        manager = User(
            company_id=None,
            login=MANAGER,
            name="Manager",
            staff_role="operator_manager",
            email=MANAGER_MAIL,
            password_hash=hash_password(PASSWORD),
            created_at=clock.now(),
        )
        session.add(manager)
        session.flush()
        session.add(PortfolioEntry(user_id=manager.id, company_id=plant.company_id))
    return Office(plant, manager.id)


def some_lines(plant: Factory, count: int, *, without: str) -> list[int]:
    """Ids of active lines that do not have this tariff."""
    wanted = select(Line.id).where(Line.state == "active", Line.tariff_id != without)
    with company_scope(plant.company_id), db.unit_of_work() as session:
        return list(session.scalars(wanted.order_by(Line.id).limit(count)))


def subject_of(step: str, number: str | None) -> str:
    """What the mail of a step is headed with, in the language that people begin with."""
    return translate(DEFAULT_LOCALE, TITLES[step], number=number)


def steps_told(plant: Factory, request_id: int, step: str) -> dict[str, Counter[object]]:
    """How often a step of the request stands in its timeline and its journal, and who was told of it how often."""
    with all_companies(reason="a test looks at both sides"), db.unit_of_work() as session:
        number = session.scalars(select(Request.number).where(Request.id == request_id)).one()
        subject = subject_of(step, number)
        events = select(RequestEvent.name).where(
            RequestEvent.request_id == request_id, RequestEvent.name == step
        )
        entries = select(JournalEntry.action).where(
            JournalEntry.object_kind == "request",
            JournalEntry.object_id == request_id,
            JournalEntry.action == f"request.{step}",
        )
        notices = select(Notice.user_id).where(
            Notice.title == TITLES[step], Notice.link.endswith(f"/{request_id}")
        )
        mails = select(OutboxMail.recipient).where(
            OutboxMail.source_id == request_id, OutboxMail.subject == subject
        )
        return {
            "events": Counter(session.scalars(events)),
            "journal": Counter(session.scalars(entries)),
            "notices": Counter(session.scalars(notices)),
            "mails": Counter(session.scalars(mails)),
        }


def wait_until(condition: Callable[[], object], trouble: str, patience: float = 30.0) -> None:
    deadline = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < deadline, trouble
        time.sleep(0.02)


@contextmanager
def stuck(plant: Factory, table: str) -> Iterator[Callable[[], None]]:
    """Whoever writes into this table stands still in the middle of its transaction; what is given waits for one."""
    with psycopg.connect(plant.postgres.url(DATABASE)) as connection:
        connection.execute(sql.SQL("LOCK TABLE {} IN SHARE MODE").format(sql.Identifier(table)))
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass"

        def is_waiting() -> bool:
            row = connection.execute(waiting, [table]).fetchone()
            return bool(row and row[0])

        yield partial(wait_until, is_waiting, f"nobody writes into {table}")


@contextmanager
def in_background(work: Callable[..., None], *arguments: Any) -> Iterator[Future[None]]:
    """The work goes on beside the test; how it ended is for the test to ask."""
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(work, *arguments)

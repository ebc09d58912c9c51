"""A company with numbers, its people, and two account managers, on a real database with an operator in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, TypeVar

import openpyxl
import pytest
from sqlalchemy import CursorResult, text
from sqlalchemy.orm import Session

from bootstrap import Parts
from core import clock, db
from core.i18n import translate
from core.messages import Message
from core.tenancy import all_companies, companies_scope, company_scope
from forms.documents.types import get_type
from forms.requests import desk, execution, service, submission
from forms.requests.models import Request
from lines.numbers import luhn_check_digit
from rbac.actor import Actor
from runs.engine import runner
from runs.models import Run
from runs.selection import parse
from tests.fixtures.operator import RecordingOperator
from tests.fixtures.parts import RememberingQueue, make_parts, make_settings
from tests.fixtures.world import Place, World
from users.actor import load_actor
from users.models import PortfolioEntry, User

Result = TypeVar("Result")
TARIFF = {
    "tariff": "T-M",
    "effective": "now",
    "roaming": "keep",
    "contact": "Иванова",
    "phone": "89161234567",
}


def said(message: str) -> str:
    """An error as it is read, with what is filled into it."""
    assert isinstance(message, Message)
    return translate("en", message, **message.params)


def card(number: int) -> str:
    """The number of a SIM card, with its check digit."""
    body = f"897010166{number:09d}"
    return body + luhn_check_digit(body)


def table(rows: Sequence[Sequence[object]]) -> bytes:
    """An .xlsx with these rows."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Numbers")
    for row in rows:
        sheet.append(list(row))
    target = BytesIO()
    book.save(target)
    return target.getvalue()


@dataclass
class Office:
    """What a test does with requests, as the customer and as account managers."""

    parts: Parts
    operator: RecordingOperator
    queue: RememberingQueue
    world: World
    place: Place
    user: int
    manager: int
    other: int
    admin: int

    def customer(self) -> Actor:
        return self.place.actor(self.user)

    def staff(self, user_id: int | None = None) -> Actor:
        """A person of the operator outside of any company."""
        with companies_scope(()), db.unit_of_work() as session:
            return load_actor(session, user_id or self.manager, None, "198.51.100.4")

    def as_customer(self, work: Callable[[Session, Actor], Result]) -> Result:
        actor = self.customer()
        with company_scope(self.place.company_id), db.unit_of_work() as session:
            return work(session, actor)

    def as_manager(self, work: Callable[[Session, Actor], Result], user_id: int | None = None) -> Result:
        actor = self.staff(user_id)
        with companies_scope(()), db.unit_of_work() as session, desk.portfolio(session, actor):
            return work(session, actor)

    def draft(
        self, code: str = "tariff_and_services", values: dict[str, Any] | None = None, **selection: Any
    ) -> int:
        """A filled-in draft for all lines of the company; returns its id."""

        def work(session: Session, actor: Actor) -> int:
            request = submission.new_draft(session, actor, get_type(code))
            chosen = parse(selection or {"kind": "ids", "ids": self.place.line_ids}, is_ordered=True)
            submission.fill(session, actor, self.parts, request, values or TARIFF, chosen)
            return request.id

        return self.as_customer(work)

    def submitted(self, code: str = "tariff_and_services", values: dict[str, Any] | None = None) -> int:
        request_id = self.draft(code, values)

        def work(session: Session, actor: Actor) -> None:
            submission.submit(session, actor, self.parts, service.get_request(session, actor, request_id))

        self.as_customer(work)
        return request_id

    def move(self, request_id: int, name: str, text: str = "", user_id: int | None = None) -> None:
        """A step of the customer where the table says so, else of a manager."""
        if name in ("answer", "withdraw", "reopen", "complain"):
            self.as_customer(
                lambda session, actor: service.move(
                    session, actor, self.parts, service.get_request(session, actor, request_id), name, text
                )
            )
            return
        self.as_manager(
            lambda session, actor: service.move(
                session, actor, self.parts, desk.get_request(session, request_id).request, name, text
            ),
            user_id,
        )

    def resolve(self, request_id: int, text: str = "Сделано") -> int:
        """Preview and resolve with the operation; returns the run's id."""

        def look(session: Session, actor: Actor) -> int:
            request = desk.get_request(session, request_id).request
            return execution.preview(session, actor, self.parts, request).run.id

        run_id = self.as_manager(look)
        self.as_manager(
            lambda session, actor: execution.resolve(
                session, actor, self.parts, desk.get_request(session, request_id).request, text, run_id
            )
        )
        return run_id

    def request(self, request_id: int) -> Request:
        with all_companies(reason="a test looks"), db.unit_of_work() as session:
            return session.get_one(Request, (self.place.company_id, request_id), populate_existing=True)

    def run(self, run_id: int) -> Run:
        with company_scope(self.place.company_id), db.unit_of_work() as session:
            return session.get_one(Run, (self.place.company_id, run_id), populate_existing=True)

    def work(self, run_id: int, wakes: int = 1) -> None:
        for _ in range(wakes):
            runner.work_on(self.parts, self.place.company_id, run_id, "test-worker")

    def sql(self, statement: str, **values: Any) -> Any:
        """Straight to the database, walls open."""
        with all_companies(reason="a test reaches in"), db.unit_of_work() as session:
            result = session.execute(text(statement), values)
            assert isinstance(result, CursorResult)
            return result.all() if result.returns_rows else None


def hire(name: str, role: str, *companies: int) -> int:
    """A person of the operator."""
    with all_companies(reason="a test hires"), db.unit_of_work() as session:
        user = User(
            company_id=None,
            login=name,
            name=name,
            staff_role=role,
            email=f"{name}@operator.example",
            created_at=clock.now(),
        )
        session.add(user)
        session.flush()
        session.add_all(PortfolioEntry(user_id=user.id, company_id=company) for company in companies)
        return user.id


@pytest.fixture
def office(world: World, tmp_path: Path) -> Office:
    return open_office(world, tmp_path)


def open_office(world: World, tmp_path: Path) -> Office:
    """A company with twelve numbers, two account managers and an administrator of the operator."""
    place = world.company(lines=12)
    operator, queue = RecordingOperator(), RememberingQueue()
    parts = make_parts(make_settings(tmp_path), queue, operator)
    user = world.person(place)
    manager = hire("manager", "operator_manager", place.company_id)
    other = hire("other", "operator_manager", place.company_id)
    return Office(parts, operator, queue, world, place, user, manager, other, hire("boss", "operator_admin"))

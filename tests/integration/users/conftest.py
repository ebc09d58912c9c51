"""Two companies, and people who try to sign in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from core import clock, db
from core.db import unit_of_work
from core.tenancy import all_companies
from tests.fixtures.company_objects import FullPlace, make_full_company
from tests.fixtures.databases import Database
from tests.fixtures.world import PASSWORD, add_staff
from users.models import User
from users.signin.passwords import rehash
from users.signin.service import Refusal, Welcome, sign_in

WRONG_PASSWORD = "Wrong-horse-7"


@dataclass
class Two:
    """Two companies and an account manager of the first."""

    home: FullPlace
    foreign: FullPlace
    manager: int
    operator: int


@pytest.fixture(scope="module")
def two(module_database: Database) -> Iterator[Two]:
    db.connect(module_database.url, pool_size=20)
    with all_companies(reason="a test makes its world"), unit_of_work() as session:
        home, foreign = make_full_company(session, 1), make_full_company(session, 2)
        manager = add_staff(session, "operator_manager", "manager", (home.company_id,))
        operator = add_staff(session, "operator_admin", "operator")
    yield Two(home, foreign, manager, operator)
    db.engine().dispose()


def attempt(login: str, password: str, device: str = "") -> Welcome | Refusal:
    """A try from a browser that has this token."""
    with all_companies(reason="a test signs in"), unit_of_work() as session:
        return sign_in(
            session, login, password, moment=clock.now(), ip="192.0.2.1", agent="test", device=device
        )


def newcomer(
    place: FullPlace, login: str, *, password: str = PASSWORD, email: str = "", phone: str = ""
) -> int:
    with all_companies(reason="a test makes a person"), unit_of_work() as session:
        user = User(
            company_id=place.company_id,
            login=login,
            name=login.title(),
            email=email,
            phone=phone,
            password_hash=rehash(password),
            created_at=clock.now(),
        )
        session.add(user)
        session.flush()
        return user.id


def said(login: str, password: str, device: str = "") -> tuple[str, int]:
    """The message and the minutes of a refusal."""
    outcome = attempt(login, password, device)
    assert isinstance(outcome, Refusal)
    return outcome.message, outcome.minutes

"""Sign-in under attack, who acts with what rights, and the rules of granting."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import select

from core import clock, db, journal
from core.db import unit_of_work
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.tenancy import all_companies, company_scope
from hierarchy import service as hierarchy
from rbac.decision import is_allowed
from rbac.models import Grant, Role
from rbac.permissions import Permission
from tests.fixtures.databases import Database
from tests.web.world import PASSWORD, Place, make_company, make_staff
from users import portfolio, roles, service
from users.actor import load_actor
from users.models import User
from users.signin import LOCKED, WRONG, Refusal, Welcome, sign_in


@dataclass
class Two:
    """Two companies and an account manager of the first."""

    home: Place
    foreign: Place
    manager: int
    operator: int


@pytest.fixture(scope="module")
def two(module_database: Database) -> Iterator[Two]:
    db.connect(module_database.url, pool_size=20)
    with all_companies(reason="a test makes its world"), unit_of_work() as session:
        home, foreign = make_company(session, 1), make_company(session, 2)
        manager = make_staff(session, "operator_manager", "manager", (home.company,))
        operator = make_staff(session, "operator_admin", "operator")
    yield Two(home, foreign, manager, operator)
    db.engine().dispose()


def attempt(login: str, password: str) -> Welcome | Refusal:
    with all_companies(reason="a test signs in"), unit_of_work() as session:
        return sign_in(session, login, password, moment=clock.now(), ip="192.0.2.1", agent="test")


def test_many_wrong_tries_at_once_are_still_three(two: Two) -> None:
    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(lambda _: attempt("viewer-1", "Wrong-horse-7"), range(12)))
    assert all(isinstance(outcome, Refusal) for outcome in outcomes)
    assert sum(outcome.message == WRONG for outcome in outcomes if isinstance(outcome, Refusal)) == 2
    last = attempt("viewer-1", PASSWORD)
    assert isinstance(last, Refusal)
    assert (last.message, last.minutes) == (LOCKED, 10)
    with company_scope(two.home.company), unit_of_work() as session:
        written = session.scalars(
            select(journal.JournalEntry.action).where(
                journal.JournalEntry.object_id == two.home.users["viewer"],
                journal.JournalEntry.action.startswith("signin."),
            )
        ).all()
        assert sorted(written) == ["signin.failed", "signin.failed", "signin.failed", "signin.locked"]
        assert journal.verify(session, two.home.company) == []


@pytest.mark.parametrize(
    "typed", ["AUDITOR-1", "auditor@example.org", "+7 912 000-11-22", "8 (912) 000 11 22"]
)
def test_login_email_and_phone_all_name_the_person(two: Two, typed: str) -> None:
    with company_scope(two.home.company), unit_of_work() as session:
        user = session.get_one(User, two.home.users["auditor"])
        user.email, user.phone = "Auditor@example.org", "79120001122"
    assert isinstance(attempt(typed, PASSWORD), Welcome)


def test_an_email_of_two_people_names_nobody(two: Two) -> None:
    with all_companies(reason="a test prepares"), unit_of_work() as session:
        for place in (two.home, two.foreign):
            session.get_one(User, place.users["accountant"]).email = "shared@example.org"
    assert isinstance(attempt("shared@example.org", PASSWORD), Refusal)
    assert isinstance(attempt("nobody-at-all", PASSWORD), Refusal)


def test_an_actor_has_the_rights_of_the_moment(two: Two) -> None:
    user_id, company = two.home.users["numbers_manager"], two.home.company
    with company_scope(company), unit_of_work() as session:
        actor = load_actor(session, user_id, company, "192.0.2.1")
        assert is_allowed(actor, Permission.LINES_BLOCK, two.home.department_path)
        assert not is_allowed(actor, Permission.USERS_EDIT, two.home.root)
        grant = session.scalars(select(Grant).where(Grant.user_id == user_id)).one()
        grant.valid_until = clock.now() - timedelta(seconds=1)
        session.flush()
        assert not load_actor(session, user_id, company).grants
        grant.valid_until = None


def test_nobody_acts_in_a_foreign_company(two: Two) -> None:
    with company_scope(two.foreign.company), unit_of_work() as session:
        with pytest.raises(NotFound):
            load_actor(session, two.home.users["global_admin"], two.foreign.company)
        with pytest.raises(NotFound):
            load_actor(session, two.manager, two.foreign.company, reason="A reason good enough")


def test_staff_act_inside_with_a_reason_only(two: Two) -> None:
    with company_scope(two.home.company), unit_of_work() as session:
        with pytest.raises(NotFound):
            load_actor(session, two.manager, two.home.company, reason="")
        inside = load_actor(session, two.manager, two.home.company, "192.0.2.1", "Call of the customer")
        assert inside.is_staff
        assert is_allowed(inside, Permission.LINES_BLOCK, two.home.department_path)
        assert not is_allowed(inside, Permission.LINES_BLOCK, two.foreign.root)
        outside = load_actor(session, two.manager, None)
        words = {granted.permission for granted in outside.grants}
        assert words == {Permission.COMPANIES_ENTER.value, Permission.DESK_WORK.value}


def test_the_portfolio_is_all_that_a_manager_sees(two: Two) -> None:
    with all_companies(reason="a test looks"), unit_of_work() as session:
        manager, operator = load_actor(session, two.manager, None), load_actor(session, two.operator, None)
        assert [row.id for row in portfolio.companies(session, manager)] == [two.home.company]
        assert len(portfolio.companies(session, operator)) == 2
        with pytest.raises(NotFound):
            portfolio.enter(session, manager, "hash", two.foreign.company, "Curious about them")
        with pytest.raises(InvalidInput):
            portfolio.enter(session, manager, "hash", two.home.company, "  x ")


def test_the_last_administrator_stays(two: Two) -> None:
    place = two.foreign
    with company_scope(place.company), unit_of_work() as session:
        admin = load_actor(session, place.users["global_admin"], place.company)
        own = session.scalars(select(Grant.id).where(Grant.user_id == admin.user_id)).one()
        with pytest.raises(Conflict):
            roles.revoke_role(session, admin, place.users["global_admin"], own)
        with pytest.raises(Conflict):
            service.block_user(session, admin, place.users["global_admin"])
        roles.grant_role(session, admin, place.users["viewer"], place.roles["global_admin"], place.root_id)
        service.block_user(session, admin, place.users["viewer"])
        with pytest.raises(Conflict):
            roles.revoke_role(session, admin, place.users["global_admin"], own)


def test_nobody_grants_or_touches_more_than_they_hold(two: Two) -> None:
    place = two.home
    with company_scope(place.company), unit_of_work() as session:
        admin = load_actor(session, place.users["global_admin"], place.company)
        helper = service.create_user(session, admin, login="helper", name="Helper", password=PASSWORD)
        roles.grant_role(session, admin, helper.id, place.roles["global_admin"], place.department)
        below = load_actor(session, helper.id, place.company)
        with pytest.raises(NotAllowed):
            roles.grant_role(session, below, helper.id, place.roles["viewer"], place.root_id)
        # Who holds roles above only is not even seen from the branch.
        with pytest.raises(NotFound):
            roles.grant_role(session, below, place.users["viewer"], place.roles["viewer"], place.root_id)
        with pytest.raises(NotFound):
            service.reset_password(session, below, place.users["global_admin"], "Another-horse-8")
        roles.grant_role(session, admin, place.users["viewer"], place.roles["viewer"], place.department)
        with pytest.raises(NotAllowed):
            service.reset_password(session, below, place.users["viewer"], "Another-horse-8")
        with pytest.raises(Conflict):
            service.reset_password(session, admin, place.users["global_admin"], "Another-horse-8")
        with pytest.raises(NotFound):
            service.block_user(session, admin, two.foreign.users["viewer"])
        with pytest.raises(InvalidInput) as refusal:
            service.create_user(
                session, admin, login="GLOBAL_ADMIN-2", name="", password="x", email="a", phone="b"
            )
        assert set(refusal.value.fields) == {"name", "password", "email", "phone"}
        with pytest.raises(InvalidInput) as taken:
            service.create_user(session, admin, login="GLOBAL_ADMIN-2", name="Twin", password=PASSWORD)
        assert set(taken.value.fields) == {"login"}


def test_nobody_takes_more_than_they_hold(two: Two) -> None:
    place = two.home
    with company_scope(place.company), unit_of_work() as session:
        admin = load_actor(session, place.users["global_admin"], place.company)
        giver = Role(
            company_id=place.company, title="Giver", preset=None, permissions=[Permission.ROLES_GRANT.value]
        )
        session.add(giver)
        session.flush()
        clerk = service.create_user(session, admin, login="clerk", name="Clerk", password=PASSWORD)
        roles.grant_role(session, admin, clerk.id, giver.id, place.root_id)
        held = roles.held_roles(session, admin, [place.users["numbers_manager"]])
        grant = held[place.users["numbers_manager"]][0]
        actor = load_actor(session, clerk.id, place.company)
        with pytest.raises(NotAllowed):
            roles.revoke_role(session, actor, place.users["numbers_manager"], grant.grant_id)
        own = roles.held_roles(session, admin, [clerk.id])[clerk.id][0]
        roles.revoke_role(session, actor, clerk.id, own.grant_id)


def test_a_role_waits_for_a_branch_that_moves(two: Two) -> None:
    """The path of a role is read after the move, never before."""
    place = two.foreign
    with company_scope(place.company), unit_of_work() as session:
        admin = load_actor(session, place.users["global_admin"], place.company)
        side = hierarchy.create_department(session, admin, place.root_id, "Side")
    granted: list[str] = []

    def grant() -> None:
        with company_scope(place.company), unit_of_work() as other:
            roles.grant_role(other, admin, place.users["viewer"], place.roles["viewer"], place.department)
        with company_scope(place.company), unit_of_work() as other:
            paths = select(Grant.path).where(Grant.user_id == place.users["viewer"])
            granted.extend(other.scalars(paths))

    with ThreadPoolExecutor(1) as pool:
        with company_scope(place.company), unit_of_work() as session:
            hierarchy.move_department(session, admin, place.department, side.id)
            waiting = pool.submit(grant)
            time.sleep(0.5)
            assert not waiting.done()
        waiting.result(20)
    assert f"{side.path}{place.department}/" in granted

"""Sign-in under attack, who acts with what rights, and the rules of granting."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from core import clock
from core.db import unit_of_work
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.journal import entries as journal
from core.tenancy import all_companies, company_scope
from hierarchy import service as hierarchy
from rbac.decision import is_allowed
from rbac.models import Grant, Role
from rbac.permissions import Permission
from tests.fixtures.world import PASSWORD
from tests.integration.users.conftest import Two, attempt, newcomer, said
from users import roles, service
from users.actor import load_actor
from users.models import NameTries, User
from users.signin.service import LOCKED, WRONG, Refusal, Welcome
from users.staff import portfolio


def test_many_wrong_tries_at_once_are_still_three(two: Two) -> None:
    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(lambda _: attempt("viewer-1", "Wrong-horse-7"), range(12)))
    assert all(isinstance(outcome, Refusal) for outcome in outcomes)
    assert sum(outcome.message == WRONG for outcome in outcomes if isinstance(outcome, Refusal)) == 2
    last = attempt("viewer-1", PASSWORD)
    assert isinstance(last, Refusal)
    assert (last.message, last.minutes) == (LOCKED, 10)
    with company_scope(two.home.company_id), unit_of_work() as session:
        written = session.scalars(
            select(journal.JournalEntry.action).where(
                journal.JournalEntry.object_id == two.home.users["viewer"],
                journal.JournalEntry.action.startswith("signin."),
            )
        ).all()
        assert sorted(written) == ["signin.failed", "signin.failed", "signin.failed", "signin.locked"]
        assert journal.verify(session, two.home.company_id) == []


@pytest.mark.parametrize(
    "typed", ["AUDITOR-1", "auditor@example.org", "+7 912 000-11-22", "8 (912) 000 11 22"]
)
def test_login_email_and_phone_all_name_the_person(two: Two, typed: str) -> None:
    with company_scope(two.home.company_id), unit_of_work() as session:
        user = session.get_one(User, two.home.users["auditor"])
        user.email, user.phone = "Auditor@example.org", "79120001122"
    assert isinstance(attempt(typed, PASSWORD), Welcome)


def test_an_email_of_two_people_lets_in_each_by_the_own_password(two: Two) -> None:
    mine = newcomer(two.home, "shared-1", email="shared@example.org")
    other = newcomer(two.foreign, "shared-2", email="Shared@example.org", password="Another-horse-8")
    for password, user_id in ((PASSWORD, mine), ("Another-horse-8", other)):
        welcome = attempt("shared@example.org", password)
        assert isinstance(welcome, Welcome)
        assert welcome.user.id == user_id


def test_nobody_claims_a_name_of_somebody_elsewhere(two: Two) -> None:
    victim = newcomer(two.home, "victim", email="victim@example.org", phone="79160001122")
    with company_scope(two.foreign.company_id), unit_of_work() as session:
        admin = load_actor(session, two.foreign.users["global_admin"], two.foreign.company_id)
        for login in ("victim@example.org", "+7(916)000-11-22", "89160001122"):
            with pytest.raises(InvalidInput) as refusal:
                service.create_user(session, admin, login=login, name="Claim", password="Another-horse-8")
            assert set(refusal.value.fields) == {"login"}
        claim = service.create_user(
            session,
            admin,
            login="claim",
            name="Claim",
            password="Another-horse-8",
            email="victim@example.org",
            phone="+7 916 000-11-22",
        )
    for typed in ("victim@example.org", "+7 916 000-11-22"):
        welcome = attempt(typed, PASSWORD)
        assert isinstance(welcome, Welcome)
        assert welcome.user.id == victim
        welcome = attempt(typed, "Another-horse-8")
        assert isinstance(welcome, Welcome)
        assert welcome.user.id == claim.id


def test_wrong_tries_of_a_shared_name_lock_the_name_and_nobody(two: Two) -> None:
    newcomer(two.home, "both-1", email="both@example.org")
    newcomer(two.foreign, "both-2", email="both@example.org")
    assert [said("BOTH@example.org", "Wrong-horse-7")[0] for _ in range(3)] == [WRONG, WRONG, LOCKED]
    assert said("both@example.org", PASSWORD) == (LOCKED, 10)
    assert isinstance(attempt("both-1", PASSWORD), Welcome)
    assert isinstance(attempt("both-2", PASSWORD), Welcome)


def test_a_name_of_nobody_is_answered_like_somebodys(two: Two) -> None:
    def answers(login: str) -> list[tuple[str, int]]:
        replies = [said(login, "Wrong-horse-7") for _ in range(4)]
        with time_machine.travel(clock.now() + timedelta(minutes=4), tick=False):
            replies.append(said(login, "Wrong-horse-7"))
        with time_machine.travel(clock.now() + timedelta(minutes=11), tick=False):
            replies += [said(login, "Wrong-horse-7") for _ in range(4)]
        return replies

    newcomer(two.home, "somebody")
    known = answers("somebody")
    assert [message for message, _ in known] == [
        WRONG,
        WRONG,
        LOCKED,
        LOCKED,
        LOCKED,
        WRONG,
        WRONG,
        LOCKED,
        LOCKED,
    ]
    assert answers("nobody-at-all") == known
    assert said("Nobody-at-all", "Wrong-horse-7")[0] == LOCKED
    with ThreadPoolExecutor(12) as pool:
        outcomes = list(pool.map(lambda _: said("nobody-at-once", "Wrong-horse-7")[0], range(12)))
    assert outcomes.count(WRONG) == 2


def test_what_people_mistype_is_kept_nowhere(two: Two) -> None:
    attempt("My-Secret-Passw0rd", "viewer-2")
    with all_companies(reason="a test looks"), unit_of_work() as session:
        names = session.scalars(select(NameTries.name_hash)).all()
        assert names
        assert all(len(name) == 64 for name in names)


def test_an_actor_has_the_rights_of_the_moment(two: Two) -> None:
    user_id, company = two.home.users["numbers_manager"], two.home.company_id
    with company_scope(company), unit_of_work() as session:
        actor = load_actor(session, user_id, company, "192.0.2.1")
        assert is_allowed(actor, Permission.LINES_BLOCK, two.home.department_path)
        assert not is_allowed(actor, Permission.USERS_EDIT, two.home.root_path)
        grant = session.scalars(select(Grant).where(Grant.user_id == user_id)).one()
        grant.valid_until = clock.now() - timedelta(seconds=1)
        session.flush()
        assert not load_actor(session, user_id, company).grants
        grant.valid_until = None


def test_nobody_acts_in_a_foreign_company(two: Two) -> None:
    with company_scope(two.foreign.company_id), unit_of_work() as session:
        with pytest.raises(NotFound):
            load_actor(session, two.home.users["global_admin"], two.foreign.company_id)
        with pytest.raises(NotFound):
            load_actor(session, two.manager, two.foreign.company_id, reason="A reason good enough")


def test_staff_act_inside_with_a_reason_only(two: Two) -> None:
    with company_scope(two.home.company_id), unit_of_work() as session:
        with pytest.raises(NotFound):
            load_actor(session, two.manager, two.home.company_id, reason="")
        inside = load_actor(session, two.manager, two.home.company_id, "192.0.2.1", "Call of the customer")
        assert inside.is_staff
        assert is_allowed(inside, Permission.LINES_BLOCK, two.home.department_path)
        assert not is_allowed(inside, Permission.LINES_BLOCK, two.foreign.root_path)
        outside = load_actor(session, two.manager, None)
        words = {granted.permission for granted in outside.grants}
        assert words == {Permission.COMPANIES_ENTER.value, Permission.DESK_WORK.value}


def test_the_portfolio_is_all_that_a_manager_sees(two: Two) -> None:
    with all_companies(reason="a test looks"), unit_of_work() as session:
        manager, operator = load_actor(session, two.manager, None), load_actor(session, two.operator, None)
        assert [row.id for row in portfolio.companies(session, manager)] == [two.home.company_id]
        assert len(portfolio.companies(session, operator)) == 2
        with pytest.raises(NotFound):
            portfolio.enter(session, manager, "hash", two.foreign.company_id, "Curious about them")
        with pytest.raises(InvalidInput):
            portfolio.enter(session, manager, "hash", two.home.company_id, "  x ")


def test_the_last_administrator_stays(two: Two) -> None:
    place = two.foreign
    with company_scope(place.company_id), unit_of_work() as session:
        admin = load_actor(session, place.users["global_admin"], place.company_id)
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
    with company_scope(place.company_id), unit_of_work() as session:
        admin = load_actor(session, place.users["global_admin"], place.company_id)
        helper = service.create_user(session, admin, login="helper", name="Helper", password=PASSWORD)
        roles.grant_role(session, admin, helper.id, place.roles["global_admin"], place.department)
        below = load_actor(session, helper.id, place.company_id)
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
            service.create_user(session, admin, login="HELPER", name="Twin", password=PASSWORD)
        assert set(taken.value.fields) == {"login"}


def test_nobody_takes_more_than_they_hold(two: Two) -> None:
    place = two.home
    with company_scope(place.company_id), unit_of_work() as session:
        admin = load_actor(session, place.users["global_admin"], place.company_id)
        giver = Role(
            company_id=place.company_id,
            title="Giver",
            preset=None,
            permissions=[Permission.ROLES_GRANT.value],
        )
        session.add(giver)
        session.flush()
        clerk = service.create_user(session, admin, login="clerk", name="Clerk", password=PASSWORD)
        roles.grant_role(session, admin, clerk.id, giver.id, place.root_id)
        held = roles.held_roles(session, admin, [place.users["numbers_manager"]])
        grant = held[place.users["numbers_manager"]][0]
        actor = load_actor(session, clerk.id, place.company_id)
        with pytest.raises(NotAllowed):
            roles.revoke_role(session, actor, place.users["numbers_manager"], grant.grant_id)
        own = roles.held_roles(session, admin, [clerk.id])[clerk.id][0]
        roles.revoke_role(session, actor, clerk.id, own.grant_id)


def test_a_role_waits_for_a_branch_that_moves(two: Two) -> None:
    """The path of a role is read after the move, never before."""
    place = two.foreign
    with company_scope(place.company_id), unit_of_work() as session:
        admin = load_actor(session, place.users["global_admin"], place.company_id)
        side = hierarchy.create_department(session, admin, place.root_id, "Side")
    granted: list[str] = []

    def grant() -> None:
        with company_scope(place.company_id), unit_of_work() as other:
            roles.grant_role(other, admin, place.users["viewer"], place.roles["viewer"], place.department)
        with company_scope(place.company_id), unit_of_work() as other:
            paths = select(Grant.path).where(Grant.user_id == place.users["viewer"])
            granted.extend(other.scalars(paths))

    with ThreadPoolExecutor(1) as pool:
        with company_scope(place.company_id), unit_of_work() as session:
            hierarchy.move_department(session, admin, place.department, side.id)
            waiting = pool.submit(grant)
            time.sleep(0.5)
            assert not waiting.done()
        waiting.result(20)
    assert f"{side.path}{place.department}/" in granted

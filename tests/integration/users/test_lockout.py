"""Locks of names, browsers that are known, and what neither of them tells."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from core import clock
from core.db import unit_of_work
from core.errors import InvalidInput
from core.tenancy import all_companies, company_scope
from tests.fixtures.world import PASSWORD
from tests.integration.users.conftest import WRONG_PASSWORD, Two, attempt, newcomer, said
from users import service
from users.actor import load_actor
from users.models import User
from users.signin import passwords, sessions
from users.signin.service import BLOCKED, LOCKED, WRONG, Refusal, Welcome

OTHER_PASSWORD = "Another-horse-8"


def test_who_shares_a_name_does_not_clear_its_tries(two: Two) -> None:
    """Else an own person with somebody's address would give as many guesses at that one's password as one likes."""
    newcomer(two.home, "third-1", email="third@example.org")
    newcomer(two.foreign, "third-2", email="third@example.org", password=OTHER_PASSWORD)
    answers = []
    for _ in range(3):
        answers.append(said("third@example.org", WRONG_PASSWORD)[0])
        attempt("third@example.org", OTHER_PASSWORD)
    assert answers == [WRONG, WRONG, LOCKED]


def test_right_tries_count_for_nothing_and_wrong_ones_for_an_hour(two: Two) -> None:
    newcomer(two.home, "steady")
    for _ in range(2):
        said("steady", WRONG_PASSWORD)
    for _ in range(5):
        assert isinstance(attempt("steady", PASSWORD), Welcome)
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        assert said("steady", WRONG_PASSWORD)[0] == WRONG


def test_each_lock_is_longer_up_to_an_hour(two: Two) -> None:
    newcomer(two.home, "target")
    moment, minutes = clock.now(), []
    for _ in range(5):
        with time_machine.travel(moment, tick=False):
            answers = [said("target", WRONG_PASSWORD) for _ in range(3)]
        minutes.append(answers[-1][1])
        moment += timedelta(minutes=minutes[-1], seconds=1)
    assert minutes == [10, 20, 40, 60, 60]
    with time_machine.travel(moment + timedelta(days=1), tick=False):
        assert [said("target", WRONG_PASSWORD) for _ in range(3)][-1] == (LOCKED, 10)


def test_a_stranger_closes_no_name_to_a_browser_that_is_known(two: Two) -> None:
    newcomer(two.home, "owner", email="owner@example.org")
    welcome = attempt("owner", PASSWORD)
    assert isinstance(welcome, Welcome)
    for name in ("owner", "owner@example.org"):
        assert [said(name, WRONG_PASSWORD)[0] for _ in range(3)][-1] == LOCKED
        assert said(name, PASSWORD)[0] == LOCKED
        assert said(name, PASSWORD, "another browser")[0] == LOCKED
        again = attempt(name, PASSWORD, welcome.device)
        assert isinstance(again, Welcome)
        assert again.device == welcome.device
    # Its own wrong tries are three too: then it is no better than any other.
    answers = [said("owner", WRONG_PASSWORD, welcome.device)[0] for _ in range(3)]
    assert answers == [WRONG, WRONG, LOCKED]
    assert said("owner", PASSWORD, welcome.device)[0] == LOCKED


def test_a_known_browser_opens_for_nobody_else(two: Two) -> None:
    newcomer(two.home, "alone", email="twins@example.org")
    newcomer(two.foreign, "twin", email="twins@example.org", password=OTHER_PASSWORD)
    attacker = attempt("twin", OTHER_PASSWORD)
    assert isinstance(attacker, Welcome)
    answers = [said("twins@example.org", WRONG_PASSWORD, attacker.device)[0] for _ in range(2)]
    assert isinstance(attempt("twins@example.org", OTHER_PASSWORD, attacker.device), Welcome)
    answers.append(said("twins@example.org", WRONG_PASSWORD, attacker.device)[0])
    assert answers == [WRONG, WRONG, LOCKED]
    assert isinstance(attempt("twins@example.org", PASSWORD, attacker.device), Refusal)


def test_a_new_password_makes_every_browser_a_strangers(two: Two) -> None:
    user_id = newcomer(two.home, "lost-phone")
    welcome = attempt("lost-phone", PASSWORD)
    assert isinstance(welcome, Welcome)
    with company_scope(two.home.company_id), unit_of_work() as session:
        admin = load_actor(session, two.home.users["global_admin"], two.home.company_id)
        service.reset_password(session, admin, user_id, OTHER_PASSWORD)
    for _ in range(3):
        attempt("lost-phone", WRONG_PASSWORD)
    assert said("lost-phone", OTHER_PASSWORD, welcome.device)[0] == LOCKED


def test_an_administrator_opens_a_login_that_is_locked(two: Two) -> None:
    user_id = newcomer(two.home, "forgetful")
    for _ in range(3):
        attempt("forgetful", WRONG_PASSWORD)
    with company_scope(two.home.company_id), unit_of_work() as session:
        admin = load_actor(session, two.home.users["global_admin"], two.home.company_id)
        assert user_id in service.locks_of(session, [session.get_one(User, user_id)])
        service.unblock_user(session, admin, user_id)
    assert isinstance(attempt("forgetful", PASSWORD), Welcome)


def test_a_blocked_person_is_told_so_with_the_right_password_only(two: Two) -> None:
    user_id = newcomer(two.home, "barred")
    with company_scope(two.home.company_id), unit_of_work() as session:
        session.get_one(User, user_id).is_blocked = True
    assert said("barred", WRONG_PASSWORD)[0] == WRONG
    assert said("barred", PASSWORD)[0] == BLOCKED


def test_the_work_tells_nobody_who_has_an_address(two: Two, monkeypatch: pytest.MonkeyPatch) -> None:
    newcomer(two.home, "prober", email="known@example.org", password=OTHER_PASSWORD)
    newcomer(two.home, "prober-2", email="prober@example.org", password=OTHER_PASSWORD)
    newcomer(two.foreign, "prober-3", email="known@example.org")
    hashes: list[str] = []
    verify = passwords._verifies

    def counted(password_hash: str, password: str) -> bool:
        hashes.append(password_hash)
        return verify(password_hash, password)

    monkeypatch.setattr(passwords, "_verifies", counted)

    def work(name: str, password: str) -> int:
        hashes.clear()
        attempt(name, password)
        return len(hashes)

    addresses = ("known@example.org", "prober@example.org", "nobody@example.org", "+7 900 000-00-00")
    for password in (WRONG_PASSWORD, OTHER_PASSWORD, WRONG_PASSWORD):
        assert {work(name, password) for name in addresses} == {3}
    assert {work("prober", WRONG_PASSWORD), work("nobody-of-that-name", WRONG_PASSWORD)} == {1}


def test_a_login_of_another_company_is_free(two: Two) -> None:
    for place in (two.home, two.foreign):
        with company_scope(place.company_id), unit_of_work() as session:
            admin = load_actor(session, place.users["global_admin"], place.company_id)
            user = service.create_user(session, admin, login="Petrov", name="Petrov", password=PASSWORD)
            assert user.login == f"Petrov.{place.company_id}"
            for again in ("petrov", f"PETROV.{place.company_id}"):
                with pytest.raises(InvalidInput) as taken:
                    service.create_user(session, admin, login=again, name="Twin", password=PASSWORD)
                assert taken.value.fields == {"login": [service.TAKEN]}


def test_a_person_has_ten_sessions_at_most(two: Two) -> None:
    user_id = newcomer(two.home, "busy")
    tokens, began = [], clock.now()
    for second in range(12):
        with time_machine.travel(began + timedelta(seconds=second), tick=False):
            welcome = attempt("busy", PASSWORD)
            assert isinstance(welcome, Welcome)
            tokens.append(welcome.token)
    with all_companies(reason="a test looks"), unit_of_work() as session:
        alive = sessions.alive(session, user_id, moment=clock.now(), limits=sessions.Limits(15, 12))
        assert {row.token_hash for row in alive} == {sessions.token_hash(token) for token in tokens[2:]}

"""The password policy, hashing, and what people type to say who they are."""

from __future__ import annotations

import gzip
import unicodedata

import pytest
from argon2 import PasswordHasher

from console.cli.demo_people import PASSWORD as DEMO_PASSWORD
from core.errors import InvalidInput
from users.signin.common import FILE, MIN_LENGTH, is_guessable
from users.signin.identifiers import login_problem, looked_up, normal_login, normal_phone
from users.signin.own_words import own_words
from users.signin.passwords import (
    COMMON,
    GUESSABLE,
    MAX_LENGTH,
    TOO_LONG,
    TOO_SHORT,
    hash_password,
    is_outdated,
    matches,
    problems,
)
from users.signin.sessions import idle_minutes


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery staple",
        "летний дождь идёт",
        "kx92mvlq03ndz",
        "Correct-horse-7",
        "   blanks within and around   ",
        "тот самый зелёный трамвай " * 9,
        "🐎🔋 скрепка верно лошадь",
    ],
)
def test_any_composition_is_taken_and_nothing_is_cut(password: str) -> None:
    assert problems(password) == []
    made = hash_password(password)
    assert matches(made, password)
    assert not matches(made, password[:-1])
    assert not matches(made, password.strip() + "x")


@pytest.mark.parametrize(
    "password",
    [
        "Password1234",
        "Passw0rd!!!!",
        "Qwerty123456",
        "Aa1234567890",
        "Welcome12026",
        "Admin123Admin123",
        "P@ssw0rd2026",
        "Parol1232026",
        "Beeline12026",
        "1234567890123",
        "пароль123456",
        "йцукенгшщзхъ",
        "ВашПароль1234",
        "virtualmanager2026",
        "qwe123qwe123qwe123",
        "a" * 200,
    ],
)
def test_what_many_would_choose_is_refused(password: str) -> None:
    assert problems(password) in ([COMMON], [GUESSABLE])


def test_the_list_is_long_and_of_passwords_that_the_length_would_let_pass() -> None:
    listed = gzip.decompress(FILE.read_bytes()).decode().split()
    assert len(listed) >= 3000
    assert all(len(password) >= MIN_LENGTH for password in listed)
    strong = next(password for password in listed if not is_guessable(password))
    assert problems(strong.upper()) == [COMMON]


def test_the_password_of_the_demo_is_for_the_demo_only() -> None:
    assert problems(DEMO_PASSWORD) == [GUESSABLE]


def test_length_is_counted_in_characters_and_told() -> None:
    assert problems("коса-трамва") == [TOO_SHORT]
    assert problems("") == [TOO_SHORT]
    assert problems("тот самый трамвай " * 20) == [TOO_LONG]


@pytest.mark.parametrize(
    "password",
    [
        "ivanov-pyotr-1990",
        "Ownlogin1Ownlogin1",
        "pyotr.ivanov@corp.example",
        "romashka-2026",
        "+7 916 123-45-67!",
    ],
)
def test_words_of_the_person_make_a_poor_password(password: str) -> None:
    own = own_words(
        login="ownlogin1",
        name="Ivanov Pyotr",
        email="pyotr.ivanov@corp.example",
        phone="79161234567",
        company="LLC Romashka",
    )
    assert problems(password, own) == [GUESSABLE]


def test_longer_than_the_limit_never_matches() -> None:
    long = "тот самый трамвай " * 14
    made = hash_password(long[:MAX_LENGTH])
    assert matches(made, long[:MAX_LENGTH])
    assert not matches(made, long[:MAX_LENGTH] + "x")


def test_one_password_in_two_writings_is_one() -> None:
    composed, decomposed = (unicodedata.normalize(form, "зелёный трамвай № 5") for form in ("NFC", "NFD"))
    assert matches(hash_password(decomposed), composed)
    assert matches(hash_password(composed), decomposed)
    as_typed_before = PasswordHasher().hash(decomposed)
    assert matches(as_typed_before, decomposed)


def test_a_hash_matches_its_password_only() -> None:
    made = hash_password("Correct-horse-7")
    assert made.startswith("$argon2id$")
    assert matches(made, "Correct-horse-7")
    assert not matches(made, "Correct-horse-8")
    assert not is_outdated(made)


def test_an_empty_hash_is_never_matched() -> None:
    assert not matches("", "the password of nobody")
    assert not matches("broken", "x")


def test_weak_password_is_refused_at_its_field() -> None:
    with pytest.raises(InvalidInput) as refusal:
        hash_password("short", field="new")
    assert refusal.value.fields["new"]


@pytest.mark.parametrize(
    ("typed", "phone"),
    [
        ("+7 912 345-67-89", "79123456789"),
        ("8(912)3456789", "79123456789"),
        ("admin", None),
        ("a1@b.ru", None),
        ("12", None),
    ],
)
def test_phones_are_read_in_any_writing(typed: str, phone: str | None) -> None:
    assert normal_phone(typed) == phone


@pytest.mark.parametrize("login", ["admin", "Ivanov.P", "иванов-2", "a_1", "1234"])
def test_logins_that_may_be(login: str) -> None:
    assert login_problem(login) is None


@pytest.mark.parametrize(
    "login",
    ["admin\u200b", "\u0430dmin", "ad\u00admin", "ab", "two words", "x" * 101, "adm\u2028in", "adm\u03bfn"],
)
def test_logins_that_look_like_another_or_like_nothing(login: str) -> None:
    assert login_problem(login) is not None


@pytest.mark.parametrize("login", ["ivanov@corp.example", "79161234567", "+7 916 123-45-67"])
def test_an_address_or_a_number_is_no_login_since_others_sign_in_by_it(login: str) -> None:
    assert login_problem(login) is not None


def test_a_login_is_one_in_whatever_writing() -> None:
    assert normal_login("\uff41dmin ") == "admin"
    assert looked_up("ЙОД") == looked_up("и\u0306од")


@pytest.mark.parametrize(("company", "minutes"), [(None, 15), (1, 5), (30, 30), (600, 60)])
def test_idle_time_stays_within_five_to_sixty(company: int | None, minutes: int) -> None:
    assert idle_minutes(company, 15) == minutes

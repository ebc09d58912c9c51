"""The password policy, hashing, and what people type to say who they are."""

from __future__ import annotations

import pytest

from core.errors import InvalidInput
from users.signin.identifiers import normal_phone
from users.signin.passwords import hash_password, is_outdated, matches, problems
from users.signin.sessions import idle_minutes


@pytest.mark.parametrize(
    ("password", "count"),
    [
        ("Abcdef12", 0),
        ("Abcde12", 1),
        ("abcdef12", 1),
        ("ABCDEF12", 1),
        ("Abcdefgh", 1),
        ("", 3),
        ("Пароль-77", 0),
    ],
)
def test_policy_names_everything_that_is_wrong(password: str, count: int) -> None:
    assert len(problems(password)) == count


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


@pytest.mark.parametrize(("company", "minutes"), [(None, 15), (1, 5), (30, 30), (600, 60)])
def test_idle_time_stays_within_five_to_sixty(company: int | None, minutes: int) -> None:
    assert idle_minutes(company, 15) == minutes

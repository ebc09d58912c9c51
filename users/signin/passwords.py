"""Passwords: the policy, hashing with argon2, and the same work for a login that does not exist."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import InvalidInput
from core.i18n import N_
from users.signin.common import MIN_LENGTH, is_common, is_guessable

MAX_LENGTH = 256
"""Longer ones are refused, never cut. No rule says of what characters a password is made."""

TOO_SHORT = N_("Use at least 12 characters.")
TOO_LONG = N_("Use at most 256 characters.")
COMMON = N_("Many people have this password, so it is tried first. Choose another.")
GUESSABLE = N_(
    "This is easy to guess: a common word, a repetition, a row of keys, or something of your own such as a name, "
    "a login or the company. Use several words that have nothing to do with each other."
)

_hasher = PasswordHasher()


def problems(password: str, own: Iterable[str] = ()) -> list[str]:
    """Every way in which a new password falls short, as message ids; empty for a good one.

    `own` are words of the person (users.signin.own_words), which make a poor password.
    """
    if _is_too_long(password):
        return [TOO_LONG]
    wrong = [TOO_SHORT] if len(_normal(password)) < MIN_LENGTH else []
    if password and is_common(password):
        wrong.append(COMMON)
    elif not wrong and is_guessable(password, own):
        wrong.append(GUESSABLE)
    return wrong


def hash_password(password: str, own: Iterable[str] = (), *, field: str = "password") -> str:
    """The argon2id hash of a password that keeps the policy; raises InvalidInput on `field`."""
    wrong = problems(password, own)
    if wrong:
        raise InvalidInput(N_("This password is too easy to guess."), fields={field: wrong})
    return rehash(password)


def rehash(password: str) -> str:
    """The hash with today's parameters of a password that was set under an earlier policy."""
    return _hasher.hash(_normal(password))


def matches(password_hash: str, password: str) -> bool:
    """True for the right password. An empty hash, or too long a password, costs as much time and never matches."""
    if _is_too_long(password):
        password_hash, password = "", ""
    # Before passwords were brought into one form they were hashed as typed. Both are tried of nobody too.
    forms = dict.fromkeys((_normal(password), password))
    return any(_verifies(password_hash or _nobody(), form) for form in forms) and bool(password_hash)


def is_outdated(password_hash: str) -> bool:
    """True where the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


def _normal(password: str) -> str:
    """One form of what keyboards write differently, such as letters of two code points."""
    return unicodedata.normalize("NFKC", password)


def _is_too_long(password: str) -> bool:
    return len(password) > MAX_LENGTH or len(_normal(password)) > MAX_LENGTH


def _verifies(password_hash: str, password: str) -> bool:
    try:
        return _hasher.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("the password of nobody")

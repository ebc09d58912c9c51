"""Passwords: the policy, hashing with argon2, and the same work for a login that does not exist."""

from __future__ import annotations

from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from core.errors import InvalidInput
from core.i18n import N_

MIN_LENGTH = 8
MAX_LENGTH = 128

_hasher = PasswordHasher()


def problems(password: str) -> list[str]:
    """Every way in which a new password falls short, as message ids; empty for a good one."""
    found: list[str] = []
    if len(password) < MIN_LENGTH:
        found.append(N_("Use at least 8 characters."))
    if len(password) > MAX_LENGTH:
        found.append(N_("Use at most 128 characters."))
    if not any(character.isdigit() for character in password):
        found.append(N_("Add a digit."))
    if not (any(map(str.isupper, password)) and any(map(str.islower, password))):
        found.append(N_("Use both capital and small letters."))
    return found


def hash_password(password: str, *, field: str = "password") -> str:
    """The argon2id hash of a password that keeps the policy; raises InvalidInput on `field`."""
    wrong = problems(password)
    if wrong:
        raise InvalidInput(N_("This password is too easy to guess."), fields={field: wrong})
    return _hasher.hash(password)


def rehash(password: str) -> str:
    """The hash with today's parameters of a password that was set under an earlier policy."""
    return _hasher.hash(password)


def matches(password_hash: str, password: str) -> bool:
    """True for the right password. An empty hash costs as much time and is never matched."""
    try:
        return _hasher.verify(password_hash or _nobody(), password[:MAX_LENGTH]) and bool(password_hash)
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """True where the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(password_hash)


@lru_cache(maxsize=1)
def _nobody() -> str:
    return _hasher.hash("the password of nobody")

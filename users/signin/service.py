"""Signing in by password: counted tries, a lock after three wrong ones, every outcome in the journal.

A name that is nobody's is counted, locked and answered like a person's, with the same work, so that nothing tells who
exists. An e-mail address or a number that several people share opens for the password of each of them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.i18n import N_
from core.journal import entries as journal
from core.journal.actions import Action
from core.tenancy import OPERATOR
from users.journal import (
    PASSWORD_WRONG,
    SIGN_IN_BLOCKED,
    SIGN_IN_FAILED,
    SIGN_IN_LOCKED,
    SIGNED_IN,
)
from users.models import User
from users.signin import devices, lockout, passwords, sessions
from users.signin.identifiers import is_named_by, may_be_shared
from users.signin.lockout import LOCKS, TRIES

MOST_NAMED = 3
"""Of how many people who share a name the password is tried: each costs the time of a hash."""

WRONG = N_("The login or the password is wrong.")
NOT_YOURS = N_("This is not your password.")
LOCKED = N_("Too many wrong tries. Signing in is locked; try again in %(minutes)s min.")
BLOCKED = N_("This person is blocked. Ask your global administrator.")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Welcome:
    """Signed in: the token for the cookie, whose it is, and the token of the browser's own cookie."""

    token: str
    user: User
    device: str


@dataclass(frozen=True)
class Refusal:
    """Not signed in: a message id, and for how many minutes the account stays locked."""

    message: str
    minutes: int = 0


@dataclass(frozen=True)
class Visitor:
    """The author of a sign-in's journal entries: the person named, before any right is known."""

    user_id: int | None
    company_id: int | None
    name: str
    ip: str
    kind: str = "user"


@dataclass(frozen=True)
class Try:
    """A try as it was counted: `name` is None while the name is locked, `known` are the tries of who is known here."""

    name: int | None
    known: dict[int, int]

    @property
    def is_last(self) -> bool:
        """Whether a wrong one was the last for now."""
        counts = list(self.known.values()) if self.name is None else [self.name]
        return not counts or max(counts) >= TRIES


def sign_in(
    session: Session, typed: str, password: str, *, moment: datetime, ip: str, agent: str, device: str = ""
) -> Welcome | Refusal:
    """Try to sign in. Needs every company in scope; refusals are committed too, since they are counted.

    `device` is the token of the browser's cookie, empty in a new browser.
    """
    named = _named(session, typed)
    work = MOST_NAMED if may_be_shared(typed) else 1
    counted, user = _try(session, typed, named, password, moment=moment, device=device, work=work)
    if user is None:
        if not named:
            log.info("signin.unknown", ip=ip)
        for person in named:
            _note_wrong(session, _author(person, ip), person, typed, counted, SIGN_IN_FAILED)
        return _refusal(session, typed, counted, WRONG, moment)
    if user.is_blocked:
        _write(session, _author(user, ip), SIGN_IN_BLOCKED, user)
        return Refusal(BLOCKED)
    return _welcome(session, _author(user, ip), user, password, moment=moment, agent=agent, device=device)


def confirm(
    session: Session, user: User, password: str, *, moment: datetime, ip: str, device: str = ""
) -> Refusal | None:
    """Whether this is the password of a person who is signed in; wrong ones count like those of signing in.

    Needs every company in scope. None for the right one; a refusal is to be committed too.
    """
    counted, confirmed = _try(session, user.login, [user], password, moment=moment, device=device, work=1)
    if confirmed is not None:
        return None
    _note_wrong(session, _author(user, ip), user, user.login, counted, PASSWORD_WRONG)
    return _refusal(session, user.login, counted, NOT_YOURS, moment)


def _try(
    session: Session,
    typed: str,
    named: Sequence[User],
    password: str,
    *,
    moment: datetime,
    device: str,
    work: int,
) -> tuple[Try, User | None]:
    """Count the try, then look whose password it is: counted first, many tries at once are still three.

    While the name is locked the password is tried of those only who are known in this browser.
    """
    counted = Try(
        lockout.count(session, typed, moment),
        devices.count(session, device, [user.id for user in named], moment),
    )
    tried = [user for user in named if counted.name is not None or user.id in counted.known]
    user = _whose(tried, password, work)
    if user is None:
        devices.drop_guessing(session, device)
    elif counted.name is not None:
        lockout.take_back(session, typed, lift=counted.name == TRIES)
    return counted, user


def _named(session: Session, typed: str) -> Sequence[User]:
    """The people so named: whose login it is first, then the oldest, since later ones may only claim the name."""
    is_other = func.lower(User.login) != typed.strip().lower()
    return session.scalars(
        select(User).where(is_named_by(typed)).order_by(is_other, User.id).limit(MOST_NAMED)
    ).all()


def _whose(named: Collection[User], password: str, work: int) -> User | None:
    """The first of these people whose password it is. As many hashes are made as if there were `work` people."""
    hashes = [user.password_hash for user in named] + [""] * (work - len(named))
    matching = [passwords.matches(password_hash, password) for password_hash in hashes]
    return next((user for user, is_right in zip(named, matching, strict=False) if is_right), None)


def _note_wrong(
    session: Session, author: Visitor, user: User, typed: str, counted: Try, action: Action
) -> None:
    """Tries while the name is locked are written down only where the password was looked at."""
    tries = counted.name if counted.name is not None else counted.known.get(user.id)
    if tries is None:
        return
    _write(session, author, action, user, {"tries": tries})
    if counted.name == TRIES:
        until = lockout.locked_until(session, typed)
        _write(session, author, SIGN_IN_LOCKED, user, {"until": until.isoformat()} if until else None)


def _refusal(session: Session, typed: str, counted: Try, message: str, moment: datetime) -> Refusal:
    if not counted.is_last:
        return Refusal(message)
    until = lockout.locked_until(session, typed)
    return Refusal(LOCKED, _minutes(until - moment if until else LOCKS[0]))


def _minutes(left: timedelta) -> int:
    return max(1, ceil(left.total_seconds() / 60))


def _author(user: User, ip: str) -> Visitor:
    return Visitor(user.id, user.company_id, user.name, ip, "user" if user.company_id else "staff")


def _welcome(
    session: Session, author: Visitor, user: User, password: str, *, moment: datetime, agent: str, device: str
) -> Welcome:
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.rehash(password)
    token = sessions.start(session, user.id, moment=moment, ip=author.ip, agent=agent)
    device = devices.remember(session, device, user.id, moment)
    _write(session, author, SIGNED_IN, user)
    return Welcome(token, user, device)


def _write(
    session: Session, author: Visitor, action: Action, user: User, after: dict[str, object] | None = None
) -> None:
    company = user.company_id if user.company_id is not None else OPERATOR
    entry = journal.Entry(action, "user", user.id, None, after, label=user.name)
    journal.write(session, author, [entry], company_id=company)

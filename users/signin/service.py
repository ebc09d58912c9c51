"""Signing in by password: counted tries, a lock after three wrong ones, every outcome in the journal.

A name that is nobody's is counted and locked like a person, so that the answers tell nobody who exists. A name
that several people share (an e-mail address in two companies) opens for the password of each of them; its tries
count for the name, so that nobody shuts out a stranger who signs in by a login of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import structlog
from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from core.i18n import N_
from core.journal import entries as journal
from core.journal.actions import Action
from core.tenancy import OPERATOR
from users.journal import SIGN_IN_BLOCKED, SIGN_IN_FAILED, SIGN_IN_LOCKED, SIGNED_IN
from users.models import User
from users.signin import lockout, passwords, sessions
from users.signin.identifiers import is_named_by
from users.signin.lockout import LOCKED_FOR, TRIES

MOST_NAMED = 3
"""Of how many people who share a name the password is tried: each costs the time of a hash."""

WRONG = N_("The login or the password is wrong.")
LOCKED = N_("Too many wrong tries. Signing in is locked; try again in %(minutes)s min.")
BLOCKED = N_("This person is blocked. Ask your global administrator.")
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Welcome:
    """Signed in: the token for the cookie, and whose it is."""

    token: str
    user: User


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


def sign_in(
    session: Session, typed: str, password: str, *, moment: datetime, ip: str, agent: str
) -> Welcome | Refusal:
    """Try to sign in. Needs every company in scope; refusals are committed too, since they are counted."""
    users = _users_named(session, typed)
    if len(users) != 1:
        return _by_name(session, typed, password, users, moment=moment, ip=ip, agent=agent)
    user = users[0]
    author = _author(user, ip)
    # Counted before the password is looked at, under the row's lock: many tries at once are still three.
    counted = _count(session, user, moment)
    if counted is None:
        passwords.matches("", password)
        session.refresh(user)
        return _locked(user.locked_until, moment)
    if not passwords.matches(user.password_hash, password):
        return _refused(session, author, user, counted, moment)
    if user.is_blocked:
        _write(session, author, SIGN_IN_BLOCKED, user)
        return Refusal(BLOCKED)
    return _welcome(session, author, user, password, moment, agent)


def _users_named(session: Session, typed: str) -> Sequence[User]:
    """The people so named: whose login it is first, then the oldest, since later ones may only claim the name."""
    is_other = func.lower(User.login) != typed.strip().lower()
    query = select(User).where(is_named_by(typed)).order_by(is_other, User.id).limit(MOST_NAMED)
    return session.scalars(query).all()


def _author(user: User, ip: str) -> Visitor:
    return Visitor(user.id, user.company_id, user.name, ip, "user" if user.company_id else "staff")


def _by_name(
    session: Session,
    typed: str,
    password: str,
    users: Sequence[User],
    *,
    moment: datetime,
    ip: str,
    agent: str,
) -> Welcome | Refusal:
    """Try a name that is nobody's or several people's; answers as for one person."""
    counted = lockout.count(session, typed, moment)
    if counted is None:
        passwords.matches("", password)
        return _locked(lockout.locked_until(session, typed), moment)
    user = _whose(users, password, moment)
    if user is None:
        log.info("signin.unknown", ip=ip, named=len(users))
        for candidate in users:
            _write(session, _author(candidate, ip), SIGN_IN_FAILED, candidate, {"tries": counted})
        return Refusal(WRONG) if counted < TRIES else Refusal(LOCKED, _minutes(LOCKED_FOR))
    if user.is_blocked:
        _write(session, _author(user, ip), SIGN_IN_BLOCKED, user)
        return Refusal(BLOCKED)
    lockout.forget(session, typed)
    return _welcome(session, _author(user, ip), user, password, moment, agent)


def _whose(users: Sequence[User], password: str, moment: datetime) -> User | None:
    """The one of these people whose password it is; nobody while locked by tries of a name of their own."""
    if not users:
        passwords.matches("", password)  # the same work, so that time tells nobody who exists
    for user in users:
        is_locked = user.locked_until is not None and user.locked_until > moment
        if passwords.matches("" if is_locked else user.password_hash, password):
            return user
    return None


def _count(session: Session, user: User, moment: datetime) -> int | None:
    """Count a try; returns how many there were since the last success, None while the account is locked."""
    counted = case((User.locked_until.is_not(None), 1), else_=User.failed_tries + 1)
    return session.scalar(
        update(User)
        .where(User.id == user.id, or_(User.locked_until.is_(None), User.locked_until <= moment))
        .values(failed_tries=counted, locked_until=case((counted >= TRIES, moment + LOCKED_FOR), else_=None))
        .returning(User.failed_tries),
        execution_options={"synchronize_session": False},
    )


def _refused(session: Session, author: Visitor, user: User, counted: int, moment: datetime) -> Refusal:
    _write(session, author, SIGN_IN_FAILED, user, {"tries": counted})
    if counted < TRIES:
        return Refusal(WRONG)
    _write(session, author, SIGN_IN_LOCKED, user, {"until": (moment + LOCKED_FOR).isoformat()})
    return Refusal(LOCKED, _minutes(LOCKED_FOR))


def _locked(until: datetime | None, moment: datetime) -> Refusal:
    return Refusal(LOCKED, _minutes(until - moment) if until else 1)


def _minutes(duration: timedelta) -> int:
    return max(1, ceil(duration.total_seconds() / 60))


def _welcome(
    session: Session, author: Visitor, user: User, password: str, moment: datetime, agent: str
) -> Welcome:
    session.refresh(user)
    user.failed_tries, user.locked_until = 0, None
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.rehash(password)
    token = sessions.start(session, user.id, moment=moment, ip=author.ip, agent=agent)
    _write(session, author, SIGNED_IN, user)
    return Welcome(token, user)


def _write(
    session: Session, author: Visitor, action: Action, user: User, after: dict[str, object] | None = None
) -> None:
    company = user.company_id if user.company_id is not None else OPERATOR
    entry = journal.Entry(action, "user", user.id, None, after, label=user.name)
    journal.write(session, author, [entry], company_id=company)

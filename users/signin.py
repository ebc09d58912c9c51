"""Signing in by password: counted tries, a lock after three wrong ones, every outcome in the journal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

import structlog
from sqlalchemy import case, or_, select, update
from sqlalchemy.orm import Session

from core import journal
from core.i18n import N_
from users import passwords, sessions
from users.identifiers import is_named_by
from users.models import User

TRIES = 3
LOCKED_FOR = timedelta(minutes=10)
OPERATOR = 0
"""The journal of the operator's own people, who belong to no company."""

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
    user = _find(session, typed)
    if user is None:
        passwords.matches("", password)  # the same work, so that time tells nobody who exists
        log.info("signin.unknown", ip=ip)
        return Refusal(WRONG)
    author = Visitor(user.id, user.company_id, user.name, ip, "user" if user.company_id else "staff")
    # Counted before the password is looked at, under the row's lock: many tries at once are still three.
    counted = _count(session, user, moment)
    if counted is None:
        passwords.matches("", password)
        session.refresh(user)
        return _locked(user, moment)
    if not passwords.matches(user.password_hash, password):
        return _refused(session, author, user, counted, moment)
    if user.is_blocked:
        _write(session, author, "signin.blocked", user)
        return Refusal(BLOCKED)
    return _welcome(session, author, user, password, moment, agent)


def _find(session: Session, typed: str) -> User | None:
    """The one person so named; an e-mail or phone shared by several names nobody, a login always wins."""
    found = session.scalars(select(User).where(is_named_by(typed)).limit(3)).all()
    by_login = [user for user in found if user.login.lower() == typed.strip().lower()]
    if by_login:
        return by_login[0]
    return found[0] if len(found) == 1 else None


def _count(session: Session, user: User, moment: datetime) -> int | None:
    """Count a try; returns how many there were since the last success, None while the account is locked."""
    tries = case((User.locked_until.is_not(None), 1), else_=User.failed_tries + 1)
    return session.scalar(
        update(User)
        .where(User.id == user.id, or_(User.locked_until.is_(None), User.locked_until <= moment))
        .values(failed_tries=tries, locked_until=case((tries >= TRIES, moment + LOCKED_FOR), else_=None))
        .returning(User.failed_tries),
        execution_options={"synchronize_session": False},
    )


def _refused(session: Session, author: Visitor, user: User, tries: int, moment: datetime) -> Refusal:
    _write(session, author, "signin.failed", user, {"tries": tries})
    if tries < TRIES:
        return Refusal(WRONG)
    _write(session, author, "signin.locked", user, {"until": (moment + LOCKED_FOR).isoformat()})
    return Refusal(LOCKED, int(LOCKED_FOR.total_seconds() // 60))


def _locked(user: User, moment: datetime) -> Refusal:
    left = (user.locked_until - moment).total_seconds() if user.locked_until else 0
    return Refusal(LOCKED, max(1, ceil(left / 60)))


def _welcome(
    session: Session, author: Visitor, user: User, password: str, moment: datetime, agent: str
) -> Welcome:
    session.refresh(user)
    user.failed_tries, user.locked_until = 0, None
    if passwords.is_outdated(user.password_hash):
        user.password_hash = passwords.rehash(password)
    token = sessions.start(session, user.id, moment=moment, ip=author.ip, agent=agent)
    _write(session, author, "signin.done", user)
    return Welcome(token, user)


def _write(
    session: Session, author: Visitor, action: str, user: User, after: dict[str, object] | None = None
) -> None:
    company = user.company_id if user.company_id is not None else OPERATOR
    entry = journal.Entry(action, "user", user.id, None, after, label=user.name)
    journal.write(session, author, [entry], company_id=company)

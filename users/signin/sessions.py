"""Sessions on the server's side: the cookie holds a random token, the database its SHA-256."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from hierarchy.models import Company
from users.models import User, UserSession

TOUCH_EVERY = timedelta(seconds=30)
MOST = 10
"""So many sessions a person has at a time; one more ends the one that was not used for longest."""
IDLE_RANGE = (5, 60)


@dataclass(frozen=True)
class Visit:
    """A session that is alive: `company_id` is the company acted in, `entered` says that staff entered it."""

    token_hash: str
    user_id: int
    company_id: int | None
    entered: bool
    reason: str
    theme: str
    idle_minutes: int
    ends_at: datetime
    """When it ends if nobody works in it any more."""


def token_hash(token: str) -> str:
    """The hash of a token that the database keeps: with 256 random bits a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode()).hexdigest()


@dataclass(frozen=True)
class Limits:
    """The lifetime of sessions: `idle` minutes without work where a company chose none, `hours` in any case."""

    idle: int
    hours: int


def start(session: Session, user_id: int, *, moment: datetime, ip: str, agent: str) -> str:
    """A new session; returns the token for the cookie, which is kept nowhere else."""
    token = secrets.token_urlsafe(32)
    _make_room(session, user_id, moment)
    session.add(
        UserSession(
            token_hash=token_hash(token),
            user_id=user_id,
            ip=ip,
            agent=agent[:200],
            created_at=moment,
            seen_at=moment,
        )
    )
    session.flush()
    return token


def _make_room(session: Session, user_id: int, moment: datetime) -> None:
    """End all sessions of the person but the MOST - 1 that were used last."""
    last_used = (
        select(UserSession.token_hash)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .order_by(UserSession.seen_at.desc(), UserSession.created_at.desc())
        .limit(MOST - 1)
    )
    session.execute(
        update(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.token_hash.not_in(last_used),
        )
        .values(ended_at=moment),
        execution_options={"synchronize_session": False},
    )


def find_visit(
    session: Session, token: str, *, moment: datetime, limits: Limits, touch: bool = True
) -> Visit | None:
    """The session of this token, unless ended, idle, too old or its person blocked. Needs every company in scope.

    `touch=False` is for what a page asks by itself, so that a forgotten page does not keep a session alive.
    """
    row = session.execute(
        select(UserSession, User, Company.idle_minutes)
        .join(User, User.id == UserSession.user_id)
        .outerjoin(Company, Company.id == User.company_id)
        .where(
            UserSession.token_hash == token_hash(token),
            UserSession.ended_at.is_(None),
            User.is_blocked.is_(False),
        )
    ).one_or_none()
    if row is None:
        return None
    stored, user, company_idle = row
    idle = idle_minutes(company_idle, limits.idle)
    if stored.seen_at <= moment - timedelta(minutes=idle):
        return None
    if stored.created_at <= moment - timedelta(hours=limits.hours):
        return None
    if touch and stored.seen_at <= moment - TOUCH_EVERY:
        stored.seen_at = moment
    return Visit(
        token_hash=stored.token_hash,
        user_id=user.id,
        company_id=user.company_id or stored.company_id,
        entered=user.company_id is None and stored.company_id is not None,
        reason=stored.reason,
        theme=user.theme,
        idle_minutes=idle,
        ends_at=min(
            stored.seen_at + timedelta(minutes=idle), stored.created_at + timedelta(hours=limits.hours)
        ),
    )


def idle_minutes(company_idle: int | None, default: int) -> int:
    """After how many idle minutes a session ends: the company's choice within 5 to 60, else the product's."""
    low, high = IDLE_RANGE
    return min(max(company_idle if company_idle is not None else default, low), high)


def enter(session: Session, hashed: str, company_id: int | None, reason: str) -> None:
    """Remember the company that staff act in during this session, or with None that they left."""
    session.execute(
        update(UserSession)
        .where(UserSession.token_hash == hashed)
        .values(company_id=company_id, reason=reason)
    )


def end(session: Session, hashed: str, *, moment: datetime, user_id: int | None = None) -> bool:
    """Sign out of one session, with `user_id` of that person's only; returns whether there was one to end."""
    ended = (
        update(UserSession)
        .where(UserSession.token_hash == hashed, UserSession.ended_at.is_(None))
        .values(ended_at=moment)
        .returning(UserSession.token_hash)
    )
    if user_id is not None:
        ended = ended.where(UserSession.user_id == user_id)
    return session.scalar(ended) is not None


def end_all(session: Session, user_id: int, *, moment: datetime, but: str = "") -> int:
    """Sign out everywhere, save in the session `but`; returns how many sessions ended."""
    ended = session.scalars(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None), UserSession.token_hash != but)
        .values(ended_at=moment)
        .returning(UserSession.token_hash)
    )
    return len(ended.all())


def alive(session: Session, user_id: int, *, moment: datetime, limits: Limits) -> Sequence[UserSession]:
    """The person's sessions that still work, the last used first; `limits` as they hold for the person."""
    return session.scalars(
        select(UserSession)
        .where(
            UserSession.user_id == user_id,
            UserSession.ended_at.is_(None),
            UserSession.seen_at > moment - timedelta(minutes=limits.idle),
            UserSession.created_at > moment - timedelta(hours=limits.hours),
        )
        .order_by(UserSession.seen_at.desc())
    ).all()

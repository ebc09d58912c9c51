"""Counted tries of names that are nobody's or several people's, in the same way as those of a person."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import case, delete, or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from users.models import NameTries
from users.signin.identifiers import looked_up

TRIES = 3
LOCKED_FOR = timedelta(minutes=10)
KEPT_FOR = timedelta(days=30)
"""How long a name is remembered after its last try."""


def count(session: Session, typed: str, moment: datetime) -> int | None:
    """Count a try; returns how many there were since the last success, None while the name is locked."""
    session.execute(delete(NameTries).where(NameTries.at < moment - KEPT_FOR))
    first = insert(NameTries).values(name_hash=_hash(typed), tries=1, locked_until=None, at=moment)
    tries = case((NameTries.locked_until.is_not(None), 1), else_=NameTries.tries + 1)
    until = case((tries >= TRIES, moment + LOCKED_FOR), else_=None)
    counted = first.on_conflict_do_update(
        index_elements=[NameTries.name_hash],
        set_={"tries": tries, "locked_until": until, "at": moment},
        where=or_(NameTries.locked_until.is_(None), NameTries.locked_until <= moment),
    )
    return session.scalar(counted.returning(NameTries.tries))


def locked_until(session: Session, typed: str) -> datetime | None:
    """Until when the name is locked; None where it is not."""
    return session.scalar(select(NameTries.locked_until).where(NameTries.name_hash == _hash(typed)))


def forget(session: Session, typed: str) -> None:
    """After a success the name begins anew."""
    session.execute(delete(NameTries).where(NameTries.name_hash == _hash(typed)))


def _hash(typed: str) -> str:
    return hashlib.sha256(looked_up(typed).encode()).hexdigest()

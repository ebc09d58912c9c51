"""Counted tries of a name, whether it is a person's login, an address that several share, or nobody's at all.

Tries count for the name alone and a success takes back no try but its own: nobody learns from the count who exists,
and nobody who shares a name with others clears it by signing in.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import case, delete, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from users.models import NameTries
from users.signin.identifiers import looked_up

TRIES = 3
LOCKS = (timedelta(minutes=10), timedelta(minutes=20), timedelta(minutes=40), timedelta(minutes=60))
"""How long the first lock of a name lasts, the second, and so on; all later ones last as long as the last."""
QUIET = timedelta(hours=1)
"""After so long without a try the count begins anew."""
KEPT_FOR = timedelta(days=1)
"""How long a name is remembered after its last try; then its locks are short again too."""


def count(session: Session, typed: str, moment: datetime) -> int | None:
    """Count a try; returns how many there were lately, None while the name is locked."""
    session.execute(delete(NameTries).where(NameTries.at < moment - KEPT_FOR))
    first = insert(NameTries).values(name_hash=_hash(typed), tries=1, locks=0, locked_until=None, at=moment)
    begins = or_(NameTries.locked_until.is_not(None), NameTries.at <= moment - QUIET)
    tries = case((begins, 1), else_=NameTries.tries + 1)
    lasts = case(dict(enumerate(LOCKS)), value=NameTries.locks, else_=LOCKS[-1])
    counted = first.on_conflict_do_update(
        index_elements=[NameTries.name_hash],
        set_={
            "tries": tries,
            "locked_until": case((tries >= TRIES, moment + lasts), else_=None),
            "locks": case((tries >= TRIES, NameTries.locks + 1), else_=NameTries.locks),
            "at": moment,
        },
        where=or_(NameTries.locked_until.is_(None), NameTries.locked_until <= moment),
    )
    return session.scalar(counted.returning(NameTries.tries))


def take_back(session: Session, typed: str, *, lift: bool) -> None:
    """A try that was counted was right, so it was none; `lift` says that the lock is one that it brought itself."""
    lifted = {"locks": NameTries.locks - 1, "locked_until": None} if lift else {}
    session.execute(
        update(NameTries)
        .where(NameTries.name_hash == _hash(typed))
        .values(tries=func.greatest(NameTries.tries - 1, 0), **lifted)
    )


def locked_until(session: Session, typed: str) -> datetime | None:
    """Until when the name is locked; None where it is not."""
    return session.scalar(select(NameTries.locked_until).where(NameTries.name_hash == _hash(typed)))


def locks(session: Session, names: Iterable[str], moment: datetime) -> Mapping[str, datetime]:
    """Until when those of the names are locked that are."""
    by_hash = {_hash(name): name for name in names}
    rows = session.execute(
        select(NameTries.name_hash, NameTries.locked_until).where(
            NameTries.name_hash.in_(by_hash), NameTries.locked_until > moment
        )
    )
    return {by_hash[name_hash]: until for name_hash, until in rows if until is not None}


def forget(session: Session, name: str) -> None:
    """The name begins anew. Only for a name that is nobody else's: its tries may be guesses at other people."""
    session.execute(delete(NameTries).where(NameTries.name_hash == _hash(name)))


def _hash(typed: str) -> str:
    return hashlib.sha256(looked_up(typed).encode()).hexdigest()

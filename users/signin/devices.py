"""Browsers in which a person has signed in before: there the right password passes a lock that strangers made.

The cookie holds a random token and nothing of the person; the rows here say for whom it counts.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import delete, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from users.models import KnownDevice
from users.signin.lockout import TRIES
from users.signin.sessions import token_hash

KEPT_FOR = timedelta(days=180)
"""A browser that was not used to sign in for so long is a stranger's again."""
MOST = 20
"""Of so many browsers a person is known, the last used."""


def count(session: Session, token: str, user_ids: Collection[int], moment: datetime) -> dict[int, int]:
    """Count a try of these people in this browser; returns the tries of each of them who is known in it."""
    if not token or not user_ids:
        return {}
    counted = session.execute(
        update(KnownDevice)
        .where(
            KnownDevice.token_hash == token_hash(token),
            KnownDevice.user_id.in_(user_ids),
            KnownDevice.seen_at > moment - KEPT_FOR,
        )
        .values(tries=KnownDevice.tries + 1)
        .returning(KnownDevice.user_id, KnownDevice.tries),
        execution_options={"synchronize_session": False},
    )
    return {user_id: tries for user_id, tries in counted if tries <= TRIES}


def drop_guessing(session: Session, token: str) -> None:
    """After as many wrong tries as lock a name the browser is a stranger's again."""
    session.execute(
        delete(KnownDevice).where(KnownDevice.token_hash == token_hash(token), KnownDevice.tries >= TRIES)
    )


def remember(session: Session, token: str, user_id: int, moment: datetime) -> str:
    """The person has signed in in this browser; returns the token for its cookie, a new one for a new browser."""
    token = token or secrets.token_urlsafe(32)
    row = {"token_hash": token_hash(token), "user_id": user_id, "tries": 0, "seen_at": moment}
    session.execute(
        insert(KnownDevice)
        .values(row)
        .on_conflict_do_update(
            index_elements=[KnownDevice.token_hash, KnownDevice.user_id], set_={"tries": 0, "seen_at": moment}
        )
    )
    newest = (
        select(KnownDevice.token_hash)
        .where(KnownDevice.user_id == user_id)
        .order_by(KnownDevice.seen_at.desc())
        .limit(MOST)
    )
    session.execute(
        delete(KnownDevice).where(
            KnownDevice.user_id == user_id,
            or_(KnownDevice.token_hash.not_in(newest), KnownDevice.seen_at <= moment - KEPT_FOR),
        ),
        execution_options={"synchronize_session": False},
    )
    return token


def forget(session: Session, user_id: int, *, but: str = "") -> None:
    """The person is known in no browser any more, save in the one with the token `but`."""
    session.execute(
        delete(KnownDevice).where(KnownDevice.user_id == user_id, KnownDevice.token_hash != token_hash(but))
    )

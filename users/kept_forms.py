"""Forms that were sent and not carried out: kept for an hour, for the person and the company they were opened in."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from users.models import KeptForm

KEPT_FOR = timedelta(hours=1)
MOST_CHARACTERS = 1_000_000
"""A form with more typed in it is not kept."""


@dataclass(frozen=True)
class Seat:
    """The person at a page: a person, and the company acted in (None for staff outside of any)."""

    user_id: int
    company_id: int | None


@dataclass(frozen=True)
class SentForm:
    """A form as it was sent: `address` took it, `page` is where it stands; `files` are names by field."""

    address: str
    page: str
    fields: Sequence[tuple[str, str]]
    files: Sequence[tuple[str, str]] = ()

    @property
    def is_too_large(self) -> bool:
        """Whether more was typed than is kept."""
        return sum(len(name) + len(value) for name, value in (*self.fields, *self.files)) > MOST_CHARACTERS


def keep(session: Session, seat: Seat, form: SentForm, *, moment: datetime) -> str:
    """Keep a form; returns the key for the cookie, which is kept nowhere else."""
    forget_old(session, moment=moment)
    key = secrets.token_urlsafe(16)
    session.add(
        KeptForm(
            key_hash=_hash(key),
            user_id=seat.user_id,
            acted_in=seat.company_id,
            address=form.address,
            page=form.page,
            content={
                "fields": [list(pair) for pair in form.fields],
                "files": [list(pair) for pair in form.files],
            },
            kept_at=moment,
        )
    )
    session.flush()
    return key


def find_form(session: Session, seat: Seat, key: str, *, moment: datetime) -> SentForm | None:
    """The form of this key; None for anybody else, in another company, and after its hour."""
    row = session.get(KeptForm, _hash(key))
    if row is None or (row.user_id, row.acted_in) != (seat.user_id, seat.company_id):
        return None
    if row.kept_at <= moment - KEPT_FOR:
        return None
    fields = [(name, value) for name, value in row.content["fields"]]
    return SentForm(row.address, row.page, fields, [(name, value) for name, value in row.content["files"]])


def forget(session: Session, key: str) -> None:
    """Keep this form no longer."""
    session.execute(delete(KeptForm).where(KeptForm.key_hash == _hash(key)))


def forget_old(session: Session, *, moment: datetime) -> None:
    """Keep no form longer than its hour."""
    session.execute(delete(KeptForm).where(KeptForm.kept_at <= moment - KEPT_FOR))


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()

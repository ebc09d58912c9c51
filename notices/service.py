"""Telling people: notices in the console and mail, both written in the transaction in force."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from core import clock
from core.tenancy import all_companies
from notices.models import MailState, Notice, OutboxMail

KEPT_DAYS = 3
MAIL_KEPT_DAYS = 30
PAGE = 50
_APART: dict[str, Any] = {"synchronize_session": False}
OWN = "a person's own notices, of whichever company"


@dataclass(frozen=True)
class Attachment:
    """A file of the storage that goes along with a mail."""

    name: str
    key: str
    type: str


def tell(
    session: Session,
    company_id: int,
    user_ids: Iterable[int],
    kind: str,
    title: str,
    params: Mapping[str, Any] | None = None,
    link: str = "",
) -> None:
    """A notice in the console for each of these people. `title` is a msgid, `params` JSON, `link` a path."""
    now = clock.now()
    session.add_all(
        Notice(
            company_id=company_id,
            user_id=user_id,
            kind=kind,
            title=title,
            params=dict(params or {}),
            link=link,
            created_at=now,
        )
        for user_id in dict.fromkeys(user_ids)
    )
    session.flush()


def mail(
    session: Session,
    company_id: int,
    to: Sequence[str] | str,
    subject: str,
    text: str,
    attachments: Sequence[Attachment] = (),
    *,
    html: str = "",
    source: tuple[str, int] = ("", 0),
) -> list[OutboxMail]:
    """One mail to each address, sent after the transaction; texts are in the reader's language already.

    `source` is kind and id of what it is about, so that a page can show how its mail fares.
    """
    now = clock.now()
    mails = [
        OutboxMail(
            company_id=company_id,
            recipient=address,
            subject=" ".join(subject.split()),
            body_text=text,
            body_html=html,
            attachments=[asdict(attachment) for attachment in attachments],
            source_kind=source[0],
            source_id=source[1] or None,
            created_at=now,
            next_try_at=now,
        )
        for address in dict.fromkeys([to] if isinstance(to, str) else to)
    ]
    session.add_all(mails)
    session.flush()
    return mails


def unread(session: Session, user_id: int) -> int:
    """The number of notices that the person has not read, of every company the person looks after."""
    with all_companies(reason=OWN):
        count = session.scalar(
            select(func.count()).where(
                Notice.user_id == user_id, Notice.read_at.is_(None), Notice.created_at > _oldest()
            )
        )
    return int(count or 0)


def newest(session: Session, user_id: int) -> Sequence[Notice]:
    """The person's notices of the last days, newest first."""
    with all_companies(reason=OWN):
        return session.scalars(
            select(Notice)
            .where(Notice.user_id == user_id, Notice.created_at > _oldest())
            .order_by(Notice.id.desc())
            .limit(PAGE)
        ).all()


def mark_read(session: Session, user_id: int) -> None:
    """The person has seen the list."""
    with all_companies(reason=OWN):
        session.execute(
            update(Notice)
            .where(Notice.user_id == user_id, Notice.read_at.is_(None))
            .values(read_at=clock.now()),
            execution_options=_APART,
        )


def mails_about(
    session: Session, company_id: int, kind: str, ids: Sequence[int]
) -> dict[int, Sequence[OutboxMail]]:
    """The mails about these objects, by their id."""
    mails: dict[int, list[OutboxMail]] = {}
    query = select(OutboxMail).where(
        OutboxMail.company_id == company_id, OutboxMail.source_kind == kind, OutboxMail.source_id.in_(ids)
    )
    for mail in session.scalars(query.order_by(OutboxMail.id)):
        mails.setdefault(mail.source_id or 0, []).append(mail)
    return dict(mails)


def keys(session: Session) -> Iterable[str]:
    """The keys of files that mail of the company in scope still takes along."""
    waiting = select(OutboxMail.attachments).where(OutboxMail.state == MailState.PENDING)
    return (file["key"] for files in session.scalars(waiting) for file in files)


def forget_old(session: Session) -> None:
    """Delete notices after three days and ended mail after thirty; the scope must hold every company."""
    now = clock.now()
    session.execute(delete(Notice).where(Notice.created_at <= _oldest()), execution_options=_APART)
    ended = OutboxMail.state.in_((MailState.SENT, MailState.FAILED))
    session.execute(
        delete(OutboxMail).where(ended, OutboxMail.created_at < now - timedelta(days=MAIL_KEPT_DAYS)),
        execution_options=_APART,
    )


def _oldest() -> Any:
    return clock.now() - timedelta(days=KEPT_DAYS)

"""Notices in the console, and mail that waits for the mail server."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.tenancy import CompanyOwned


class MailState(StrEnum):
    """The state of a mail."""

    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"  # given up: the address is refused, or the server was away for days


class Notice(CompanyOwned, Base):
    """One thing told to one person. `title` is a msgid with `params`; `link` is an address of the console."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_person", "user_id", "id"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    user_id: Mapped[int] = mapped_column(BigInteger)
    kind: Mapped[str]
    title: Mapped[str]
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)
    link: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class OutboxMail(CompanyOwned, Base):
    """One mail to one address, written in the transaction that it tells of.

    `attachments` are mappings of name, key (in the storage) and type. Until `next_try_at` nobody else sends it.
    """

    __tablename__ = "outbox_mails"
    __table_args__ = (
        Index("ix_outbox_mails_due", "next_try_at", postgresql_where=text("state = 'pending'")),
        Index("ix_outbox_mails_source", "company_id", "source_kind", "source_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    recipient: Mapped[str]
    subject: Mapped[str]
    body_text: Mapped[str]
    body_html: Mapped[str] = mapped_column(default="")
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    source_kind: Mapped[str] = mapped_column(default="")
    source_id: Mapped[int | None] = mapped_column(BigInteger)
    state: Mapped[str] = mapped_column(default=MailState.PENDING)
    tries: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]

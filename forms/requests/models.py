"""A request: a filled-in form on its way, its numbers, everything that happened to it, and what was attached."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKeyConstraint, Identity, Index, Sequence, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.tenancy import CompanyOwned

NUMBERS = Sequence("request_numbers", metadata=Base.metadata)
"""Counts the requests of the installation: the last part of "З-2026-000123"."""


class RequestState(StrEnum):
    """The state of a request; the last three are closed and may be reopened by the customer."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    TAKEN = "taken"
    ASKED = "asked"  # the clock of the deadline stands still
    ANSWERED = "answered"
    REOPENED = "reopened"
    RESOLVED = "resolved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


WORKED = (RequestState.SUBMITTED, RequestState.TAKEN, RequestState.ANSWERED, RequestState.REOPENED)
CLOSED = (RequestState.RESOLVED, RequestState.REFUSED, RequestState.WITHDRAWN)
# Written out, not bound: only then PostgreSQL can prove that the index of the queue serves.
WORKED_SQL = "state IN ('submitted', 'taken', 'answered', 'reopened')"
UNTOLD_SQL = "run_id IS NOT NULL AND NOT outcome_told"


class Request(CompanyOwned, Base):
    """A filled-in form. `values` are as typed until it is submitted, then as the form's schema dumps them.

    `left_minutes` is the working time that was left when the customer was asked back; `paused_minutes` is
    how much of it the pauses took in all. `preview_id` is the run that a manager looked at last.
    """

    __tablename__ = "requests"
    __table_args__ = (
        UniqueConstraint("number"),
        Index("ix_requests_company", "company_id", "id"),
        Index("ix_requests_queue", "assignee_id", "deadline_at", "id", postgresql_where=text(WORKED_SQL)),
        Index("ix_requests_due", "deadline_at", "id", postgresql_where=text(WORKED_SQL)),
        Index("ix_requests_assignee", "assignee_id", "state", "id"),
        Index("ix_requests_untold", "id", postgresql_where=text(UNTOLD_SQL)),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    number: Mapped[str | None]
    form: Mapped[str]
    state: Mapped[str]
    values: Mapped[dict[str, Any]] = mapped_column(default=dict)
    lines: Mapped[int] = mapped_column(default=0)
    created_by: Mapped[int | None] = mapped_column(BigInteger)
    created_name: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    assignee_id: Mapped[int | None] = mapped_column(BigInteger)
    assignee_name: Mapped[str] = mapped_column(default="")
    deadline_at: Mapped[datetime | None]
    asked_at: Mapped[datetime | None]
    left_minutes: Mapped[int] = mapped_column(default=0)
    paused_minutes: Mapped[int] = mapped_column(default=0)
    complaints: Mapped[int] = mapped_column(default=0)
    preview_id: Mapped[int | None] = mapped_column(BigInteger)
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    outcome_told: Mapped[bool] = mapped_column(default=False)

    @property
    def shown_number(self) -> str:
        """The number, or what a draft is called by."""
        return self.number or f"№ {self.id}"


class RequestLine(CompanyOwned, Base):
    """A number that a request is about, as it was when the form was filled in."""

    __tablename__ = "request_lines"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "request_id"], ["requests.company_id", "requests.id"], ondelete="CASCADE"
        ),
    )
    request_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    line_id: Mapped[int] = mapped_column(BigInteger)
    msisdn: Mapped[str]
    iccid: Mapped[str]
    employee: Mapped[str]


class RequestEvent(CompanyOwned, Base):
    """A step of a request: who moved it from where to where, and what was said. `party` is a side of the table."""

    __tablename__ = "request_events"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "request_id"], ["requests.company_id", "requests.id"], ondelete="CASCADE"
        ),
        Index("ix_request_events_request", "company_id", "request_id", "id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    request_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]
    party: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str]
    name: Mapped[str]
    source: Mapped[str]
    target: Mapped[str]
    text: Mapped[str] = mapped_column(default="")
    run_id: Mapped[int | None] = mapped_column(BigInteger)


class Attachment(CompanyOwned, Base):
    """A file of a request: `key` in the storage, `kind` by its content. Without an event it hangs on the draft."""

    __tablename__ = "request_attachments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "request_id"], ["requests.company_id", "requests.id"], ondelete="CASCADE"
        ),
        Index("ix_request_attachments_request", "company_id", "request_id", "id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    request_id: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[int | None] = mapped_column(BigInteger)
    key: Mapped[str]
    name: Mapped[str]
    kind: Mapped[str]
    size: Mapped[int]
    party: Mapped[str]
    added_by: Mapped[int | None] = mapped_column(BigInteger)
    added_name: Mapped[str]
    added_at: Mapped[datetime]

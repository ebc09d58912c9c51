"""An ordered report with the file it becomes, and schedules that order one again and again."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base
from core.tenancy import CompanyOwned


class JobState(StrEnum):
    """The state of an ordered report; the last three are final."""

    ORDERED = "ordered"
    MAKING = "making"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = (JobState.ORDERED, JobState.MAKING)
"""It waits or is being made."""


class Format(StrEnum):
    """The kind of file to make."""

    XLSX = "xlsx"
    CSV = "csv"


class Period(StrEnum):
    """The period at which a schedule orders its report."""

    DAILY = "daily"
    WORKING_DAYS = "working_days"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


class ReportJob(CompanyOwned, Base):
    """One ordered report. It has a `key` in the storage only when it is ready, so half a file is never offered.

    `columns` are those chosen (none of them: all); `paths` are the departments that the person saw when it was made.
    `lease_until` is how long the worker that makes it may be silent; afterwards it is made again from the start.
    """

    __tablename__ = "report_jobs"
    __table_args__ = (
        Index("ix_report_jobs_person", "company_id", "ordered_by", "id"),
        Index("ix_report_jobs_open", "id", postgresql_where=text("state IN ('ordered', 'making')")),
        Index("ix_report_jobs_expiry", "expires_at", postgresql_where=text("expires_at IS NOT NULL")),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    code: Mapped[str]
    params: Mapped[dict[str, Any]]
    columns: Mapped[list[str]] = mapped_column(default=list)
    format: Mapped[str]
    paths: Mapped[list[str]] = mapped_column(default=list)
    state: Mapped[str] = mapped_column(default=JobState.ORDERED)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    worker: Mapped[str] = mapped_column(default="")
    lease_until: Mapped[datetime | None]
    wake_until: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    key: Mapped[str | None]
    size: Mapped[int | None]
    trouble: Mapped[str] = mapped_column(default="")
    ordered_by: Mapped[int] = mapped_column(BigInteger)
    ordered_name: Mapped[str]
    staff_reason: Mapped[str] = mapped_column(default="")
    locale: Mapped[str]
    schedule_id: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]

    @property
    def is_open(self) -> bool:
        """True while it waits or is being made."""
        return self.state in OPEN


class ReportSchedule(CompanyOwned, Base):
    """Orders a report at an hour of the company's own time and mails it.

    `day` is the weekday (1 is Monday) of a weekly one and the day of the month of a monthly one.
    """

    __tablename__ = "report_schedules"
    __table_args__ = (
        Index("ix_report_schedules_person", "company_id", "created_by", "id"),
        Index("ix_report_schedules_due", "next_at", postgresql_where=text("NOT is_paused")),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    code: Mapped[str]
    params: Mapped[dict[str, Any]]
    columns: Mapped[list[str]] = mapped_column(default=list)
    format: Mapped[str]
    period: Mapped[str]
    hour: Mapped[int]
    day: Mapped[int] = mapped_column(default=1)
    addresses: Mapped[list[str]]
    is_paused: Mapped[bool] = mapped_column(default=False)
    next_at: Mapped[datetime]
    last_at: Mapped[datetime | None]
    last_job_id: Mapped[int | None] = mapped_column(BigInteger)
    created_by: Mapped[int] = mapped_column(BigInteger)
    created_name: Mapped[str]
    staff_reason: Mapped[str] = mapped_column(default="")
    locale: Mapped[str]
    created_at: Mapped[datetime]

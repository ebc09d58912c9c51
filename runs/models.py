"""A run, its items, the orders it sent, and the lists that people uploaded for it."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import BigInteger, ForeignKeyConstraint, Identity, Index, Numeric, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import BIGINTS, Base
from core.tenancy import CompanyOwned

MONEY = Numeric(14, 2)
LINE: Final = "line"
"""The kind of runs on lines."""


class RunState(StrEnum):
    """The state of a run. `cancelled` may still have orders on the way; `finished_at` says when the last one ended."""

    PREVIEWED = "previewed"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    BROKEN = "broken"


class ItemState(StrEnum):
    """The state of one line of a run; the last five are final."""

    PENDING = "pending"
    SENT = "sent"
    UNKNOWN = "unknown"  # perhaps received by the operator: asked about, never repeated blindly
    DONE = "done"
    REFUSED = "refused"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINAL = (ItemState.DONE, ItemState.REFUSED, ItemState.FAILED, ItemState.CANCELLED)
OPEN = (ItemState.PENDING, ItemState.SENT, ItemState.UNKNOWN)


MOST_DIGITS = 18  # what a bigint surely holds


def item_key(run_id: int, no: int) -> str:
    """The external id of an item at the operator, for ever: "<run>-<no>"."""
    return f"{run_id}-{no}"


def item_no(run_id: int, key: str) -> int | None:
    """The number of the run's item with this external id; None for what is no item of this run."""
    run, _, no = key.partition("-")
    if run != str(run_id) or not no.isascii() or not no.isdigit() or len(no) > MOST_DIGITS:
        return None
    return int(no)


class BatchState(StrEnum):
    """The state of one order to the operator."""

    SENDING = "sending"  # written before the call; after its lease nobody knows whether it arrived
    UNSURE = "unsure"  # no answer came: look it up
    ACCEPTED = "accepted"  # the operator has it; its outcome comes by event or by polling
    CLOSED = "closed"


class Run(CompanyOwned, Base):
    """One bulk execution of an operation. The counters always add up to `total`.

    `target` is the kind of what all its items are about, such as "line".
    """

    __tablename__ = "runs"
    __table_args__ = (
        UniqueConstraint("company_id", "idempotency_key"),
        Index("ix_runs_open", "state", postgresql_where=text("state IN ('running', 'cancelled', 'broken')")),
        Index("ix_runs_newest", "company_id", "id"),
        Index("ix_runs_creator", "company_id", "created_by", "id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    operation: Mapped[str]
    target: Mapped[str] = mapped_column(default=LINE, server_default=LINE)
    params: Mapped[dict[str, Any]]
    selection: Mapped[dict[str, Any]]
    state: Mapped[str]
    idempotency_key: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(BigInteger)
    created_name: Mapped[str] = mapped_column(default="")
    created_ip: Mapped[str] = mapped_column(default="")
    staff_reason: Mapped[str] = mapped_column(default="")
    is_staff: Mapped[bool] = mapped_column(default=False)
    total: Mapped[int] = mapped_column(default=0)
    pending: Mapped[int] = mapped_column(default=0)
    sent: Mapped[int] = mapped_column(default=0)
    unknown: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[int] = mapped_column(default=0)
    price_once: Mapped[Decimal] = mapped_column(MONEY, default=Decimal(0))
    price_month: Mapped[Decimal] = mapped_column(MONEY, default=Decimal(0))
    created_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    stopped_by: Mapped[str] = mapped_column(default="")
    retry_of: Mapped[int | None] = mapped_column(BigInteger)
    preview: Mapped[dict[str, Any]] = mapped_column(default=dict)
    wake_until: Mapped[datetime | None]
    retry_at: Mapped[datetime | None]
    troubles: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[str] = mapped_column(default="")
    trouble_since: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]

    @property
    def open(self) -> int:
        """The number of items without a final outcome."""
        return self.pending + self.sent + self.unknown


class RunItem(CompanyOwned, Base):
    """One line within a run, or whatever else the run's `target` says. Its external id at the operator: `item_key`."""

    __tablename__ = "run_items"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "run_id"], ["runs.company_id", "runs.id"], ondelete="CASCADE"),
        Index(
            "ix_run_items_open",
            "company_id",
            "run_id",
            "no",
            postgresql_where=text("state = 'pending'"),
        ),
        Index(
            "ix_run_items_busy",
            "company_id",
            "target_id",
            postgresql_where=text("state IN ('pending', 'sent', 'unknown')"),
        ),
        Index("ix_run_items_batch", "company_id", "batch_id", postgresql_where=text("batch_id IS NOT NULL")),
    )
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    target_id: Mapped[int] = mapped_column(BigInteger)
    state: Mapped[str]
    reason: Mapped[str | None]
    detail: Mapped[str | None]
    batch_id: Mapped[int | None] = mapped_column(BigInteger)
    updated_at: Mapped[datetime]


class RunValue(CompanyOwned, Base):
    """The row value of a line in a run: what it gets for itself; what cannot be read begins with UNREADABLE.

    Kept apart from the items: it is there while the run is only previewed, and most runs have none.
    """

    __tablename__ = "run_values"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "run_id"], ["runs.company_id", "runs.id"], ondelete="CASCADE"),
        Index("ix_run_values_value", "company_id", "run_id", "value"),
    )
    run_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    target_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    value: Mapped[str]


UNREADABLE = "!"


class OrderBatch(CompanyOwned, Base):
    """One order to the operator, written before it is sent. `key` is its external id there.

    `valid_until` is a moment of the operator's clock, all others are the database's. `absent_since` is the first of
    the look-ups in a row that did not find it. `given_up` numbers the items that were sent again although it may have
    arrived.
    """

    __tablename__ = "order_batches"
    __table_args__ = (
        ForeignKeyConstraint(["company_id", "run_id"], ["runs.company_id", "runs.id"], ondelete="CASCADE"),
        UniqueConstraint("key"),
        Index(
            "ix_order_batches_due",
            "company_id",
            "run_id",
            "check_at",
            postgresql_where=text("state <> 'closed'"),
        ),
        Index(
            "ix_order_batches_given_up", "company_id", "run_id", postgresql_where=text("given_up IS NOT NULL")
        ),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    run_id: Mapped[int] = mapped_column(BigInteger)
    key: Mapped[str]
    state: Mapped[str]
    items: Mapped[int]
    open: Mapped[int]
    order_id: Mapped[str | None]
    worker: Mapped[str]
    sent_at: Mapped[datetime]
    check_at: Mapped[datetime]
    checks: Mapped[int] = mapped_column(default=0)
    valid_until: Mapped[datetime | None]
    absent_since: Mapped[datetime | None]
    given_up: Mapped[list[int] | None] = mapped_column(BIGINTS)


class Upload(CompanyOwned, Base):
    """A list of numbers that a person uploaded: where it came from and how its rows ended.

    `rows` does not count the `hidden` ones, which are kept and left out; `account` says what of the file was read
    (`lines.uploads.number_list.Account` as JSON; empty for lists that were uploaded before it was kept).
    """

    __tablename__ = "uploads"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=False), primary_key=True)
    filename: Mapped[str]
    created_by: Mapped[int | None] = mapped_column(BigInteger)
    created_at: Mapped[datetime]
    rows: Mapped[int]
    matches: Mapped[int] = mapped_column("found")
    problems: Mapped[int]
    hidden: Mapped[int] = mapped_column(default=0, server_default="0")
    account: Mapped[dict[str, Any]] = mapped_column(default=dict, server_default="{}")


class UploadRow(CompanyOwned, Base):
    """A row of an uploaded list: the line it means, or the problem it has.

    `values` are the row values that the list gives the line, by the code of their kind; null where it gives none.
    """

    __tablename__ = "upload_rows"
    __table_args__ = (
        ForeignKeyConstraint(
            ["company_id", "upload_id"], ["uploads.company_id", "uploads.id"], ondelete="CASCADE"
        ),
        Index(
            "ix_upload_rows_problem",
            "company_id",
            "upload_id",
            "no",
            postgresql_where=text("problem IS NOT NULL"),
        ),
    )
    upload_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sheet: Mapped[str]
    row: Mapped[int]
    raw: Mapped[str]
    line_id: Mapped[int | None] = mapped_column(BigInteger)
    problem: Mapped[str | None]
    detail: Mapped[str | None]
    values: Mapped[dict[str, Any] | None]

"""The journal: append-only, chained by hash per company with one digest per batch."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any, Protocol

import orjson
import structlog
from sqlalchemy import BigInteger, Index, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import clock
from core.db import Base
from core.journal.actions import Action
from core.tenancy import CompanyOwned

log = structlog.get_logger("journal")
FIRST = "0" * 64


class Author(Protocol):
    """The person or program that an entry names: an actor, seen from here."""

    @property
    def kind(self) -> str: ...
    @property
    def user_id(self) -> int | None: ...
    @property
    def company_id(self) -> int | None: ...
    @property
    def name(self) -> str: ...
    @property
    def ip(self) -> str: ...


@dataclass(frozen=True)
class Entry:
    """One change: what was done to what, with the values before and after (JSON without floats)."""

    action: Action
    object_kind: str
    object_id: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    run_id: int | None = None
    label: str = ""


class JournalEntry(CompanyOwned, Base):
    """A change as it is stored; `seq` is its batch, `no` its place within."""

    __tablename__ = "journal_entries"
    __table_args__ = (
        Index("ix_journal_object", "company_id", "object_kind", "object_id", "seq"),
        Index("ix_journal_run", "company_id", "run_id", postgresql_where=text("run_id IS NOT NULL")),
    )
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    no: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    actor_kind: Mapped[str]
    actor_id: Mapped[int | None] = mapped_column(BigInteger)
    actor_name: Mapped[str]
    ip: Mapped[str]
    action: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[int] = mapped_column(BigInteger)
    label: Mapped[str]
    run_id: Mapped[int | None] = mapped_column(BigInteger)
    before: Mapped[dict[str, Any] | None]
    after: Mapped[dict[str, Any] | None]


class JournalBatch(CompanyOwned, Base):
    """A link of the chain: the digest of its entries and of the link before."""

    __tablename__ = "journal_batches"
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entries: Mapped[int]
    at: Mapped[datetime]
    digest: Mapped[str]


class JournalHead(CompanyOwned, Base):
    """The newest link of a company; its row is the lock that keeps the chain in order."""

    __tablename__ = "journal_heads"
    seq: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str]


TAKE_HEAD = text("""
    INSERT INTO journal_heads AS head (company_id, seq, digest) VALUES (:company, 1, :first)
    ON CONFLICT (company_id) DO UPDATE SET seq = head.seq + 1 RETURNING seq, digest""")
WRITE_BATCH = text("""
    WITH entries AS (
        INSERT INTO journal_entries (company_id, seq, no, at, actor_kind, actor_id, actor_name, ip, action,
                                     object_kind, object_id, label, run_id, before, after)
        SELECT :company, :seq, r.no, :at, :kind, :actor, :name, :ip, r.action, r.object_kind, r.object_id, r.label,
               r.run_id, r.before, r.after
        FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(no bigint, action text, object_kind text, object_id bigint,
               label text, run_id bigint, before jsonb, after jsonb)),
    batch AS (
        INSERT INTO journal_batches (company_id, seq, entries, at, digest)
        VALUES (:company, :seq, :count, :at, :digest))
    UPDATE journal_heads SET digest = :digest WHERE company_id = :company""")


def write(
    session: Session, author: Author, entries: Sequence[Entry], *, company_id: int | None = None
) -> None:
    """Append one batch in the transaction in force: three statements, however many entries."""
    if not entries:
        return
    company = company_id if company_id is not None else author.company_id
    if company is None:
        raise ValueError("a journal entry belongs to a company")
    rows = _canonical([_row(no, entry.action.code, entry) for no, entry in enumerate(entries)])
    seq, previous = session.execute(TAKE_HEAD, {"company": company, "first": FIRST}).one()
    at = clock.now()
    author_columns = {"kind": author.kind, "actor": author.user_id, "name": author.name, "ip": author.ip}
    digest = digest_of(previous, at, author_columns, rows)
    session.execute(
        WRITE_BATCH,
        {
            "company": company,
            "seq": seq,
            "at": at,
            "count": len(entries),
            "digest": digest,
            "rows": rows,
            **author_columns,
        },
    )
    # A chain alone does not see a cut tail: the head also goes where the database's owner cannot reach it.
    log.info("journal.head", company=company, seq=seq, digest=digest)


def _row(no: int, action: str, entry: Entry | JournalEntry) -> dict[str, Any]:
    return {
        "no": no,
        "action": action,
        "object_kind": entry.object_kind,
        "object_id": entry.object_id,
        "label": entry.label,
        "run_id": entry.run_id,
        "before": entry.before,
        "after": entry.after,
    }


def digest_of(previous: str, at: datetime, author_columns: dict[str, Any], rows: str) -> str:
    """SHA-256 over the digest before, the moment, the author and all entries as one canonical JSON list."""
    text_of_all = "".join((previous, at.isoformat(), _canonical(author_columns), rows))
    return hashlib.sha256(text_of_all.encode()).hexdigest()


def _canonical(value: dict[str, Any] | list[dict[str, Any]]) -> str:
    """The same text for the same values: one call for a whole batch, since each call costs more than a row."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()


def verify(session: Session, company_id: int) -> list[str]:
    """Recompute the whole chain; returns what is wrong, in words, empty where nothing is."""
    problems: list[str] = []
    previous, expected = FIRST, 1
    entries = _batches(session, company_id)
    current = next(entries, None)
    batches = select(JournalBatch).where(JournalBatch.company_id == company_id).order_by(JournalBatch.seq)
    for batch in session.scalars(batches.execution_options(yield_per=1000)):
        if batch.seq != expected:
            problems.append(f"links {expected} to {batch.seq - 1} are missing")
        rows: list[JournalEntry] = []
        if current is not None and current[0] == batch.seq:
            rows = current[1]
            current = next(entries, None)
        if _recomputed(previous, batch, rows) != batch.digest or not _is_alike(batch, rows):
            problems.append(f"link {batch.seq} of {batch.at.isoformat()} was altered")
        previous, expected = batch.digest, batch.seq + 1
    if current is not None:
        problems.append(f"entries from link {current[0]} on belong to no link")
    head = session.scalar(select(JournalHead).where(JournalHead.company_id == company_id))
    stored_head = (0, FIRST) if head is None else (head.seq, head.digest)
    if stored_head != (expected - 1, previous):
        problems.append(f"the chain ends at link {expected - 1}, its head says {stored_head[0]}")
    return problems


def _is_alike(batch: JournalBatch, rows: Sequence[JournalEntry]) -> bool:
    """The digest holds the moment and the author once for all entries: so each of them must say the same."""
    first = rows[0] if rows else None
    return len(rows) == batch.entries and all(
        first is not None
        and (row.at, row.actor_kind, row.actor_id) == (batch.at, first.actor_kind, first.actor_id)
        and (row.actor_name, row.ip) == (first.actor_name, first.ip)
        for row in rows
    )


def _batches(session: Session, company_id: int) -> Iterator[tuple[int, list[JournalEntry]]]:
    statement = (
        select(JournalEntry)
        .where(JournalEntry.company_id == company_id)
        .order_by(JournalEntry.seq, JournalEntry.no)
        .execution_options(yield_per=2000)
    )
    for seq, rows in groupby(session.scalars(statement), key=lambda entry: entry.seq):
        yield seq, list(rows)


def _recomputed(previous: str, batch: JournalBatch, rows: Sequence[JournalEntry]) -> str:
    if not rows:
        return "a link without entries"
    first = rows[0]
    author_columns = {
        "kind": first.actor_kind,
        "actor": first.actor_id,
        "name": first.actor_name,
        "ip": first.ip,
    }
    written = [_row(row.no, row.action, row) for row in rows]
    return digest_of(previous, batch.at.astimezone(clock.UTC), author_columns, _canonical(written))

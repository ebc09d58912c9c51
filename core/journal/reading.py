"""The journal as a stream: readers follow a company's entries by number, each from where it last was.

Nothing is skipped: a batch takes its number from the company's chain head, whose row stays locked until that batch is
committed or gone. So numbers are committed in their order and without gaps, and what one statement sees of a chain is
always its beginning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.db import Base
from core.journal.entries import JournalEntry
from core.tenancy import CompanyOwned


class JournalReader(CompanyOwned, Base):
    """The position of a reader in the journal of a company: the last entry that it has dealt with."""

    __tablename__ = "journal_readers"
    reader: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    no: Mapped[int]


@dataclass(frozen=True, order=True)
class Position:
    """The place of an entry in its company's journal: batch and number within, since a batch may be a long one."""

    seq: int
    no: int


BEGINNING = Position(0, 0)
"""Before the first entry, which is (1, 0)."""


def position_of(entry: JournalEntry) -> Position:
    """The position of this entry."""
    return Position(entry.seq, entry.no)


def read(session: Session, company_id: int, reader: str, limit: int) -> Sequence[JournalEntry]:
    """The next entries for this reader, at most `limit`, in their order; empty where there are no new ones.

    They come again until `advance` is committed: at least once. Of two workers of one reader the second waits until
    the first one's transaction has ended, and then reads on from there.
    """
    position = _held(session, company_id, reader)
    return session.scalars(
        select(JournalEntry)
        .where(
            JournalEntry.company_id == company_id,
            tuple_(JournalEntry.seq, JournalEntry.no) > (position.seq, position.no),
        )
        .order_by(JournalEntry.seq, JournalEntry.no)
        .limit(limit)
    ).all()


def advance(session: Session, company_id: int, reader: str, position: Position) -> None:
    """Mark everything up to this entry as dealt with. Never goes back: who is late moves nothing."""
    stored = insert(JournalReader).values(
        company_id=company_id, reader=reader, seq=position.seq, no=position.no
    )
    session.execute(
        stored.on_conflict_do_update(
            index_elements=["company_id", "reader"],
            set_={"seq": stored.excluded.seq, "no": stored.excluded.no},
            where=tuple_(JournalReader.seq, JournalReader.no)
            < tuple_(stored.excluded.seq, stored.excluded.no),
        )
    )


def _held(session: Session, company_id: int, reader: str) -> Position:
    """The position of this reader, its row locked; a new reader gets its row first."""
    beginning = insert(JournalReader).values(
        company_id=company_id, reader=reader, seq=BEGINNING.seq, no=BEGINNING.no
    )
    session.execute(beginning.on_conflict_do_nothing())
    query = select(JournalReader.seq, JournalReader.no).where(
        JournalReader.company_id == company_id, JournalReader.reader == reader
    )
    return Position(*session.execute(query.with_for_update()).one())

"""The gateway's memory between runs of the process: the catalogue and the state of synchronisation."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Numeric, String
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base


class Tariff(Base):
    """A tariff of the operator's catalogue (TMF620 product offering), the same for all; prices in roubles."""

    __tablename__ = "tariffs"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    is_sellable: Mapped[bool] = mapped_column(default=True)
    monthly: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    switch_price: Mapped[Decimal] = mapped_column(Numeric(14, 2))


class PoolNumber(Base):
    """A number that the operator would give out (TMF639 logical resource); `price` is roubles once.

    One that was taken off a line a short while ago waits for its earlier customer alone: `party_id` says for whom.
    """

    __tablename__ = "pool_numbers"
    msisdn: Mapped[str] = mapped_column(String(collation="C"), primary_key=True)
    number_class: Mapped[str]
    price: Mapped[Decimal] = mapped_column(Numeric(14, 2))
    party_id: Mapped[str | None]
    seen_at: Mapped[datetime]


class OperatorContact(Base):
    """Whether the operator answers, as all workers together see it; one row, by the database's clock.

    `answering_since` is the first answer after it was silent, None while it is.
    """

    __tablename__ = "operator_contact"
    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    answered_at: Mapped[datetime]
    answering_since: Mapped[datetime | None]


class SyncState(Base):
    """The progress of one stream of synchronisation: `cursor` is the newest change seen."""

    __tablename__ = "sync_states"
    stream: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")

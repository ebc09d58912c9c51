"""What the gateway remembers between runs of the process: the catalogue and the state of synchronisation."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from sqlalchemy import Numeric
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


class SyncState(Base):
    """How far one stream of synchronisation has come: `cursor` is the newest change seen."""

    __tablename__ = "sync_states"
    stream: Mapped[str] = mapped_column(primary_key=True)
    cursor: Mapped[str] = mapped_column(default="")
    done_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")

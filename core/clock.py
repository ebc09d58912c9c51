"""The one source of time, always aware and in UTC."""

from __future__ import annotations

from datetime import UTC as UTC
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

DEFAULT_ZONE = "Europe/Moscow"
"""The zone of whoever has none of a company."""


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


def shared_now(session: Session) -> datetime:
    """The present moment by the database's clock: what processes on several machines compare is written by it alone."""
    moment: datetime = session.scalars(select(func.clock_timestamp())).one()
    return moment

"""The one source of time, always aware and in UTC."""

from __future__ import annotations

from datetime import UTC as UTC
from datetime import datetime

DEFAULT_ZONE = "Europe/Moscow"
"""The zone of whoever has none of a company."""


def now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)

"""When what comes from the operator is late: each kind by how often it is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from operators.states import late_kinds

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def ago(**amount: float) -> datetime:
    return NOW - timedelta(**amount)


def test_what_is_read_once_a_night_is_not_late_by_day() -> None:
    moments = {
        "sims:1": ago(hours=20),
        "lines:1": ago(minutes=2),
        "spares:1": ago(minutes=20),
        "catalogue": ago(hours=1),
        "accounts:1": ago(hours=1),
    }
    assert late_kinds(moments, NOW) == []


def test_each_late_kind_is_named_once() -> None:
    moments = {
        "lines:1": ago(minutes=16),
        "lines:2": ago(minutes=30),
        "lines:3": ago(minutes=1),
        "sims:1": ago(hours=37),
        "catalogue": None,
        "of another time": ago(days=9),
    }
    assert late_kinds(moments, NOW) == ["catalogue", "lines", "sims"]

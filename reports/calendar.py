"""The due moments of a schedule: days and hours in the company's own time, working days by the Russian calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.working_days import is_working_day
from reports.models import Period

LONGEST_PAUSE = 366
"""Days within which every schedule is due at least once."""


def next_moment(period: Period, hour: int, day: int, zone: str, after: datetime) -> datetime:
    """The first moment later than `after` at which it is due, in UTC. A weekday counts from 1, Monday."""
    there = ZoneInfo(zone)
    first = after.astimezone(there).date()
    for number in range(LONGEST_PAUSE):
        candidate = first + timedelta(days=number)
        if not _fits(period, day, candidate):
            continue
        # An hour that summer time leaves out is moved on by the zone itself.
        moment = datetime.combine(candidate, time(hour), there).astimezone(UTC)
        if moment > after:
            return moment
    raise ValueError("a schedule that is never due")


def _fits(period: Period, day: int, candidate: date) -> bool:
    if period == Period.DAILY:
        return True
    if period == Period.WORKING_DAYS:
        return is_working_day(candidate)
    if period == Period.WEEKLY:
        return candidate.isoweekday() == day
    return candidate.day == day

"""The clock of working hours: nine to six on working days of the Russian calendar, moved days included."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from core.working_days import is_working_day

OPENS, CLOSES = time(9), time(18)
DAY_MINUTES = 9 * 60
MINUTE = timedelta(minutes=1)


def add_minutes(start: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """The moment so many minutes of working time after `start`, in the company's zone; seconds are dropped.

    What ends with the working day ends at its close, not at the opening of the next one.
    """
    if minutes <= 0:
        return _whole(start)
    left = minutes
    for opens, closes in _windows(_local(start, zone)):
        room = _minutes(closes - opens)
        if left <= room:
            return _aware(opens + left * MINUTE, zone, start)
        left -= room
    raise AssertionError("working days never end")


def minutes_between(start: datetime, end: datetime, zone: ZoneInfo) -> int:
    """Working minutes from `start` to `end`; 0 where the end is not later."""
    first, last = _local(start, zone), _local(end, zone)
    total = 0
    for opens, closes in _windows(first):
        if opens >= last:
            return total
        total += _minutes(min(closes, last) - opens)
    raise AssertionError("working days never end")


def _windows(start: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The working hours from a local moment on, the first cut to what is left of it."""
    day = start.date()
    while True:
        if is_working_day(day):
            opens, closes = datetime.combine(day, OPENS), datetime.combine(day, CLOSES)
            if start < closes:
                yield max(opens, start), closes
        day += timedelta(days=1)


def _minutes(span: timedelta) -> int:
    return span // MINUTE


def _whole(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    # Within working hours no zone changes its clock, so that wall time may be counted with.
    return _whole(moment).astimezone(zone).replace(tzinfo=None)


def _aware(local: datetime, zone: ZoneInfo, like: datetime) -> datetime:
    return local.replace(tzinfo=zone).astimezone(like.tzinfo)

"""Periods as people choose them: this month, the last seven days, or days of their own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from core import clock
from core.i18n import N_

OWN: Final = "own"
PERIODS: Final[Mapping[str, str]] = {
    "yesterday": N_("Yesterday"),
    "today": N_("Today"),
    "week": N_("Last 7 days"),
    "days30": N_("Last 30 days"),
    "month": N_("This month"),
    "last_month": N_("Last month"),
    OWN: N_("Own dates"),
}
REVERSED: Final = N_("The end is before the beginning.")
MISSING: Final = N_("Give a date.")
TOO_LONG: Final = N_("At most three years at once.")
LONGEST: Final = timedelta(days=3 * 366)


def days_of(period: str, since: date | None, until: date | None, today: date) -> tuple[date, date]:
    """First and last day of a period, both within it; `since` and `until` count for own dates alone."""
    first = today.replace(day=1)
    if period == OWN:
        return since or today, until or today
    if period == "last_month":
        last = first - timedelta(days=1)
        return last.replace(day=1), last
    starts = {
        "today": today,
        "yesterday": today - timedelta(days=1),
        "week": today - timedelta(days=7),
        "days30": today - timedelta(days=30),
        "month": first,
    }
    is_over = period in ("yesterday", "week", "days30")
    return starts[period], today - timedelta(days=1) if is_over else today


def problems(period: str, since: date | None, until: date | None) -> dict[str, list[str]]:
    """What is wrong with own dates, by field: msgids."""
    if period != OWN:
        return {}
    missing = {name: [MISSING] for name, value in (("since", since), ("until", until)) if value is None}
    if missing or since is None or until is None:
        return missing
    if until < since:
        return {"until": [REVERSED]}
    return {"until": [TOO_LONG]} if until - since > LONGEST else {}


def moments(first: date, last: date, zone: str) -> tuple[datetime, datetime]:
    """From the first day's midnight up to the midnight after the last day, in this zone."""
    zone_info = ZoneInfo(zone)
    start = datetime.combine(first, time(), zone_info)
    return start, datetime.combine(last + timedelta(days=1), time(), zone_info)


def today(zone: str) -> date:
    """The present day in this zone."""
    return clock.now().astimezone(ZoneInfo(zone)).date()

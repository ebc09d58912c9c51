"""Working days of the Russian calendar, days moved by the government included."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def _calendar(year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("RU", years=year, expand=False)


@lru_cache(maxsize=4096)
def is_working_day(day: date) -> bool:
    """True on working days: a Saturday to which a day was moved is one, a Monday moved away from is none."""
    return bool(_calendar(day.year).is_working_day(day))

"""Numbers, money and moments as people read them: pure functions of a value and a locale."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

from babel.dates import format_date, format_datetime, format_skeleton, format_time
from babel.numbers import format_decimal

from core.clock import UTC
from core.i18n import N_, translate
from core.money import Money

NARROW = "\u202f"
MINUS = "\u2212"
SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€"}


def number(value: int | float | Decimal | None, locale: str) -> str:
    """The digits in groups of three with narrow spaces that never break; a dash for nothing."""
    if value is None:
        return "–"
    plain = format_decimal(value, locale="ru")
    grouped = plain.replace("\xa0", NARROW).replace("-", MINUS)
    return grouped if locale == "ru" else grouped.replace(",", ".")


def money(value: Money | Decimal | None, locale: str) -> str:
    """An amount with its currency and always kopecks; a bare amount is roubles."""
    if value is None:
        return "–"
    amount = value if isinstance(value, Money) else Money(value)
    plain = format_decimal(amount.amount, "#,##0.00", locale="ru").replace("\xa0", NARROW).replace("-", MINUS)
    if locale != "ru":
        plain = plain.replace(",", ".")
    return f"{plain}{NARROW}{SIGNS.get(amount.currency, amount.currency)}"


def exact(moment: datetime, locale: str) -> str:
    """The moment to the second with its zone, for a title; `moment` stands in the reader's zone already."""
    return format_datetime(moment, "d MMMM y, HH:mm:ss z", tzinfo=moment.tzinfo, locale=locale)


def moment_for_people(moment: datetime, now: datetime, locale: str) -> str:
    """The moment as people say it: today and yesterday by name, this year without the year. Both are in one zone."""
    clock_time = format_time(moment, "HH:mm", tzinfo=moment.tzinfo, locale=locale)
    return translate(
        locale,
        N_("%(day)s, %(time)s"),
        day=day_for_people(moment.date(), now.date(), locale),
        time=clock_time,
    )


def day_for_people(day: date, today: date, locale: str) -> str:
    """The day as people say it: today and yesterday by name, this year without the year."""
    if day == today:
        return translate(locale, N_("today"))
    if day == today - timedelta(days=1):
        return translate(locale, N_("yesterday"))
    if day.year == today.year:
        return format_skeleton("MMMMd", datetime(day.year, day.month, day.day, tzinfo=UTC), locale=locale)
    return format_date(day, "long", locale=locale)

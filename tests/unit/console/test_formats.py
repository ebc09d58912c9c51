"""Numbers, money and moments as people write them, in both languages."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from console.account.browsers import browser_name
from console.web import formats
from core.money import Money

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2026, 11, 22, 15, 0, tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("value", "locale", "written"),
    [
        (1234567, "ru", "1\u202f234\u202f567"),
        (1234567, "en", "1\u202f234\u202f567"),
        (None, "ru", "–"),
        (12, "en", "12"),
    ],
)
def test_numbers_are_grouped_by_narrow_spaces(value: int | None, locale: str, written: str) -> None:
    assert formats.number(value, locale) == written


def test_money_has_its_currency_and_kopecks() -> None:
    assert formats.money(Decimal("1234.5"), "ru") == "1\u202f234,50\u202f₽"
    assert formats.money(Money(Decimal("1234.5"), "USD"), "en") == "1\u202f234.50\u202f$"


def test_this_year_goes_without_the_year() -> None:
    assert "2026" not in formats.moment_for_people(datetime(2026, 3, 5, 9, 7, tzinfo=MOSCOW), NOW, "en")
    assert "2025" in formats.moment_for_people(datetime(2025, 3, 5, 9, 7, tzinfo=MOSCOW), NOW, "en")
    assert formats.moment_for_people(datetime(2026, 11, 22, 9, 7, tzinfo=MOSCOW), NOW, "en") == "today, 09:07"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36 Edg/120", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0", "Firefox, Linux"),
        ("curl/8", "curl/8"),
        ("", ""),
    ],
)
def test_browsers_have_names(agent: str, name: str) -> None:
    assert browser_name(agent) == name

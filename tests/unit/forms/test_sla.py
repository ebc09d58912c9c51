"""The clock of working hours against a count minute by minute, and around the holidays that people remember."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.working_days import is_working_day
from forms.requests.working_time import add_minutes, minutes_between

MOSCOW, KAMCHATKA = ZoneInfo("Europe/Moscow"), ZoneInfo("Asia/Kamchatka")
ZONES = st.sampled_from([MOSCOW, KAMCHATKA, ZoneInfo("Europe/Kaliningrad"), ZoneInfo("Asia/Yekaterinburg")])
MINUTE = timedelta(minutes=1)
MOMENTS = st.integers(0, 1063 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + minutes * MINUTE
)

# The calendar of 2025 to 2027 written down a second time, so that a change in the package is seen here.
DAYS_OFF = {
    *(date(2025, 1, day) for day in range(1, 9)),
    *(date(2026, 1, day) for day in range(1, 10)),
    *(date(2027, 1, day) for day in range(1, 9)),
    *map(
        date.fromisoformat,
        ["2025-05-01", "2025-05-02", "2025-05-08", "2025-05-09", "2025-06-12", "2025-06-13"],
    ),
    *map(
        date.fromisoformat,
        ["2025-11-03", "2025-11-04", "2025-12-31", "2026-02-23", "2026-03-09", "2026-05-01"],
    ),
    *map(
        date.fromisoformat,
        ["2026-05-11", "2026-06-12", "2026-11-04", "2026-12-31", "2027-02-22", "2027-02-23"],
    ),
    *map(
        date.fromisoformat,
        ["2027-03-08", "2027-05-03", "2027-05-10", "2027-06-14", "2027-11-04", "2027-11-05"],
    ),
    date(2027, 12, 31),
}
SATURDAYS_WORKED = {date(2025, 11, 1), date(2027, 2, 20)}


def works(moment: datetime, zone: ZoneInfo) -> bool:
    local = moment.astimezone(zone)
    day = local.date()
    is_day = day in SATURDAYS_WORKED or (day.weekday() < 5 and day not in DAYS_OFF)
    return is_day and 9 <= local.hour < 18


def counted(moment: datetime, minutes: int, zone: ZoneInfo) -> datetime:
    """Minute by minute: slow and sure."""
    while minutes:
        minutes -= works(moment, zone)
        moment += MINUTE
    return moment


@settings(max_examples=60, deadline=None)
@given(MOMENTS, st.integers(0, 3 * 540), ZONES)
def test_deadlines_agree_with_counting_minutes(start: datetime, minutes: int, zone: ZoneInfo) -> None:
    assert add_minutes(start, minutes, zone) == counted(start, minutes, zone)


@settings(max_examples=60, deadline=None)
@given(MOMENTS, st.integers(0, 15 * 24 * 60), ZONES)
def test_time_between_agrees_with_counting_minutes(start: datetime, span: int, zone: ZoneInfo) -> None:
    moments = (start + number * MINUTE for number in range(span))
    assert minutes_between(start, start + span * MINUTE, zone) == sum(works(at, zone) for at in moments)


@settings(max_examples=200, deadline=None)
@given(MOMENTS, st.integers(1, 100 * 540), ZONES)
def test_what_was_added_lies_between(start: datetime, minutes: int, zone: ZoneInfo) -> None:
    assert minutes_between(start, add_minutes(start, minutes, zone), zone) == minutes


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2025-12-30 16:00", 4, "2026-01-12 11:00"),  # the holidays of 2026 last until Sunday the 11th
        ("2025-12-30 16:00", 2, "2025-12-30 18:00"),
        ("2026-12-30 17:59", 1, "2027-01-11 09:59"),
        ("2025-01-03 12:00", 1, "2025-01-09 10:00"),
        ("2025-10-31 17:00", 10, "2025-11-01 18:00"),  # a Saturday that is worked
        ("2027-02-19 18:00", 9, "2027-02-20 18:00"),
        ("2026-05-08 17:00", 2, "2026-05-12 10:00"),
        ("2026-11-22 12:00", 9, "2026-11-23 18:00"),
    ],
)
def test_holidays(start: str, hours: int, end: str) -> None:
    assert add_minutes(moscow(start), hours * 60, MOSCOW) == moscow(end)


def test_the_zone_decides_what_a_working_hour_is() -> None:
    morning = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # noon in Kamchatka, three at night in Moscow
    assert add_minutes(morning, 60, KAMCHATKA) == morning + timedelta(hours=1)
    assert add_minutes(morning, 60, MOSCOW) == morning + timedelta(hours=7)


def test_every_day_of_three_years_is_as_written_down() -> None:
    day = date(2025, 1, 1)
    while day.year < 2028:
        expected = day in SATURDAYS_WORKED or (day.weekday() < 5 and day not in DAYS_OFF)
        assert is_working_day(day) == expected, day
        day += timedelta(days=1)

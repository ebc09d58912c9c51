"""Phone and SIM card numbers in every usual writing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lines.numbers import (
    format_iccid,
    format_msisdn,
    has_lost_digits,
    luhn_check_digit,
    luhn_is_valid,
    parse_iccid,
    parse_msisdn,
)

MOBILE = st.integers(min_value=9_000_000_000, max_value=9_999_999_999).map(lambda number: f"7{number}")
BLANK = st.sampled_from(["", " ", "\u00a0", "-", "\u2011", " - ", "."])


@pytest.mark.parametrize(
    "raw",
    [
        "+7 912 345-67-89",
        "8(912)345 67 89",
        "8 (912) 345-67-89",
        "9123456789",
        "89123456789",
        "79123456789",
        " +7\u00a0912\u00a0345\u201167\u201189 ",
        "(912) 345.67.89",
        "+8 912 345 67 89",
        "(+7) 912 345 67 89",
        "тел. 8 912 345-67-89",
        "тел.: +7 (912) 345-67-89, доб. 12",
        "Иванов 8 912 345 67 89 (личный)",
        "tel:+79123456789",
        "'79123456789",
        "79123456789.0",
        "7.9123456789E+10",
        "7,9123456789E+10",
        79123456789,
        9123456789,
        79123456789.0,
        9123456789.0,
        89123456789.0,
    ],
)
def test_usual_writings(raw: object) -> None:
    assert parse_msisdn(raw) == "79123456789"


@pytest.mark.parametrize(
    ("raw", "number"),
    [
        ("+375 29 123-45-67", "375291234567"),
        ("8-10-375-29-123-45-67", "375291234567"),
        ("00 375 29 123 45 67", "375291234567"),
        ("+7 701 234 56 78", "77012345678"),
        ("8 495 123-45-67", "74951234567"),
        ("8 800 555-35-35", "78005553535"),
    ],
)
def test_numbers_that_are_not_russian_mobile_ones(raw: str, number: str) -> None:
    assert parse_msisdn(raw) == number


@pytest.mark.parametrize(
    "raw",
    [
        "",
        " ",
        "+",
        "номер",
        "12345",
        "912345678",
        "791234567890",
        "7707083893",  # an INN
        "500100732259",
        "8 912 345 67 89, 8 912 345 67 80",
        "1. 8 912 345 67 89",
        "7,91235E+10",
        "12.05.2026 10:11",
        "٧٩١٢٣٤٥٦٧٨٩",
        "²²²²²²²²²²",
        "9" * 5000,
        None,
        True,
        -79123456789,
        79123456789.5,
        float("nan"),
        float("inf"),
        8.97e18,
    ],
)
def test_not_one_number(raw: object) -> None:
    assert parse_msisdn(raw) is None


def test_the_same_number_twice_is_one_number() -> None:
    assert parse_msisdn("8 912 345-67-89; +7 912 345 67 89") == "79123456789"


@given(MOBILE, st.lists(BLANK, min_size=5, max_size=5), st.sampled_from(["+7", "7", "8", ""]))
def test_separators_never_matter(number: str, blanks: list[str], prefix: str) -> None:
    a, b, c, d, e = blanks
    raw = f"{a}{prefix}{b}{number[1:4]}{c}{number[4:7]}{d}{number[7:9]}{e}{number[9:]}"
    assert parse_msisdn(raw) == number


@given(MOBILE)
def test_what_is_shown_is_read_back(number: str) -> None:
    assert parse_msisdn(format_msisdn(number)) == number
    assert parse_msisdn(float(number)) == parse_msisdn(int(number)) == number


@settings(max_examples=60)
@given(st.one_of(st.text(), st.floats(), st.integers(), st.booleans(), st.none()))
def test_nothing_makes_it_fail(raw: object) -> None:
    number = parse_msisdn(raw)
    assert number is None or (number.isascii() and number.isdigit() and 7 <= len(number) <= 15)
    iccid = parse_iccid(raw)
    assert iccid is None or luhn_is_valid(iccid)
    assert has_lost_digits(raw) in (True, False)


@given(st.text("0123456789", min_size=16, max_size=17))
def test_iccids(body: str) -> None:
    digits = "89" + body
    iccid = digits + luhn_check_digit(digits)
    assert parse_iccid(iccid) == iccid
    assert parse_iccid(int(iccid)) == iccid
    assert parse_iccid(f" {format_iccid(iccid)}F") == iccid
    wrong = str((int(iccid[-1]) + 1) % 10)
    assert parse_iccid(iccid[:-1] + wrong) is None


def test_known_check_digits() -> None:
    assert luhn_is_valid("4561261212345467")
    assert not luhn_is_valid("4561261212345464")
    assert luhn_check_digit("7992739871") == "3"


@pytest.mark.parametrize("raw", [8.9701e18, "8,97010E+18", "7,91235E+10"])
def test_lost_digits(raw: object) -> None:
    assert has_lost_digits(raw)
    assert parse_iccid(raw) is None


def test_how_numbers_are_shown() -> None:
    assert format_msisdn("79123456789") == "+7\u00a0912\u00a0345-67-89"
    assert format_msisdn("375291234567").replace("\u00a0", " ") == "+375 29 123-45-67"
    assert format_msisdn("1") == "1"
    assert format_iccid("8970100000000000005") == "8970\u00a01000\u00a00000\u00a00000\u00a0005"

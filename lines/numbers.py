"""Phone numbers (MSISDN) and SIM card numbers (ICCID), read in all the ways people write them, and shown."""

import re
from decimal import Decimal
from typing import Final

import phonenumbers

NO_BREAK_SPACE: Final = "\u00a0"
FLOAT_DIGITS: Final = 15  # more digits than these a number cell of Excel does not keep

# Nobody sees these: marks of direction, joiners, soft hyphens; programs put them round and into numbers.
_INVISIBLE: Final = (
    "\r\u00ad\u061c\u180e\u200b\u200c\u200d\u200e\u200f"
    "\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2062\u2063\u2064\u2066\u2067\u2068\u2069\ufeff"
)
# what people put between digits: blanks of all kinds, hyphens and dashes, brackets, dots
_SEPARATORS: Final = " \t\u00a0\u2007\u2009\u202f-\u2010\u2011\u2012\u2013\u2014\u2212()." + _INVISIBLE
_DROP: Final = str.maketrans("", "", _SEPARATORS)
_DIGIT_RUN: Final = re.compile(f"[+(]*[0-9][0-9{re.escape(_SEPARATORS)}]*")
_SCIENTIFIC: Final = re.compile(r"([0-9])[.,]([0-9]+)[eE]\+?([0-9]{1,2})")
_SHORTEST_NUMBER: Final = 10
_LONGEST_NUMBER: Final = 15
_LONGEST_TEXT: Final = 1_000
_ICCID_LENGTHS: Final = (19, 20)
_ICCID_SEPARATORS: Final = str.maketrans("", "", " \t\n\u00a0\u2009\u202f-" + _INVISIBLE)
_DIGITS: Final = re.compile("[0-9]+")
_RESTORED: Final = re.compile("([0-9]+)[.,]0+")
_DOUBLED: Final = str.maketrans("0123456789", "0246813579")
_ZERO: Final = ord("0")


def parse_msisdn(raw: object) -> str | None:
    """E.164 digits without the plus ("79123456789") of the one number in ``raw``; None for none or several.

    Takes text with any separators and words around, whole numbers and floats as spreadsheets store them.
    Russian numbers may begin with +7, 7, 8 or (mobile ones) nothing; all others need a plus, 00 or 810.
    """
    if isinstance(raw, str):
        digits = raw.translate(_DROP)
        if digits.isascii():
            if digits.isdigit():
                return _russian(digits) or _foreign(digits) or _parse_restored(raw)
            if digits[:1] == "+" and digits[1:].isdigit():
                return _with_plus(digits[1:])
        return _parse_restored(raw) or _parse_words(raw)
    whole = _whole_number(raw)
    return None if whole is None else parse_msisdn(whole)


def parse_iccid(raw: object) -> str | None:
    """The 19 or 20 digits of a SIM card number with a right check digit, else None.

    Blanks, hyphens and a filler F at the end are dropped. A float has already lost digits, so it is
    never an ICCID: see ``has_lost_digits``.
    """
    if not isinstance(raw, (str, int)) or isinstance(raw, bool):
        return None
    digits = iccid_digits(str(raw))
    return digits if digits is not None and luhn_is_valid(digits) else None


def iccid_digits(text: str) -> str | None:
    """The digits of what is written like an ICCID, whether its check digit is right or not.

    Words and signs may stand around it, as in "ICCID: 8970…" or what Excel keeps as ="8970…", but no other number.
    """
    digits = text.translate(_ICCID_SEPARATORS)
    if not (digits.isascii() and digits.isdigit()):
        if len(text) > _LONGEST_TEXT:
            return None
        runs = _DIGITS.findall(digits)
        digits = runs[0] if len(runs) == 1 else ""
    return digits if len(digits) in _ICCID_LENGTHS and digits.startswith("89") else None


def has_lost_digits(raw: object) -> bool:
    """Whether a long number was stored as a float or as rounded text ("8,97E+18") and cannot be restored."""
    if isinstance(raw, float):
        return abs(raw) >= 10**FLOAT_DIGITS
    if isinstance(raw, str) and len(raw) < 30 and ("E" in raw or "e" in raw):
        match = _SCIENTIFIC.fullmatch(raw.strip())
        return match is not None and len(match[2]) < int(match[3])
    return False


def luhn_is_valid(digits: str) -> bool:
    """Whether the last digit is the check digit of the others by Luhn's rule (ISO/IEC 7812-1)."""
    single, doubled = digits[::-2], digits[-2::-2].translate(_DOUBLED)
    return (sum(single.encode()) + sum(doubled.encode()) - _ZERO * len(digits)) % 10 == 0


def luhn_check_digit(digits: str) -> str:
    """The digit that makes ``digits`` valid by Luhn's rule when put behind them."""
    return next(digit for digit in "0123456789" if luhn_is_valid(digits + digit))


def format_msisdn(msisdn: str) -> str:
    """For people: "79123456789" as "+7 912 345-67-89", with spaces at which no line breaks."""
    if len(msisdn) == 11 and msisdn[0] == "7":
        parts = ("+7", msisdn[1:4], f"{msisdn[4:7]}-{msisdn[7:9]}-{msisdn[9:]}")
        return NO_BREAK_SPACE.join(parts)
    try:
        number = phonenumbers.parse("+" + msisdn, None)
    except phonenumbers.NumberParseException:
        return msisdn
    shown = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return str(shown).replace(" ", NO_BREAK_SPACE)


def format_iccid(iccid: str) -> str:
    """For people: the digits in groups of four, with spaces at which no line breaks."""
    return NO_BREAK_SPACE.join(iccid[start : start + 4] for start in range(0, len(iccid), 4))


def _russian(digits: str) -> str | None:
    """Numbers of the Russian plan only: 3, 4, 8 are geographic and service codes, 9 mobile ones."""
    if len(digits) == 11:
        if digits[0] in "78" and digits[1] in "3489":
            return "7" + digits[1:]
        return None
    return "7" + digits if len(digits) == 10 and digits[0] == "9" else None


def _foreign(digits: str, *, has_plus: bool = False) -> str | None:
    if not has_plus:
        if digits.startswith("810"):
            digits = digits[3:]
        elif digits.startswith("00"):
            digits = digits[2:]
        elif not (len(digits) == 11 and digits[0] == "7"):  # 76… and 77… are Kazakhstan
            return None
    if not digits or len(digits) > _LONGEST_NUMBER:
        return None
    try:
        number = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return None
    return digits if phonenumbers.is_valid_number(number) else None


def _with_plus(digits: str) -> str | None:
    """The number after a plus; "+8 912 …" is a common slip for "8 912 …", and +89 is no country.

    So is "+7 (8912) …", where a form begins with +7 and a habit with 8. No number of +7 has more than ten digits.
    """
    if digits[0] == "7" and len(digits) > _SHORTEST_NUMBER + 1:
        return _russian(digits[1:]) if digits[1] == "8" else None
    if digits[0] == "7" or digits.startswith("89"):
        return _russian(digits) or _foreign(digits, has_plus=True)
    return _foreign(digits, has_plus=True)


def _parse_words(text: str) -> str | None:
    """The one number among words: "тел. 8 912 345-67-89 доб. 12"."""
    if len(text) > _LONGEST_TEXT:
        return None
    numbers: set[str] = set()
    for run in _DIGIT_RUN.findall(text):
        digits = run.replace("+", "").translate(_DROP)
        if len(digits) < _SHORTEST_NUMBER:
            continue
        has_plus = run.startswith(("+", "(+"))
        number = _with_plus(digits) if has_plus else _russian(digits) or _foreign(digits)
        if number is None:
            return None  # which of the digits were meant cannot be known
        numbers.add(number)
    return numbers.pop() if len(numbers) == 1 else None


def _parse_restored(text: str) -> str | None:
    """A number written by another program as a float: "79123456789.0", "7.9123456789E+10"; None if digits are lost."""
    text = text.strip()
    whole = _RESTORED.fullmatch(text)
    if whole is not None:
        return parse_msisdn(whole[1])
    match = _SCIENTIFIC.fullmatch(text)
    if match is None or len(match[2]) < int(match[3]):
        return None
    value = Decimal(f"{match[1]}.{match[2]}E+{match[3]}")
    return parse_msisdn(int(value)) if value == value.to_integral_value() else None


def _whole_number(raw: object) -> str | None:
    if isinstance(raw, bool):
        return None
    if isinstance(raw, float):
        return str(int(raw)) if 0 < raw < 10**FLOAT_DIGITS and raw.is_integer() else None
    if isinstance(raw, int):
        return str(raw) if raw > 0 else None
    return None

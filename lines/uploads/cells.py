"""Tells what one cell of an uploaded list holds: a phone number, a SIM card number or which mistake."""

import re
from collections.abc import Sequence
from typing import Final, Literal

from core.excel import Cell
from core.i18n import N_
from lines.numbers import has_lost_digits, iccid_digits, parse_iccid, parse_msisdn

Kind = Literal["msisdn", "iccid"]
Reading = tuple[Kind | None, str | None, str | None]  # kind, value, problem

PROBLEMS: Final[dict[str, str]] = {
    "not_a_number": N_("This is neither a phone number nor a SIM card number."),
    "several_numbers": N_("There are several numbers in one cell. Put each into a row of its own."),
    "digits_lost": N_(
        "Excel has rounded the last digits of this number. Set the format of the column to “Text” and enter it anew."
    ),
    "iccid_check_digit": N_("The check digit of the SIM card number is wrong. Look for a mistyped digit."),
    "formula_without_value": N_(
        "The cell has a formula without a result. Copy the column and paste it as values."
    ),
    "duplicate": N_("This number already stands in row %(row)s."),
    "duplicate_on_sheet": N_("This number already stands in row %(row)s of the sheet “%(sheet)s”."),
}

_HEADER_DIGITS: Final = 5
_READ_LENGTH: Final = 100
_BETWEEN_NUMBERS: Final = re.compile(r"[,;/\n]|\s{2,}")


def read_cell(raw: Cell) -> Reading:
    """What one cell holds: its kind and value, or the problem."""
    msisdn = parse_msisdn(raw)
    if msisdn is not None:
        return "msisdn", msisdn, None
    if has_lost_digits(raw):
        return None, None, "digits_lost"
    iccid = parse_iccid(raw)
    if iccid is not None:
        return "iccid", iccid, None
    if isinstance(raw, str):
        if iccid_digits(raw) is not None:
            return None, None, "iccid_check_digit"
        if _has_several(raw):
            return None, None, "several_numbers"
    return None, None, "not_a_number"


def _has_several(text: str) -> bool:
    return sum(parse_msisdn(part) is not None for part in _BETWEEN_NUMBERS.split(text[:1_000])) > 1


def looks_like_number(cell: Cell) -> bool:
    """Tells a mistyped number from a header, a date above the table or the numbering of its columns."""
    if isinstance(cell, str):
        digits = sum(map(str.isdigit, cell[:_READ_LENGTH]))
        return digits >= _HEADER_DIGITS and digits >= sum(map(str.isalpha, cell[:_READ_LENGTH]))
    return isinstance(cell, (int, float)) and cell >= 10**_HEADER_DIGITS


def header_above(rows: Sequence[Sequence[Cell]], column: int) -> str:
    """The last text of a column above its first cell that looks like a number."""
    header = ""
    for row in rows[:20]:
        cell = row[column] if column < len(row) else ""
        if looks_like_number(cell):
            break
        header = str(cell).strip() or header
    return header[:_READ_LENGTH]


def column_letters(number: int) -> str:
    """ "A" for 1, "AA" for 27."""
    letters = ""
    while number:
        number, digit = divmod(number - 1, 26)
        letters = chr(ord("A") + digit) + letters
    return letters

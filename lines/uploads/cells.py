"""The content of one cell of an uploaded list: a phone number, a SIM card number or which mistake."""

import re
from collections.abc import Sequence
from typing import Final, Literal

from core.i18n import N_
from core.spreadsheets import Cell, Row
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
    "excel_error": N_("The cell shows an error instead of a number. Mend its formula or type the number in."),
    "duplicate": N_("This number already stands in row %(row)s."),
    "duplicate_on_sheet": N_("This number already stands in row %(row)s of the sheet “%(sheet)s”."),
}

HEADER_LENGTH: Final = 100
_HEADER_ROWS: Final = 20
_HEADER_DIGITS: Final = 5
_BETWEEN_NUMBERS: Final = re.compile(r"[,;/\n]|\s{2,}|\s(?:и|and)\s", re.IGNORECASE)
_NUMBER: Final = re.compile(r"(?:\+?7|8)?[\s(-]{0,3}\d{3}[\s)-]{0,3}\d{3}[\s-]?\d{2}[\s-]?\d{2}(?!\d)")
_MOMENT: Final = re.compile(
    r"(?<![\d.])\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})\b|\b20\d\d-\d\d-\d\d\b|\b\d{1,2}:\d{2}(?::\d{2})?\b"
)
_DIALLED: Final = re.compile(r"\s*(?:\+7|8|7)[\s(-]{1,2}\d{3}\b")
_ERROR: Final = re.compile(r"#[A-ZА-ЯЁ_]+(?:/[A-ZА-Я0]+)?[!?]?")
_SHORTEST: Final = 10


def read_cell(raw: Cell) -> Reading:
    """The content of one cell: its kind and value, or the problem."""
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
        if is_error(raw):
            return None, None, "excel_error"
        if _has_several(raw[:1_000]):
            return None, None, "several_numbers"
    return None, None, "not_a_number"


def is_error(raw: Cell) -> bool:
    """Whether the cell shows what Excel writes where a formula fails, such as #N/A."""
    return isinstance(raw, str) and raw.startswith("#") and _ERROR.fullmatch(raw.strip()) is not None


def _has_several(text: str) -> bool:
    if sum(parse_msisdn(part) is not None for part in _BETWEEN_NUMBERS.split(text)) > 1:
        return True
    runs = _NUMBER.findall(text)
    return len(runs) > 1 and sum(map(str.isdigit, text)) >= len(runs) * _SHORTEST


def looks_like_number(cell: Cell) -> bool:
    """Whether a cell is a mistyped number, not a header, a date above the table or the numbering of its columns."""
    if isinstance(cell, str):
        if is_error(cell) or _DIALLED.match(cell):
            return True
        text = _MOMENT.sub("", cell[:HEADER_LENGTH])
        digits = sum(map(str.isdigit, text))
        return digits >= _HEADER_DIGITS and digits >= sum(map(str.isalpha, text))
    return isinstance(cell, (int, float)) and cell >= 10**_HEADER_DIGITS


def header_above(rows: Sequence[Row], column: int) -> str:
    """The last text of a column above its first cell that looks like a number."""
    header = ""
    for row in rows[:_HEADER_ROWS]:
        cell = row.cells[column] if column < len(row.cells) else ""
        if looks_like_number(cell):
            break
        header = str(cell).strip() or header
    return header[:HEADER_LENGTH]


def column_letters(number: int) -> str:
    """ "A" for 1, "AA" for 27."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters

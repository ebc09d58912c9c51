"""Public identifiers: a letter for the kind and ten digits, so that text order is number order."""

DIGITS = 10

ORGANIZATION = "C"
CONTRACT = "K"
ACCOUNT = "A"
PRODUCT = "P"
EMPLOYEE = "E"
ORDER = "R"
NUMBER = "N"
SIM = "S"

FIRST_IN_STOCK = 5_000_000_000
"""Cards and numbers that came with a line have the line's number; those of the stock begin here."""


def public_id(kind: str, number: int) -> str:
    """The identifier shown outside, e.g. ``P0000000042``."""
    return f"{kind}{number:010d}"


def find_number(kind: str, text: str) -> int | None:
    """The number inside a public identifier, or None where it is not one of this kind."""
    digits = text[1:]
    if text[:1] == kind and len(digits) == DIGITS and digits.isascii() and digits.isdigit():
        return int(digits)
    return None

"""How good a number is to remember, and what the operator asks for that once."""

import re
from decimal import Decimal

ORDINARY, FINE, GOLDEN = "ordinary", "fine", "golden"
CLASSES = (ORDINARY, FINE, GOLDEN)
PRICES = {ORDINARY: Decimal(0), FINE: Decimal(1_500), GOLDEN: Decimal(15_000)}
"""Roubles, once, for a change to such a number."""

# Of the seven digits after the code: one digit five times at the end, or the same three twice.
GOLDEN_ENDS = re.compile(r"(\d)\1{4}$|(\d{3})\2$")
# One digit three times at the end, two pairs, or a pair that repeats.
FINE_ENDS = re.compile(r"(\d)\1\1$|(\d)\2(\d)\3$|(\d\d)\4$")


def number_class(msisdn: str) -> str:
    """Ordinary, fine or golden, after how the last digits repeat."""
    last = msisdn[-7:]
    if GOLDEN_ENDS.search(last):
        return GOLDEN
    return FINE if FINE_ENDS.search(last) else ORDINARY

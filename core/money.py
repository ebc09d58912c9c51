"""Money: a decimal amount that never forgets its currency."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
_BLANKS = dict.fromkeys(map(ord, " \t\u00a0\u2007\u2009\u202f"))
_UNIT = re.compile(r"(?:₽|руб\.?|р\.|rub)$", re.IGNORECASE)
_WRITTEN = re.compile(r"-?[0-9]+(?:[.,][0-9]+)*")
_GROUPED = re.compile(r"-?[0-9]{1,3}(?:[.,][0-9]{3})+")


class AmountUnreadable(ValueError):
    """The text is no amount."""


class AmountTooFine(AmountUnreadable):
    """An amount with more than two digits behind the point."""


class AmountAmbiguous(AmountUnreadable):
    """The text can be read in two ways: "1,500" is 1500 to some and 1.50 to others."""


def read_amount(text: str) -> Decimal:
    """An amount as people write it: "1 500,50 ₽", "1,500.50"; nothing is rounded and nothing guessed.

    Raises AmountUnreadable or one of its kinds.
    """
    plain = _UNIT.sub("", text.translate(_BLANKS))
    if not (plain.isascii() and _WRITTEN.fullmatch(plain)):
        raise AmountUnreadable(text)
    marks = [sign for sign in plain if sign in ".,"]
    if len(set(marks)) == 2:
        whole, _, fraction = plain.rpartition(marks[-1])
        if marks.count(marks[-1]) > 1 or not _GROUPED.fullmatch(whole):
            raise AmountUnreadable(text)
    elif len(marks) > 1:
        if not _GROUPED.fullmatch(plain):
            raise AmountUnreadable(text)
        whole, fraction = plain, ""
    elif marks:
        whole, _, fraction = plain.partition(marks[0])
        if _GROUPED.fullmatch(plain) and whole.lstrip("-0"):
            raise AmountAmbiguous(text)
    else:
        whole, fraction = plain, ""
    if len(fraction) > 2:
        raise AmountTooFine(text)
    return Decimal(f"{whole.replace('.', '').replace(',', '')}.{fraction or '0'}")


@dataclass(frozen=True)
class Money:
    """An amount rounded to kopecks, in an ISO 4217 currency."""

    amount: Decimal
    currency: str = "RUB"

    def __post_init__(self) -> None:
        object.__setattr__(self, "amount", self.amount.quantize(CENT, ROUND_HALF_UP))

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.amount + other.amount, self.currency)

    @property
    def is_zero(self) -> bool:
        return self.amount == 0

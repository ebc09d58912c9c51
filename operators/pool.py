"""The port to the numbers that the operator has to give away."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Protocol


class NumberClass(StrEnum):
    """How good a number is to remember."""

    ORDINARY = "ordinary"
    FINE = "fine"
    GOLDEN = "golden"


@dataclass(frozen=True, slots=True)
class FreeNumber:
    """A number that a line may change to: E.164 without plus; `price` is roubles, once."""

    msisdn: str
    number_class: NumberClass
    price: Decimal


class NumberPool(Protocol):
    """Where numbers are chosen. For somebody who waits: answers soon or raises operators.errors.OperatorAway."""

    def free_numbers(
        self, party_id: str, *, number_class: str = "", containing: str = "", limit: int = 50
    ) -> list[FreeNumber]:
        """Numbers that this customer may have now, of one class and with these digits in them where asked for."""
        ...

    def earlier_numbers(self, party_id: str, *, limit: int = 50) -> list[FreeNumber]:
        """Numbers that were taken off lines of this customer and are still kept for it."""
        ...

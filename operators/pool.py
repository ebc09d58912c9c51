"""Numbers that the operator has to give away."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class NumberClass(StrEnum):
    """The class of a number by how good it is to remember."""

    ORDINARY = "ordinary"
    FINE = "fine"
    GOLDEN = "golden"


@dataclass(frozen=True, slots=True)
class FreeNumber:
    """A number that a line may change to: E.164 without plus; `price` is roubles, once.

    One in quarantine is kept for its earlier customer `party_id`.
    """

    msisdn: str
    number_class: NumberClass
    price: Decimal
    party_id: str | None = None

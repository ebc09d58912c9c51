"""What an order changes, in our words; each adapter puts them into those of its operator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Literal


class Unchanged(Enum):
    """Stands where nothing changes; None means that something is removed."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class Limit:
    """A spending limit: roubles per "day" or "month"; `warn` is the percentage at which people are warned."""

    amount: Decimal
    period: str
    warn: int


@dataclass(frozen=True, slots=True)
class InvoiceDelivery:
    """Where the invoices of an account go. `channel` is "email", "paper" or "edo", `address` one line of text."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What changes on the target of an order's line: only what is named.

    On lines: state with the reason of a block, the spending limit (None removes it), the tariff by its id and from when
    ("now" or "nextPeriod"), the ICCID of another SIM card, another number (E.164 without plus). On billing accounts:
    where the invoices go.
    """

    state: Literal["active", "blocked"] | Unchanged = UNCHANGED
    block_reason: str | Unchanged = UNCHANGED
    limit: Limit | Unchanged | None = UNCHANGED
    tariff: str | Unchanged = UNCHANGED
    effective: str | Unchanged = UNCHANGED
    iccid: str | Unchanged = UNCHANGED
    msisdn: str | Unchanged = UNCHANGED
    delivery: InvoiceDelivery | Unchanged = UNCHANGED

    def attributes(self) -> Iterator[tuple[str, Any]]:
        """The attributes that change, with their new values."""
        for name in NAMES:
            value = getattr(self, name)
            if value is not UNCHANGED:
                yield name, value


NAMES: Final = tuple(field.name for field in fields(Change))
"""Every attribute that an order can change."""

"""Changes at the operator, in our words; each adapter puts them into those of its operator.

An attribute is declared here once: orders say it (`Change`), and what is read of a line says it (operators/records.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from decimal import Decimal
from enum import Enum
from typing import Any, Final, Literal


class Unchanged(Enum):
    """The mark of an attribute of which nothing is said: it stays as it is. None means that there is none any more."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class Limit:
    """A spending limit: roubles per "day" or "month"; `warn` is the percentage at which people are warned."""

    amount: Decimal
    period: str
    warn: int | None


@dataclass(frozen=True, slots=True)
class InvoiceDelivery:
    """The delivery of an account's invoices. `channel` is "email", "paper" or "edo", `address` one line of text."""

    channel: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LineAttributes:
    """The attributes to change on a line; those that are not named stay.

    The state with the reason of a block, the spending limit (None for none), the tariff by its id, the ICCID of the SIM
    card, the number (E.164 without plus).
    """

    state: Literal["active", "blocked", "terminated"] | Unchanged = UNCHANGED
    block_reason: str | Unchanged | None = UNCHANGED
    limit: Limit | Unchanged | None = UNCHANGED
    tariff: str | Unchanged = UNCHANGED
    iccid: str | Unchanged = UNCHANGED
    msisdn: str | Unchanged = UNCHANGED


@dataclass(frozen=True, slots=True, kw_only=True)
class Change(LineAttributes):
    """The change that an order makes to its target.

    On lines also from when the tariff holds ("now" or "nextPeriod"); on billing accounts where the invoices go.
    """

    effective: str | Unchanged = UNCHANGED
    delivery: InvoiceDelivery | Unchanged = UNCHANGED

    def attributes(self) -> Iterator[tuple[str, Any]]:
        """The attributes that change, with their new values."""
        for name in NAMES:
            value = getattr(self, name)
            if value is not UNCHANGED:
                yield name, value


NAMES: Final = tuple(field.name for field in fields(Change))
"""Every attribute that an order can change."""

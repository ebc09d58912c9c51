"""The port to the operator's business systems: orders in, outcomes out. Adapters live beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol


@dataclass(frozen=True)
class Change:
    """What an order changes on a line, in the operator's words (TMF637): only what is named changes."""

    status: str | None = None
    offering: str | None = None
    characteristics: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OrderLine:
    """One line within an order: our external id of the item, the operator's id of the product, the change."""

    external_id: str
    product_id: str
    change: Change


@dataclass(frozen=True)
class Order:
    """One order with many lines; `key` is its external id, `party_id` the operator's id of the company.

    After the moment `send_by` it must not leave any more: its lease runs out, and others may send its lines anew.
    """

    key: str
    party_id: str
    category: str
    lines: Sequence[OrderLine]
    send_by: datetime | None = None


class Outcome(StrEnum):
    """How one line of an order stands at the operator."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"  # business: ordering it again would be refused again
    FAILED = "failed"  # technical: may be ordered anew


@dataclass(frozen=True)
class LineOutcome:
    """The operator's word on one line: `reason` is a code of ours, `detail` the operator's own text."""

    external_id: str
    outcome: Outcome
    reason: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Accepted:
    """The operator has the order; outcomes that are known come with it. `is_final`: it will say nothing more."""

    order_id: str
    lines: Sequence[LineOutcome] = ()
    is_final: bool = False


@dataclass(frozen=True)
class Rejected:
    """The operator refused the order as a whole: every line is refused with this reason."""

    reason: str
    detail: str = ""


@dataclass(frozen=True)
class Retry:
    """The order surely did not arrive: send it again after so many seconds.

    `is_turn`: nothing is wrong, the operator only said when our turn comes.
    """

    after: float
    why: str
    is_turn: bool = False


@dataclass(frozen=True)
class Unknown:
    """Nobody knows whether the order arrived: look it up by its key before anything else."""

    why: str


Answer = Accepted | Rejected | Retry | Unknown


@dataclass(frozen=True)
class Away:
    """The operator did not answer a look-up: nothing is known, ask again after so many seconds."""

    after: float
    why: str


class Gateway(Protocol):
    """What the engine needs of an operator."""

    @property
    def order_items(self) -> int:
        """The most lines in one order."""
        ...

    @property
    def settle(self) -> float:
        """Seconds after sending before a look-up that finds nothing is believed."""
        ...

    def token_due(self) -> float:
        """Seconds until a request could leave under the operator's limit, as it looks now; takes nothing."""
        ...

    def take_token(self, wait: float) -> bool:
        """Take one request out of the bucket shared by all workers; False where none came within `wait` s."""
        ...

    def place(self, order: Order) -> Answer:
        """Send an order once, never repeating it; the caller has taken the token. Keeps to the time-out."""
        ...

    def find(self, key: str) -> Accepted | Away | None:
        """Look an order up by its external id, with a token of its own; None where it is not known."""
        ...

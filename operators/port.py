"""The port to the operator's business systems: orders in, outcomes out, records and events read.

Everything is said in our words; an adapter beside this file puts them into those of its operator.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from operators.changes import Change
from operators.pool import FreeNumber
from operators.records import AccountData, ContractData, LineData, Page, PartyData, SimData, TariffData

EVENTS_PATH = "/operator/events"
"""Where under its own address the console listens to events."""


@dataclass(frozen=True, slots=True)
class Product:
    """A line as the target of a change, by the operator's id of it."""

    id: str


@dataclass(frozen=True, slots=True)
class Account:
    """A billing account as the target of a change, by the operator's id of it."""

    id: str


@dataclass(frozen=True, slots=True)
class OrderLine:
    """One line within an order: our external id of the item, what is changed, and how."""

    external_id: str
    target: Product | Account
    change: Change


@dataclass(frozen=True)
class Order:
    """One order with many lines; `key` is its external id, `party_id` the operator's id of the company.

    After the moment `send_by` (monotonic seconds of this process) it must not leave any more: its lease runs out, and
    others may send its lines anew. After `valid_until`, a moment of the operator's own clock, the operator must not
    take it any more; None where nobody knows that clock.
    """

    key: str
    party_id: str
    category: str
    lines: Sequence[OrderLine]
    send_by: float | None = None
    valid_until: datetime | None = None


class Outcome(StrEnum):
    """The state of one line of an order at the operator."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"  # business: ordering it again would be refused again
    FAILED = "failed"  # technical: may be ordered anew


ANY_REASON = "operator_refused"
"""The reason where the operator gives none that we know."""


@dataclass(frozen=True)
class LineOutcome:
    """The operator's word on one line: `reason` is a code of ours, `detail` the operator's own text.

    Which codes there are depends on the operation (runs/refusals.py): one that the line's operation does not know is
    taken as ANY_REASON.
    """

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

    `is_turn`: nothing is wrong, the operator only said when our turn comes. `is_silence`: it did not answer.
    """

    after: float
    why: str
    is_turn: bool = False
    is_silence: bool = False


@dataclass(frozen=True)
class Unknown:
    """An order of which nobody knows whether it arrived: look it up by its key before anything else.

    `is_silence`: the operator did not answer.
    """

    why: str
    is_silence: bool = False


Answer = Accepted | Rejected | Retry | Unknown


@dataclass(frozen=True)
class Away:
    """A look-up without an answer that can be used: nothing is known, ask again after so many seconds.

    `is_turn`: nothing is wrong, it is not our turn yet. `is_silence`: the operator did not answer.
    """

    after: float
    why: str
    is_turn: bool = False
    is_silence: bool = False


@dataclass(frozen=True)
class Absent:
    """The operator knew no such order when it was asked.

    Its own clock had passed `asked_after` before the question left; None where its answers do not tell of its clock.
    """

    asked_after: datetime | None = None


FoundOrder = Accepted | Absent | Away


class Gateway(Protocol):
    """The way of orders to the operator."""

    @property
    def order_items(self) -> int:
        """The most lines in one order."""
        ...

    @property
    def settle(self) -> float:
        """The seconds for which the operator must have answered before a look-up that finds nothing is believed."""
        ...

    def moment(self) -> datetime | None:
        """The present moment by the operator's own clock, never ahead of it; None where its answers do not tell.

        The first call of a process may ask the operator; raises operators.errors.OperatorAway.
        """
        ...

    def token_due(self) -> float:
        """The seconds until a request could leave under the operator's limit, as it looks now; takes nothing."""
        ...

    def take_token(self, wait: float) -> bool:
        """Take one request out of the bucket shared by all workers; False where none came within `wait` s."""
        ...

    def place(self, order: Order) -> Answer:
        """Send an order once, never repeating it; the caller has taken the token. Keeps to the time-out."""
        ...

    def find(self, key: str) -> FoundOrder:
        """Look an order up by its external id, with a token of its own."""
        ...


class Source(Protocol):
    """The source that synchronisation reads from, page by page. Raises operators.errors.OperatorAway."""

    def parties(self) -> Iterator[Page[PartyData]]:
        """All customers."""
        ...

    def tariffs(self) -> Iterator[Page[TariffData]]:
        """The whole catalogue, what is no longer sold included."""
        ...

    def contracts(self, party_id: str) -> Iterator[Page[ContractData]]:
        """The contracts of a customer."""
        ...

    def accounts(self, party_id: str) -> Iterator[Page[AccountData]]:
        """The billing accounts of a customer."""
        ...

    def lines(self, party_id: str, *, since: str = "") -> Iterator[Page[LineData]]:
        """The lines of a customer; with `since` (ISO moment) those that changed after it."""
        ...

    def pool(self) -> Iterator[Page[FreeNumber]]:
        """The numbers that lines may change to."""
        ...

    def sims(self, party_id: str, *, spare_only: bool = False) -> Iterator[Page[SimData]]:
        """The SIM cards of a customer; with `spare_only` those that no line uses yet."""
        ...


@dataclass(frozen=True)
class OrderEvent:
    """An order moved on: `key` is our external id of it, `lines` the items that the event tells of."""

    event_id: str
    key: str
    order_id: str
    lines: Sequence[LineOutcome]


@dataclass(frozen=True)
class LineEvent:
    """A line changed outside any order of ours."""

    event_id: str
    line: LineData


@dataclass(frozen=True)
class OtherEvent:
    """An event that we take and do nothing about."""

    event_id: str
    event_type: str


class Disbelief(StrEnum):
    """The reason why an event is not believed."""

    BAD_SIGNATURE = "bad_signature"
    TOO_OLD = "too_old"


@dataclass(frozen=True)
class EventRefused:
    """A body that is no event of the operator's, or not one of now: nothing of it was read."""

    why: Disbelief


Event = OrderEvent | LineEvent | OtherEvent


@dataclass(frozen=True)
class Operator:
    """All that a process needs of its operator.

    `subscribe(console_url)` sees to it that events come to EVENTS_PATH there; it is called at the start and every few
    minutes, and raises operators.errors.OperatorAway. `read_event(headers, body, now)` says what came there, with the
    names of headers in lower case; it raises core.errors.InvalidInput where a genuine event does not fit.
    """

    gateway: Gateway
    source: Source
    subscribe: Callable[[str], None]
    read_event: Callable[[Mapping[str, str], bytes, datetime], Event | EventRefused]

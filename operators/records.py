"""The operator's records as checked values that no longer show which API they came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Generic, Literal, TypeVar

from operators.changes import InvoiceDelivery, LineAttributes

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Odd:
    """A record that does not fit: skipped and reported, never fatal. `id` is empty where that is missing."""

    kind: str
    id: str
    problem: str


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Up to a thousand records, and those among them that did not fit."""

    records: Sequence[T]
    odd: Sequence[Odd] = ()


@dataclass(frozen=True, slots=True)
class PartyData:
    """A customer (TMF632 organisation)."""

    id: str
    name: str
    inn: str
    kpp: str
    ogrn: str


@dataclass(frozen=True, slots=True)
class ContractData:
    """A contract (TMF666 party account)."""

    id: str
    number: str
    state: str


@dataclass(frozen=True, slots=True)
class AccountData:
    """A billing account (TMF666); amounts in roubles, `settlement` is advance or credit.

    `delivery` is None where the operator names no address for invoices, or one of a channel that we do not know.
    """

    id: str
    number: str
    contract_id: str | None
    settlement: str
    is_in_debt: bool
    balance: Decimal
    credit_limit: Decimal
    delivery: InvoiceDelivery | None = None


@dataclass(frozen=True, slots=True)
class TariffData:
    """A tariff (TMF620 product offering); prices in roubles."""

    id: str
    name: str
    description: str
    is_sellable: bool
    monthly: Decimal
    switch_price: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class LineData(LineAttributes):
    """A line (TMF637 product): what can be changed on it, and what else the operator knows of it.

    Every record says its number, SIM card, state and tariff; what else it leaves unsaid stays as it is stored.
    `updated_at` is the operator's moment of the last change; `spent` is roubles of this month; `planned_tariff_id`
    begins with the next billing period.
    """

    id: str
    party_id: str
    msisdn: str
    iccid: str
    state: Literal["active", "blocked", "terminated"]
    tariff: str
    account_id: str | None
    employee: str
    spent: Decimal
    last_activity: date | None
    activated_on: date | None
    updated_at: datetime
    planned_tariff_id: str | None = None


@dataclass(frozen=True, slots=True)
class SimData:
    """A SIM card (TMF639 physical resource). `state` is in_use, spare, dead (replaced for good) or unknown."""

    id: str
    iccid: str
    imsi: str
    state: str

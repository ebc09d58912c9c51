"""What the operator refuses, and what an accepted change does to a line; pure values."""

import json
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What an order item may ask for."""

    BLOCK = "block"
    UNBLOCK = "unblock"
    SET_LIMIT = "setLimit"
    REMOVE_LIMIT = "removeLimit"
    CHANGE_TARIFF = "changeTariff"
    REPLACE_SIM = "replaceSim"
    CHANGE_NUMBER = "changeNumber"


SWAPS = frozenset((Kind.REPLACE_SIM, Kind.CHANGE_NUMBER))
"""Kinds that need to know what else there is to be had."""


REASONS = {
    "alreadySuspended": "The line is already suspended.",
    "alreadyActive": "The line is already active.",
    "limitNotSet": "The line has no spending limit.",
    "sameTariff": "The line already has this tariff.",
    "tariffNotSellable": "The tariff is not sold.",
    "debt": "The billing account of the line is in arrears.",
    "lineSuspended": "The line is suspended.",
    "terminated": "The line is terminated.",
    "unknownProduct": "The customer has no such line.",
    "simNotAvailable": "The customer has no such spare SIM card.",
    "sameSim": "The line already uses this SIM card.",
    "numberNotAvailable": "The number cannot be had.",
    "sameNumber": "The line already has this number.",
    "technical": "The change failed for a technical reason; it may be ordered anew.",
}


@dataclass(slots=True, eq=False)
class Card:
    """A SIM card; `state` is spare, in_use or, for good, dead."""

    id: int
    owner: str
    state: str
    iccid: str
    imsi: str


@dataclass(slots=True, eq=False)
class Number:
    """A number; `state` is free, in_use or standby: kept back for its earlier `owner` for a while."""

    id: int
    owner: str | None
    state: str
    msisdn: str


@dataclass(slots=True)
class Stock:
    """Cards and numbers that a batch of items is about, by ICCID and MSISDN."""

    cards: dict[str, Card] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)


@dataclass(slots=True)
class Line:
    """What the rules need to know of a line; `limit` is JSON text. Card and number are known for swaps only."""

    organization: str
    status: str
    block_reason: str | None
    limit: str | None
    tariff: str
    planned_tariff: str | None
    planned_on: date | None
    in_arrears: bool
    card: Card | None = None
    number: Number | None = None


def find_refusal(
    kind: str,
    args: dict[str, Any],
    line: Line | None,
    customer: str,
    sellable: frozenset[str],
    stock: Stock | None = None,
) -> str | None:
    """The code of the business refusal, or None where the change may be made."""
    if line is None or line.organization != customer:
        return "unknownProduct"
    if line.status not in ("active", "suspended"):
        return "terminated"
    if kind == Kind.BLOCK:
        return "alreadySuspended" if line.status == "suspended" else None
    if kind == Kind.UNBLOCK:
        return "alreadyActive" if line.status == "active" else None
    if kind == Kind.REMOVE_LIMIT:
        return None if line.limit is not None else "limitNotSet"
    if kind == Kind.CHANGE_TARIFF:
        return _find_tariff_refusal(args, line, sellable)
    if kind in SWAPS:
        return _find_swap_refusal(kind, args, line, stock or Stock())
    return None


def _find_swap_refusal(kind: str, args: dict[str, Any], line: Line, stock: Stock) -> str | None:
    if kind == Kind.REPLACE_SIM:
        card = stock.cards.get(args["iccid"])
        if card is None or card is not line.card:
            is_spare = card is not None and card.state == "spare" and card.owner == line.organization
            return None if is_spare else "simNotAvailable"
        return "sameSim"
    number = stock.numbers.get(args["msisdn"])
    if number is None or number is not line.number:
        return None if number is not None and _is_to_be_had(number, line) else "numberNotAvailable"
    return "sameNumber"


def _is_to_be_had(number: Number, line: Line) -> bool:
    return number.state == "free" or (number.state == "standby" and number.owner == line.organization)


def _find_tariff_refusal(args: dict[str, Any], line: Line, sellable: frozenset[str]) -> str | None:
    if line.status == "suspended":
        return "lineSuspended"
    wanted = args["tariff"]
    is_planned = args["effective"] == "nextPeriod" and line.planned_tariff == wanted
    # A planned change away from the present tariff may be called back by ordering the present one.
    if is_planned or (line.tariff == wanted and line.planned_tariff is None):
        return "sameTariff"
    if wanted not in sellable and wanted != line.tariff:
        return "tariffNotSellable"
    return "debt" if line.in_arrears else None


def swap(kind: str, args: dict[str, Any], line: Line, stock: Stock) -> None:
    """Give the line the card or the number ordered; the refusals were asked before."""
    if kind == Kind.REPLACE_SIM:
        if line.card is not None:
            line.card.state = "dead"
        line.card = stock.cards[args["iccid"]]
        line.card.state = "in_use"
        return
    if line.number is not None:
        line.number.state, line.number.owner = "standby", line.organization
    line.number = stock.numbers[args["msisdn"]]
    line.number.state, line.number.owner = "in_use", line.organization


def apply(kind: str, args: dict[str, Any], line: Line, next_period: date) -> None:
    """Change the line as ordered, swaps apart; the refusals were asked before."""
    if kind == Kind.BLOCK:
        line.status, line.block_reason = "suspended", args["reason"]
    elif kind == Kind.UNBLOCK:
        line.status, line.block_reason = "active", None
    elif kind == Kind.SET_LIMIT:
        line.limit = json.dumps(args["limit"])
    elif kind == Kind.REMOVE_LIMIT:
        line.limit = None
    elif args["effective"] == "now" or line.tariff == args["tariff"]:
        line.tariff, line.planned_tariff, line.planned_on = args["tariff"], None, None
    else:
        line.planned_tariff, line.planned_on = args["tariff"], next_period


def next_month(today: date) -> date:
    """First day of the next charging period."""
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


def order_state(states: set[str]) -> str:
    """State of an order from the states of its finished items."""
    if len(states) == 1:
        return states.pop()
    return "partial" if "completed" in states else "failed"

"""What the operator refuses, and what an accepted change does to a line; pure values."""

import json
from dataclasses import dataclass
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
    "technical": "The change failed for a technical reason; it may be ordered anew.",
}


@dataclass(slots=True)
class Line:
    """What the rules need to know of a line; `limit` is JSON text."""

    organization: str
    status: str
    block_reason: str | None
    limit: str | None
    tariff: str
    planned_tariff: str | None
    planned_on: date | None
    in_arrears: bool


def find_refusal(
    kind: str, args: dict[str, Any], line: Line | None, customer: str, sellable: frozenset[str]
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
    return None


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


def apply(kind: str, args: dict[str, Any], line: Line, next_period: date) -> None:
    """Change the line as ordered; the refusals were asked before."""
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

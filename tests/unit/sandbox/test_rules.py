"""Business refusals, what accepted changes do, and the state of the whole order."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sandbox.numbers import number_class
from sandbox.rules import (
    Card,
    Kind,
    Line,
    Number,
    Stock,
    apply,
    find_refusal,
    next_month,
    order_state,
    swap,
)
from sandbox.tariffs import SELLABLE

ACTIVE = Line("C1", "active", None, None, "T-START", None, None, False)
SUSPENDED = replace(ACTIVE, status="suspended", block_reason="lost")
LIMITED = replace(ACTIVE, limit="{}")
PLANNED = replace(ACTIVE, planned_tariff="T-OPTIMA", planned_on=date(2026, 12, 1))
NOW = {"tariff": "T-OPTIMA", "effective": "now"}
LATER = {"tariff": "T-OPTIMA", "effective": "nextPeriod"}
BACK = {"tariff": "T-START", "effective": "now"}


@pytest.mark.parametrize(
    ("kind", "args", "line", "code"),
    [
        ("block", {"reason": "lost"}, ACTIVE, None),
        ("block", {"reason": "lost"}, SUSPENDED, "alreadySuspended"),
        ("unblock", {}, SUSPENDED, None),
        ("unblock", {}, ACTIVE, "alreadyActive"),
        ("setLimit", {"limit": {}}, ACTIVE, None),
        ("setLimit", {"limit": {}}, SUSPENDED, None),
        ("removeLimit", {}, LIMITED, None),
        ("removeLimit", {}, ACTIVE, "limitNotSet"),
        ("changeTariff", NOW, ACTIVE, None),
        ("changeTariff", BACK, ACTIVE, "sameTariff"),
        ("changeTariff", BACK, PLANNED, None),
        ("changeTariff", LATER, PLANNED, "sameTariff"),
        ("changeTariff", NOW, PLANNED, None),
        ("changeTariff", {"tariff": "T-CORP2018", "effective": "now"}, ACTIVE, "tariffNotSellable"),
        ("changeTariff", {"tariff": "no such", "effective": "now"}, ACTIVE, "tariffNotSellable"),
        ("changeTariff", NOW, replace(ACTIVE, in_arrears=True), "debt"),
        ("changeTariff", NOW, SUSPENDED, "lineSuspended"),
        ("block", {"reason": "lost"}, replace(ACTIVE, status="terminated"), "terminated"),
        ("unblock", {}, replace(ACTIVE, status="aborted "), "terminated"),
        ("block", {"reason": "lost"}, replace(ACTIVE, organization="C2"), "unknownProduct"),
        ("block", {"reason": "lost"}, None, "unknownProduct"),
    ],
)
def test_refusals(kind: str, args: dict[str, Any], line: Line | None, code: str | None) -> None:
    assert find_refusal(kind, args, line, "C1", SELLABLE) == code


@pytest.mark.parametrize(
    ("kind", "args", "line", "expected"),
    [
        ("block", {"reason": "lost"}, ACTIVE, SUSPENDED),
        ("unblock", {}, SUSPENDED, ACTIVE),
        ("setLimit", {"limit": {"amount": "5.00"}}, ACTIVE, replace(ACTIVE, limit='{"amount": "5.00"}')),
        ("removeLimit", {}, LIMITED, ACTIVE),
        ("changeTariff", NOW, PLANNED, replace(ACTIVE, tariff="T-OPTIMA")),
        ("changeTariff", LATER, ACTIVE, PLANNED),
        ("changeTariff", {**BACK, "effective": "nextPeriod"}, PLANNED, ACTIVE),
    ],
)
def test_changes(kind: str, args: dict[str, Any], line: Line, expected: Line) -> None:
    changed = replace(line)
    apply(kind, args, changed, date(2026, 12, 1))
    assert changed == expected


def stocked() -> tuple[Line, Stock]:
    cards = [Card(n, owner, state, f"card-{state}-{owner}", "") for n, (owner, state) in enumerate(CARDS)]
    numbers = [Number(n, owner, state, f"number-{state}-{owner}") for n, (owner, state) in enumerate(NUMBERS)]
    line = replace(SUSPENDED, card=cards[0], number=numbers[0])
    return line, Stock({card.iccid: card for card in cards}, {one.msisdn: one for one in numbers})


CARDS = (("C1", "in_use"), ("C1", "spare"), ("C1", "dead"), ("C2", "spare"))
NUMBERS = (("C1", "in_use"), (None, "free"), ("C1", "standby"), ("C2", "standby"), ("C2", "in_use"))


@pytest.mark.parametrize(
    ("kind", "wanted", "code"),
    [
        (Kind.REPLACE_SIM, "card-spare-C1", None),
        (Kind.REPLACE_SIM, "card-in_use-C1", "sameSim"),
        (Kind.REPLACE_SIM, "card-dead-C1", "simNotAvailable"),
        (Kind.REPLACE_SIM, "card-spare-C2", "simNotAvailable"),
        (Kind.REPLACE_SIM, "no card", "simNotAvailable"),
        (Kind.CHANGE_NUMBER, "number-free-None", None),
        (Kind.CHANGE_NUMBER, "number-standby-C1", None),
        (Kind.CHANGE_NUMBER, "number-in_use-C1", "sameNumber"),
        (Kind.CHANGE_NUMBER, "number-standby-C2", "numberNotAvailable"),
        (Kind.CHANGE_NUMBER, "number-in_use-C2", "numberNotAvailable"),
        (Kind.CHANGE_NUMBER, "no number", "numberNotAvailable"),
    ],
)
def test_refused_swaps(kind: Kind, wanted: str, code: str | None) -> None:
    line, stock = stocked()
    args = {"iccid" if kind == Kind.REPLACE_SIM else "msisdn": wanted}
    assert find_refusal(kind, args, line, "C1", SELLABLE, stock) == code
    assert find_refusal(kind, args, line, "C2", SELLABLE, stock) == "unknownProduct"


def test_swaps_leave_a_dead_card_and_a_number_in_quarantine() -> None:
    line, stock = stocked()
    card, number = line.card, line.number
    swap(Kind.REPLACE_SIM, {"iccid": "card-spare-C1"}, line, stock)
    swap(Kind.CHANGE_NUMBER, {"msisdn": "number-free-None"}, line, stock)
    assert card is not None
    assert number is not None
    assert (card.state, number.state, number.owner) == ("dead", "standby", "C1")
    assert line.card is stock.cards["card-spare-C1"]
    assert line.number is stock.numbers["number-free-None"]
    assert (line.card.state, line.number.state, line.number.owner) == ("in_use", "in_use", "C1")
    swap(Kind.CHANGE_NUMBER, {"msisdn": "number-in_use-C1"}, line, stock)
    assert line.number is number
    assert number.state == "in_use"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("79161234567", "ordinary"),
        ("79161231122", "fine"),
        ("79161233434", "fine"),
        ("79161234777", "fine"),
        ("79161277777", "golden"),
        ("79160345345", "golden"),
        ("79167777716", "ordinary"),
    ],
)
def test_how_good_a_number_is(number: str, expected: str) -> None:
    assert number_class(number) == expected


def test_next_month() -> None:
    assert next_month(date(2026, 11, 30)) == date(2026, 12, 1)
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        ({"completed"}, "completed"),
        ({"rejected"}, "rejected"),
        ({"failed"}, "failed"),
        ({"completed", "rejected"}, "partial"),
        ({"completed", "failed", "rejected"}, "partial"),
        ({"failed", "rejected"}, "failed"),
    ],
)
def test_order_state(states: set[str], expected: str) -> None:
    assert order_state(states) == expected

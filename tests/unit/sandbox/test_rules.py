"""Business refusals, what accepted changes do, and the state of the whole order."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sandbox.rules import Line, apply, find_refusal, next_month, order_state
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

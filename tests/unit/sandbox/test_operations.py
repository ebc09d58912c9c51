"""Business refusals, what accepted changes do, and the state of the whole order."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sandbox import operations
from sandbox.lookup import BY_KIND, REASONS
from sandbox.numbers import number_class
from sandbox.operations import OPERATIONS
from sandbox.operations.operation import Context
from sandbox.processing.batch import order_state
from sandbox.targets.lines import Card, Line, Number
from sandbox.targets.stock import Stock
from sandbox.targets.target import NO_CHARACTERISTICS, with_characteristic

FOLDER = Path(operations.__file__).parent
ACTIVE = Line(1, "C1", "active", None, None, "T-START", None, None, False, {})
SUSPENDED = replace(ACTIVE, status="suspended", block_reason="lost")
LIMITED = replace(ACTIVE, limit="{}")
PLANNED = replace(ACTIVE, planned_tariff="T-OPTIMA", planned_on=date(2026, 12, 1))
NOW = {"tariff": "T-OPTIMA", "effective": "now"}
LATER = {"tariff": "T-OPTIMA", "effective": "nextPeriod"}
BACK = {"tariff": "T-START", "effective": "now"}
NOVEMBER = Context(date(2026, 11, 30))


def find_refusal(
    kind: str, args: dict[str, Any], line: Line | None, customer: str, context: Context = NOVEMBER
) -> str | None:
    refusal = BY_KIND[kind].find_refusal(line, args, customer, context)
    return None if refusal is None else refusal.code


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
    assert find_refusal(kind, args, line, "C1") == code


@pytest.mark.parametrize(
    ("kind", "args", "line", "expected"),
    [
        ("block", {"reason": "lost"}, ACTIVE, SUSPENDED),
        ("unblock", {}, SUSPENDED, ACTIVE),
        ("setLimit", {"limit": {"amount": "5.00"}}, ACTIVE, replace(ACTIVE, limit='{"amount":"5.00"}')),
        ("removeLimit", {}, LIMITED, ACTIVE),
        ("changeTariff", NOW, PLANNED, replace(ACTIVE, tariff="T-OPTIMA")),
        ("changeTariff", LATER, ACTIVE, PLANNED),
        ("changeTariff", {**BACK, "effective": "nextPeriod"}, PLANNED, ACTIVE),
    ],
)
def test_changes(kind: str, args: dict[str, Any], line: Line, expected: Line) -> None:
    changed = replace(line)
    BY_KIND[kind].apply(changed, args, NOVEMBER)
    assert changed == expected


def stocked() -> tuple[Line, Context]:
    cards = [Card(n, owner, state, f"card-{state}-{owner}", "") for n, (owner, state) in enumerate(CARDS)]
    numbers = [Number(n, owner, state, f"number-{state}-{owner}") for n, (owner, state) in enumerate(NUMBERS)]
    line = replace(SUSPENDED, card=cards[0], number=numbers[0])
    stock = Stock({card.iccid: card for card in cards}, {number.msisdn: number for number in numbers})
    return line, Context(date(2026, 11, 30), stock)


CARDS = (("C1", "in_use"), ("C1", "spare"), ("C1", "dead"), ("C2", "spare"))
NUMBERS = (("C1", "in_use"), (None, "free"), ("C1", "standby"), ("C2", "standby"), ("C2", "in_use"))


@pytest.mark.parametrize(
    ("kind", "wanted", "code"),
    [
        ("replaceSim", "card-spare-C1", None),
        ("replaceSim", "card-in_use-C1", "sameSim"),
        ("replaceSim", "card-dead-C1", "simNotAvailable"),
        ("replaceSim", "card-spare-C2", "simNotAvailable"),
        ("replaceSim", "no card", "simNotAvailable"),
        ("changeNumber", "number-free-None", None),
        ("changeNumber", "number-standby-C1", None),
        ("changeNumber", "number-in_use-C1", "sameNumber"),
        ("changeNumber", "number-standby-C2", "numberNotAvailable"),
        ("changeNumber", "number-in_use-C2", "numberNotAvailable"),
        ("changeNumber", "no number", "numberNotAvailable"),
    ],
)
def test_refused_swaps(kind: str, wanted: str, code: str | None) -> None:
    line, context = stocked()
    args = {"iccid" if kind == "replaceSim" else "msisdn": wanted}
    assert find_refusal(kind, args, line, "C1", context) == code
    assert find_refusal(kind, args, line, "C2", context) == "unknownProduct"


def test_swaps_leave_a_dead_card_and_a_number_in_quarantine() -> None:
    line, context = stocked()
    stock, card, number = context.stock, line.card, line.number
    BY_KIND["replaceSim"].apply(line, {"iccid": "card-spare-C1"}, context)
    BY_KIND["changeNumber"].apply(line, {"msisdn": "number-free-None"}, context)
    assert card is not None
    assert number is not None
    assert (card.state, number.state, number.owner) == ("dead", "standby", "C1")
    assert line.card is stock.cards["card-spare-C1"]
    assert line.number is stock.numbers["number-free-None"]
    assert (line.card.state, line.number.state, line.number.owner) == ("in_use", "in_use", "C1")
    BY_KIND["changeNumber"].apply(line, {"msisdn": "number-in_use-C1"}, context)
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


def test_next_period() -> None:
    assert Context(date(2026, 11, 30)).next_period == date(2026, 12, 1)
    assert Context(date(2026, 12, 1)).next_period == date(2027, 1, 1)


def test_every_operation_is_found_by_its_kind_and_every_reason_has_one_sentence() -> None:
    assert len(BY_KIND) == len(OPERATIONS)
    for operation in OPERATIONS:
        for refusal in (*operation.refusals, operation.target.unknown, operation.target.ended):
            assert REASONS[refusal.code] == refusal.text


def test_characteristics_are_replaced_never_changed() -> None:
    forwarded = with_characteristic(NO_CHARACTERISTICS, "callForwarding", "79160000000")
    assert forwarded == {"callForwarding": "79160000000"}
    assert with_characteristic({**forwarded, "other": 1}, "callForwarding", None) == {"other": 1}
    assert with_characteristic(forwarded, "callForwarding", "79161111111") != forwarded
    assert NO_CHARACTERISTICS == {}


def test_every_operation_that_a_file_declares_is_gathered() -> None:
    declared = sum(
        file.read_text(encoding="utf-8").count("SandboxOperation(\n") for file in FOLDER.glob("*.py")
    )
    assert declared == len(OPERATIONS)


def test_a_file_may_hold_several_operations_and_no_kind_comes_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "gathered_at_the_operator"
    folder.mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    (folder / "__init__.py").touch()
    (folder / "shared.py").write_text("NAME = 'x'")
    (folder / "pair.py").write_text(
        "from sandbox.operations import block, unblock\nOPERATIONS = (unblock.OPERATION, block.OPERATION)"
    )
    assert [operation.kind for operation in operations.gather(folder.name, [str(folder)])] == [
        "unblock",
        "block",
    ]
    (folder / "again.py").write_text("from sandbox.operations.block import OPERATION")
    with pytest.raises(ValueError, match="two operations are of the kind 'block'"):
        operations.gather(folder.name, [str(folder)])


def test_operations_of_one_name_look_at_the_same_place() -> None:
    for operation in OPERATIONS:
        others = [other for other in OPERATIONS if other.asked_by == operation.asked_by]
        assert len({(other.is_attribute, other.target) for other in others}) == 1


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

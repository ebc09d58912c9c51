"""Numbers to choose from, swaps ordered through the gateway, and the words for what the operator refuses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest

from operators.errors import OperatorAway
from operators.gateway import Accepted, Change, Order, OrderLine, Outcome
from operators.pool import NumberClass, NumberPool
from operators.records import LineData, SimData
from operators.tmf.pool import TmfNumberPool
from operators.tmf.reading import TmfSource
from tests.integration.operators.conftest import Operator


@pytest.fixture
def party(source: TmfSource) -> str:
    return next(iter(source.parties())).records[0].id


@pytest.fixture
def pool(operator: Operator) -> NumberPool:
    return TmfNumberPool(operator.client())


def listed(source: TmfSource, party: str) -> list[LineData]:
    return [line for page in source.lines(party) for line in page.records]


def cards(source: TmfSource, party: str, *, spare_only: bool = False) -> dict[str, SimData]:
    return {card.iccid: card for page in source.sims(party, spare_only=spare_only) for card in page.records}


@pytest.fixture
def ordered(operator: Operator, party: str) -> Iterator[Callable[..., list[tuple[str, str]]]]:
    """Places an order of (line, characteristic, value) and answers how each item ended."""
    gateway = operator.gateway()

    def order(*changes: tuple[LineData, str, str]) -> list[tuple[str, str]]:
        items = [
            OrderLine(f"r-{no}", line.id, Change(characteristics={name: value}))
            for no, (line, name, value) in enumerate(changes)
        ]
        key = f"r{time.monotonic_ns()}"
        gateway.place(Order(key, party, "swap", items))
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            found = gateway.find(key)
            if isinstance(found, Accepted) and all(one.outcome != Outcome.OPEN for one in found.lines):
                return [(one.outcome.value, one.reason) for one in found.lines]
            time.sleep(0.05)
        raise AssertionError("the order does not end")

    yield order


def test_the_pool_by_class_and_digits(pool: NumberPool, party: str) -> None:
    assert len(pool.free_numbers(party)) == 50
    golden = pool.free_numbers(party, number_class="golden", limit=500)
    assert len(golden) == 20
    assert {(one.number_class, one.price) for one in golden} == {(NumberClass.GOLDEN, Decimal("15000.00"))}
    digits = golden[3].msisdn[-5:]
    found = pool.free_numbers(party, containing=f" {digits[:2]}-{digits[2:]}")
    assert golden[3] in found
    assert all(digits in one.msisdn for one in found)
    assert pool.free_numbers(party, containing="00000000000") == []


def test_numbers_change_and_come_back(
    pool: NumberPool, source: TmfSource, party: str, ordered: Callable[..., list[tuple[str, str]]]
) -> None:
    first, second, *_ = listed(source, party)
    new = pool.free_numbers(party)[0]
    assert ordered((first, "msisdn", new.msisdn), (second, "msisdn", new.msisdn)) == [
        ("done", ""),
        ("refused", "number_not_available"),
    ]
    assert listed(source, party)[0].msisdn == new.msisdn
    assert new not in pool.free_numbers(party, limit=1000)
    (earlier,) = pool.earlier_numbers(party)
    assert (earlier.msisdn, earlier.price) == (first.msisdn, Decimal("0.00"))
    assert ordered((first, "msisdn", new.msisdn), (first, "msisdn", first.msisdn)) == [
        ("refused", "same_number"),
        ("done", ""),
    ]


def test_cards_change_their_state(
    source: TmfSource, party: str, ordered: Callable[..., list[tuple[str, str]]]
) -> None:
    line = listed(source, party)[0]
    spare = cards(source, party, spare_only=True)
    assert {card.state for card in spare.values()} == {"spare"}
    new, other = list(spare)[:2]
    assert ordered((line, "iccid", new), (line, "iccid", new), (line, "iccid", line.iccid)) == [
        ("done", ""),
        ("refused", "same_sim"),
        ("refused", "sim_not_available"),
    ]
    after = cards(source, party)
    assert (after[new].state, after[line.iccid].state, after[other].state) == ("in_use", "dead", "spare")
    assert after[new].id == spare[new].id
    assert listed(source, party)[0].iccid == new


def test_whoever_chooses_a_number_does_not_wait_long(operator: Operator, party: str) -> None:
    pauses: list[float] = []
    pool = TmfNumberPool(operator.client(sleep=pauses.append))
    operator.admin("PUT", "faults", {"outageSeconds": 600})
    with pytest.raises(OperatorAway):
        pool.free_numbers(party)
    operator.admin("DELETE", "faults")
    assert len(pauses) == 1

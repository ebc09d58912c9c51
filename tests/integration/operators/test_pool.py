"""Numbers to choose from, swaps ordered through the gateway, and the words for what the operator refuses."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from core import clock
from core.db import unit_of_work
from core.tenancy import all_companies
from operators.changes import Change
from operators.models import PoolNumber
from operators.pool import FreeNumber
from operators.pool_sync import sync_pool
from operators.port import Accepted, Order, OrderLine, Outcome, Product
from operators.records import LineData, SimData
from operators.tmf.reading import TmfSource
from tests.fixtures.databases import Database
from tests.integration.operators.conftest import Operator


@pytest.fixture
def party(source: TmfSource) -> str:
    return next(iter(source.parties())).records[0].id


def listed(source: TmfSource, party: str) -> list[LineData]:
    return [line for page in source.lines(party) for line in page.records]


def cards(source: TmfSource, party: str, *, spare_only: bool = False) -> dict[str, SimData]:
    return {card.iccid: card for page in source.sims(party, spare_only=spare_only) for card in page.records}


@pytest.fixture
def ordered(operator: Operator, party: str) -> Iterator[Callable[..., list[tuple[str, str]]]]:
    """Places an order of (line, change) and answers how each item ended."""
    gateway = operator.gateway()

    def order(*changes: tuple[LineData, Change]) -> list[tuple[str, str]]:
        items = [OrderLine(f"r-{no}", Product(line.id), change) for no, (line, change) in enumerate(changes)]
        key = f"r{time.monotonic_ns()}"
        gateway.place(Order(key, party, "swap", items))
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            answer = gateway.find(key)
            if isinstance(answer, Accepted) and all(line.outcome != Outcome.OPEN for line in answer.lines):
                return [(line.outcome.value, line.reason) for line in answer.lines]
            time.sleep(0.05)
        raise AssertionError("the order does not end")

    yield order


def free(source: TmfSource) -> dict[str, FreeNumber]:
    return {number.msisdn: number for page in source.pool() for number in page.records}


def test_the_pool_is_kept_with_classes_and_prices(source: TmfSource, console: Database) -> None:
    report = sync_pool(source)
    assert report is not None
    assert (report.read, report.created, report.odd) == (2000, 2000, 0)
    assert sync_pool(source) is None
    with all_companies(reason="the pool is the same for all"), unit_of_work() as session:
        rows = session.execute(
            select(PoolNumber.number_class, PoolNumber.price, func.count())
            .group_by(PoolNumber.number_class, PoolNumber.price)
            .order_by(PoolNumber.price)
        ).all()
        session.add(
            PoolNumber(msisdn="79000000000", number_class="fine", price=1, party_id=None, seen_at=clock.now())
        )
    assert [row[0] for row in rows] == ["ordinary", "fine", "golden"]
    assert (rows[2][1], rows[2][2]) == (Decimal("15000.00"), 20)
    assert sync_pool(source, at_once=True) is not None
    with all_companies(reason="the pool is the same for all"), unit_of_work() as session:
        assert session.get(PoolNumber, "79000000000") is None


def test_numbers_change_and_come_back(
    source: TmfSource, party: str, ordered: Callable[..., list[tuple[str, str]]]
) -> None:
    first, second, *_ = listed(source, party)
    new = next(iter(free(source)))
    assert ordered((first, Change(msisdn=new)), (second, Change(msisdn=new))) == [
        ("done", ""),
        ("refused", "number_not_available"),
    ]
    assert listed(source, party)[0].msisdn == new
    pool = free(source)
    assert new not in pool
    assert (pool[first.msisdn].party_id, pool[first.msisdn].price) == (party, Decimal("0.00"))
    assert ordered((first, Change(msisdn=new)), (first, Change(msisdn=first.msisdn))) == [
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
    assert ordered(
        (line, Change(iccid=new)), (line, Change(iccid=new)), (line, Change(iccid=line.iccid))
    ) == [
        ("done", ""),
        ("refused", "same_sim"),
        ("refused", "sim_not_available"),
    ]
    after = cards(source, party)
    assert (after[new].state, after[line.iccid].state, after[other].state) == ("in_use", "dead", "spare")
    assert after[new].id == spare[new].id
    assert listed(source, party)[0].iccid == new

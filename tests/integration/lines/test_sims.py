"""SIM cards are kept as the operator lists them and as the lines use them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from core import clock, db
from core.tenancy import all_companies, company_scope
from lines.models import Line, LineState, SimCard
from lines.sims import follow_lines
from lines.sync.lines import apply_line_event
from lines.sync.sims import sync_sims, sync_spares
from operators.errors import OperatorAway
from operators.models import SyncState
from operators.records import Odd, Page, SimData
from operators.states import find_state
from tests.fixtures.world import Place, World
from tests.integration.lines.test_sync_write import THEN, line_data


class Inventory:
    """A source that lists these cards, two a page."""

    def __init__(self, cards: dict[str, str]) -> None:
        self.cards = cards
        self.odd: list[Odd] = []
        self.asked: list[bool] = []
        self.ends_early = False

    def sims(self, party_id: str, *, spare_only: bool = False) -> Iterator[Page[SimData]]:
        self.asked.append(spare_only)
        wanted = [
            SimData(f"S{iccid}", iccid, "25001", state)
            for iccid, state in self.cards.items()
            if state == "spare" or not spare_only
        ]
        yield Page([], self.odd)
        for start in range(0, len(wanted), 2):
            yield Page(wanted[start : start + 2])
        if self.ends_early:
            raise OperatorAway("http 503")


def read(place: Place, inventory: Inventory) -> None:
    sync_sims(inventory, place.company_id, "C1")  # type: ignore[arg-type]


def read_spares(place: Place, inventory: Inventory) -> bool:
    return sync_spares(inventory, place.company_id) is not None  # type: ignore[arg-type]


def states(place: Place) -> dict[str, str]:
    with company_scope(place.company_id), db.unit_of_work() as session:
        return {row[0]: row[1] for row in session.execute(select(SimCard.iccid, SimCard.state))}


def iccids(place: Place) -> list[str]:
    with company_scope(place.company_id), db.unit_of_work() as session:
        return list(session.scalars(select(Line.iccid).order_by(Line.id)))


def give(place: Place, line_id: int, **values: object) -> None:
    with company_scope(place.company_id), db.unit_of_work() as session:
        chosen = (Line.company_id == place.company_id, Line.id == line_id)
        session.execute(update(Line).where(*chosen).values(**values))


def long_ago(place: Place) -> None:
    """The spare cards were last asked for an hour ago."""
    with all_companies(reason="a test turns the clock"), db.unit_of_work() as session:
        session.execute(
            update(SyncState)
            .where(SyncState.stream == f"spares:{place.company_id}")
            .values(done_at=clock.now() - timedelta(hours=1))
        )


@pytest.fixture
def place(world: World) -> Place:
    return world.company(lines=4)


@pytest.fixture
def inventory(place: Place) -> Inventory:
    """What the four lines use, two spare cards and a dead one."""
    return Inventory({**dict.fromkeys(iccids(place), "in_use"), "A": "spare", "B": "spare", "D": "dead"})


def test_the_whole_list_and_what_becomes_of_it(place: Place, inventory: Inventory) -> None:
    read(place, inventory)
    assert states(place) == inventory.cards
    report = sync_sims(inventory, place.company_id, "C1")  # type: ignore[arg-type]
    assert report.is_quiet
    first = iccids(place)[0]
    give(place, place.line_ids[0], iccid="A")
    inventory.cards |= {"A": "in_use", first: "dead", "C": "spare"}
    report = sync_sims(inventory, place.company_id, "C1")  # type: ignore[arg-type]
    assert (report.created, report.changed) == (1, 2)
    assert states(place) == inventory.cards


def test_cards_that_vanish_are_unknown(place: Place, inventory: Inventory) -> None:
    read(place, inventory)
    used, other = iccids(place)[:2]
    give(place, place.line_ids[1], iccid="elsewhere")
    for iccid in (used, other, "B", "D"):
        del inventory.cards[iccid]
    inventory.odd = [Odd("resource", "SB", "strange")]
    read(place, inventory)
    now = states(place)
    assert now[used] == "in_use"  # its line says so
    assert now[other] == "unknown"
    assert now["B"] == "spare"  # shown, but odd
    assert now["D"] == "dead"
    inventory.cards |= {other: "in_use"}
    read(place, inventory)
    assert states(place)[other] == "in_use"


def test_a_list_that_is_all_but_empty_is_not_believed(place: Place, inventory: Inventory) -> None:
    read(place, inventory)
    before = states(place)
    read(place, Inventory({"A": "spare"}))
    assert states(place) == before
    state = find_state(f"sims:{place.company_id}")
    assert state is not None
    assert "5 of 6" in state.problem


def test_a_list_that_breaks_off_loses_nothing(place: Place, inventory: Inventory) -> None:
    read(place, inventory)
    before = states(place)
    broken = Inventory({"A": "spare", "B": "spare", "new": "spare"})
    broken.ends_early = True
    with pytest.raises(OperatorAway):
        read(place, broken)
    assert states(place) == {**before, "new": "spare"}


def test_spare_cards_are_asked_for_often_and_alone(place: Place, inventory: Inventory) -> None:
    assert read_spares(place, inventory)
    assert states(place) == {"A": "spare", "B": "spare"}
    inventory.cards["bought"] = "spare"
    assert not read_spares(place, inventory)
    long_ago(place)
    assert read_spares(place, inventory)
    assert states(place)["bought"] == "spare"
    assert inventory.asked == [True, True]


def test_spare_cards_that_are_none_any_more(place: Place, inventory: Inventory) -> None:
    read(place, inventory)
    give(place, place.line_ids[0], iccid="A")
    del inventory.cards["A"], inventory.cards["B"]
    assert read_spares(place, inventory)
    now = states(place)
    assert (now["A"], now["B"]) == ("in_use", "unknown")
    assert {now[iccid] for iccid in iccids(place)} == {"in_use"}
    assert now["D"] == "dead"


def test_a_list_from_before_our_order_ended_undoes_nothing(place: Place, inventory: Inventory) -> None:
    read(place, inventory)
    old = iccids(place)[0]
    with company_scope(place.company_id), db.unit_of_work() as session:
        chosen = (Line.company_id == place.company_id, Line.id == place.line_ids[0])
        session.execute(update(Line).where(*chosen).values(iccid="A"))
        follow_lines(session, place.company_id, [old, "A"])
    assert (states(place)[old], states(place)["A"]) == ("dead", "in_use")
    read(place, inventory)
    assert read_spares(place, inventory)
    assert (states(place)[old], states(place)["A"]) == ("dead", "in_use")


def test_cards_follow_what_the_operator_tells_of_lines(place: Place, inventory: Inventory) -> None:
    read(place, inventory)
    first, second = (line_data(place, line_id) for line_id in place.line_ids[:2])
    assert apply_line_event(replace(first, iccid="A"))
    assert (states(place)[first.iccid], states(place)["A"]) == ("dead", "in_use")
    # Two lines exchange their cards, told one after the other: in the end both are in use.
    later = THEN + timedelta(minutes=1)
    assert apply_line_event(replace(first, iccid=second.iccid, updated_at=later))
    assert apply_line_event(replace(second, iccid="A", updated_at=later))
    assert (states(place)[second.iccid], states(place)["A"]) == ("in_use", "in_use")
    assert apply_line_event(replace(second, id="P-new", msisdn="79990000000", iccid="B"))
    assert states(place)["B"] == "in_use"


def test_the_card_of_a_terminated_line_is_spare_where_the_operator_says_so(
    place: Place, inventory: Inventory
) -> None:
    give(place, place.line_ids[0], state=LineState.TERMINATED)
    freed = iccids(place)[0]
    inventory.cards[freed] = "spare"
    read(place, inventory)
    assert states(place)[freed] == "spare"


def test_other_companies_are_left_alone(world: World, place: Place, inventory: Inventory) -> None:
    other = world.company("АО «Маяк»", lines=2)
    read(other, Inventory({"A": "spare", **dict.fromkeys(iccids(other), "in_use")}))
    read(place, inventory)
    assert apply_line_event(replace(line_data(place, place.line_ids[0]), iccid="A"))
    read(place, Inventory({}))
    assert states(other)["A"] == "spare"
    with all_companies(reason="a test looks"), db.unit_of_work() as session:
        assert session.scalar(select(func.count()).select_from(SimCard).where(SimCard.iccid == "A")) == 2

"""Lines that got another number: also one that another line of the company had, in whatever order it is told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import permutations

import pytest
from sqlalchemy import select, update

from core import clock, db
from core.journal.entries import JournalEntry
from core.tenancy import company_scope
from lines.models import Line
from lines.sync.writer import LineWriter
from operators.records import LineData
from operators.states import Report
from tests.fixtures.world import Place, World
from tests.integration.lines.test_sync_write import THEN, line_data, lines

LATER = THEN + timedelta(minutes=1)
NEW = "79990000001"


@pytest.fixture
def place(world: World) -> Place:
    return world.company(lines=3)


def write(place: Place, *records: LineData, since_hours: int = 0) -> Report:
    report = Report()
    LineWriter(place.company_id, report, clock.now() - timedelta(hours=since_hours)).write(records)
    return report


def numbers(place: Place, chain: Sequence[LineData]) -> list[str]:
    by_id = lines(place)
    return [by_id[line.id].msisdn for line in chain]


def passed_on(place: Place) -> list[LineData]:
    """The first line gets a new number, each other one that of the line before it."""
    before = [line_data(place, line_id) for line_id in place.line_ids]
    wanted = [NEW, *(line.msisdn for line in before[:-1])]
    return [
        replace(line, msisdn=msisdn, updated_at=LATER) for line, msisdn in zip(before, wanted, strict=True)
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_numbers_that_pass_from_line_to_line(place: Place, order: tuple[int, ...]) -> None:
    chain = passed_on(place)
    for part in order:
        write(place, chain[part])
    assert numbers(place, chain) == [line.msisdn for line in chain]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_numbers_that_pass_on_in_one_list(place: Place, order: tuple[int, ...]) -> None:
    chain = passed_on(place)
    before = {
        line.id: line_data(place, line_id).msisdn for line, line_id in zip(chain, place.line_ids, strict=True)
    }
    assert write(place, *(chain[part] for part in order)).changed == 3
    assert numbers(place, chain) == [line.msisdn for line in chain]
    assert write(place, *chain).is_quiet
    with company_scope(place.company_id), db.unit_of_work() as session:
        entries = session.scalars(select(JournalEntry).where(JournalEntry.action == "line.changed")).all()
        said = {(entry.label, entry.before["msisdn"], entry.after["msisdn"]) for entry in entries}  # type: ignore[index]
    # What the journal says are numbers, not the marks that they bore on the way.
    assert said == {(before[line.id], before[line.id], line.msisdn) for line in chain}


def test_a_line_that_waits_for_its_order_takes_no_number(place: Place) -> None:
    first, second, _ = (line_data(place, line_id) for line_id in place.line_ids)
    # The order passed the first line's number on to the second, the outcomes of both have just been recorded.
    with company_scope(place.company_id), db.unit_of_work() as session:
        for line_id, msisdn in ((place.line_ids[0], NEW), (place.line_ids[1], first.msisdn)):
            chosen = (Line.company_id == place.company_id, Line.id == line_id)
            session.execute(update(Line).where(*chosen).values(msisdn=msisdn, ordered_at=clock.now()))
    # A list that was asked for before that still has the old numbers, with a change that is news to us.
    report = write(
        place,
        replace(first, employee="Другая", updated_at=LATER),
        replace(second, tariff="T-M", updated_at=LATER),
        since_hours=1,
    )
    assert report.deferred == 2
    assert numbers(place, [first, second]) == [NEW, first.msisdn]


def test_a_number_that_our_order_has_just_replaced_gets_no_mark(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, _ = (line_data(place, line_id) for line_id in place.line_ids)
    read = LineWriter._stored
    calls: list[bool] = []

    def meanwhile(self: LineWriter, *given: object, lock: bool = False) -> object:
        calls.append(lock)
        if lock and calls.count(True) == 1:
            # Before the rows are locked, the engine records that the first line has another number.
            with company_scope(place.company_id), db.unit_apart() as other:
                chosen = (Line.company_id == place.company_id, Line.id == place.line_ids[0])
                other.execute(update(Line).where(*chosen).values(msisdn=NEW, ordered_at=clock.now()))
        return read(self, *given, lock=lock)  # type: ignore[arg-type]

    monkeypatch.setattr(LineWriter, "_stored", meanwhile)
    write(place, replace(second, msisdn=first.msisdn, updated_at=LATER))
    assert numbers(place, [first, second]) == [NEW, first.msisdn]

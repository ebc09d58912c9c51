"""The operator's lines as they are written: who has them now, what is planned, and in which order rows are locked."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import select, text

from core import clock, db
from core.journal.entries import JournalEntry
from core.tenancy import all_companies, company_scope
from hierarchy.models import Company
from lines.models import Line
from lines.sync.lines import apply_line_event
from lines.sync.writer import LineWriter
from operators.changes import UNCHANGED, Limit
from operators.records import LineData
from operators.states import Report
from tests.fixtures.world import Place, World

THEN = datetime(2026, 11, 1, tzinfo=UTC)


def line_data(place: Place, line_id: int, **changes: object) -> LineData:
    """What the operator would tell of a stored line as it is."""
    with company_scope(place.company_id), db.unit_of_work() as session:
        line = session.get_one(Line, (place.company_id, line_id))
        party = session.scalars(select(Company.party_id).where(Company.id == place.company_id)).one()
        data = LineData(
            id=line.operator_id,
            party_id=party,
            msisdn=line.msisdn,
            iccid=line.iccid,
            state=cast(Any, line.state),
            block_reason=None,
            tariff=line.tariff_id,
            account_id="fine",
            employee=line.employee,
            limit=None,
            spent=Decimal(0),
            last_activity=None,
            activated_on=None,
            updated_at=THEN,
        )
    return replace(data, **changes)  # type: ignore[arg-type]


def lines(place: Place) -> dict[str, Line]:
    with company_scope(place.company_id), db.unit_of_work() as session:
        return {line.operator_id: line for line in session.scalars(select(Line))}


def party(place: Place) -> str:
    with all_companies(reason="a test looks"), db.unit_of_work() as session:
        return session.scalars(select(Company.party_id).where(Company.id == place.company_id)).one()


def test_a_line_given_to_another_company_ends_where_it_was(world: World) -> None:
    old, new = world.company(lines=3), world.company("АО «Маяк»")
    line = line_data(old, old.line_ids[0])
    assert apply_line_event(line)
    assert apply_line_event(replace(line, party_id=party(new), updated_at=THEN + timedelta(minutes=1)))
    assert lines(new)[line.id].state == "active"
    assert [line.state for line in lines(old).values()].count("terminated") == 1
    assert lines(old)[line.id].state == "terminated"
    with company_scope(old.company_id), db.unit_of_work() as session:
        entry = session.scalars(select(JournalEntry).where(JournalEntry.action == "line.changed")).one()
        assert entry.after == {"state": "terminated"}
    # News from before it moved do not bring it back, neither here nor there.
    assert apply_line_event(line)
    assert (lines(old)[line.id].state, lines(new)[line.id].state) == ("terminated", "active")
    # It may return.
    assert apply_line_event(replace(line, updated_at=THEN + timedelta(minutes=2)))
    assert (lines(old)[line.id].state, lines(new)[line.id].state) == ("active", "terminated")


def test_a_line_given_to_a_customer_unknown_here_ends(world: World) -> None:
    place = world.company(lines=2)
    line = line_data(place, place.line_ids[0])
    assert not apply_line_event(replace(line, party_id="ORG-elsewhere"))
    assert lines(place)[line.id].state == "terminated"


def test_what_the_operator_plans_comes_and_goes(world: World) -> None:
    place = world.company(lines=1)
    line = line_data(place, place.line_ids[0], planned_tariff_id="T-M")
    assert apply_line_event(line)
    assert lines(place)[line.id].planned_tariff_id == "T-M"
    begun = replace(line, tariff="T-M", planned_tariff_id=None, updated_at=THEN + timedelta(days=30))
    assert apply_line_event(begun)
    now = lines(place)[line.id]
    assert (now.tariff_id, now.planned_tariff_id) == ("T-M", None)


def test_lines_are_locked_in_the_order_of_their_ids_when_a_number_changes_hands(world: World) -> None:
    place = world.company(lines=2)
    first, second = place.line_ids
    number = line_data(place, second).msisdn
    taking = line_data(place, first, msisdn=number)

    def write() -> None:
        LineWriter(place.company_id, Report(), clock.now()).write([taking])

    lock = text("SELECT id FROM lines WHERE company_id = :c AND id = :i FOR UPDATE")
    with ThreadPoolExecutor(1) as pool:
        with company_scope(place.company_id), db.unit_of_work() as session:
            session.execute(lock, {"c": place.company_id, "i": first})
            writing = pool.submit(write)
            wait_for_a_lock(place)
            # A runner goes on to the second line: with the writer holding it, both would wait for ever.
            session.execute(lock, {"c": place.company_id, "i": second})
        writing.result(30)
    assert {line.msisdn for line in lines(place).values()} == {
        number,
        f"{number}~{line_data(place, second).id}",
    }


def wait_for_a_lock(place: Place) -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    deadline = clock.now() + timedelta(seconds=20)
    with all_companies(reason="a test looks"), db.unit_apart() as session:
        while not session.scalar(waiting):
            assert clock.now() < deadline, "nobody waits"
            session.execute(text("SELECT pg_stat_clear_snapshot(), pg_sleep(0.05)"))


def test_new_lines_of_which_not_the_same_is_said(world: World) -> None:
    place = world.company(lines=1)
    told_of = line_data(place, place.line_ids[0])
    limited = replace(told_of, id="limited", msisdn="79990000001", limit=Limit(Decimal(5), "day", 90))
    unsaid = replace(told_of, id="unsaid", msisdn="79990000002", limit=UNCHANGED)
    report = Report()
    LineWriter(place.company_id, report, THEN).write([limited, unsaid])
    assert report.created == 2
    stored = lines(place)
    assert (stored["limited"].limit_amount, stored["limited"].limit_warn) == (Decimal(5), 90)
    assert stored["unsaid"].limit_amount is None

"""Reading everything once more: the operator's state is the truth, also where it went back to an older backup."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, cast

from sqlalchemy import select, text

from core import clock, db
from core.journal.entries import JournalEntry
from core.tenancy import company_scope
from lines.models import Line
from lines.sync.lines import CORRECTED, load_company
from notices.models import Notice
from operators.port import Source
from operators.records import LineData, Page
from operators.states import Report
from tests.fixtures.world import Place, World
from tests.integration.lines.test_sync_write import THEN, line_data


class Listed:
    """The part of a source that a full reading of lines needs."""

    def __init__(self, lines: list[LineData]) -> None:
        self._lines = lines

    def lines(self, party_id: str, *, since: str = "") -> Iterator[Page[LineData]]:
        yield Page(self._lines, [])


def loaded(world: World) -> Place:
    """A company whose three lines were read before."""
    place = world.company(lines=3)
    with company_scope(place.company_id), db.unit_of_work() as session:
        session.execute(
            text("UPDATE lines SET operator_updated_at = :then, limit_amount = NULL"), {"then": THEN}
        )
        session.execute(text("UPDATE companies SET synced_at = now()"))
    return place


def reconcile(place: Place, lines: list[LineData]) -> Report:
    return load_company(cast(Source, Listed(lines)), place.company_id, with_sims=False)


def states(place: Place) -> list[str]:
    with company_scope(place.company_id), db.unit_of_work() as session:
        return list(session.scalars(select(Line.state).order_by(Line.id)))


def set_line(place: Place, line_id: int, **values: Any) -> None:
    columns = ", ".join(f"{name} = :{name}" for name in values)
    with company_scope(place.company_id), db.unit_of_work() as session:
        session.execute(text(f"UPDATE lines SET {columns} WHERE id = :id"), {**values, "id": line_id})


def test_what_the_operator_has_forgotten_is_taken_over_told_and_journaled(world: World) -> None:
    place = loaded(world)
    administrator, manager = world.person(place), world.person(place, "numbers_manager")
    before = [line_data(place, line_id) for line_id in place.line_ids]
    # A run of ours blocked the first, and the operator showed a later change of the second.
    set_line(place, place.line_ids[0], state="blocked", block_reason="voluntary")
    set_line(place, place.line_ids[1], state="blocked", operator_updated_at=THEN + timedelta(days=1))
    report = reconcile(place, before)
    assert states(place) == ["active"] * 3
    assert (report.changed, report.corrected) == (2, 2)
    with company_scope(place.company_id), db.unit_of_work() as session:
        entries = session.scalars(select(JournalEntry).where(JournalEntry.action == "line.changed")).all()
        assert {entry.object_id for entry in entries} == set(place.line_ids[:2])
        assert all(entry.after is not None and entry.after["state"] == "active" for entry in entries)
        notices = session.scalars(select(Notice)).all()
        assert [(notice.user_id, notice.title, notice.params) for notice in notices] == [
            (administrator, CORRECTED, {"n": 2})
        ]
        assert manager not in {notice.user_id for notice in notices}
    again = reconcile(place, before)
    assert (again.is_quiet, again.corrected) == (True, 0)


def test_what_is_newer_or_on_its_way_is_not_undone(world: World) -> None:
    place = loaded(world)
    world.person(place)
    before = [line_data(place, line_id) for line_id in place.line_ids]
    ahead = clock.now() + timedelta(minutes=1)
    set_line(place, place.line_ids[0], state="blocked", operator_updated_at=ahead)  # by an event meanwhile
    set_line(place, place.line_ids[1], state="blocked", ordered_at=ahead)  # by an order that ended meanwhile
    report = reconcile(place, before)
    assert states(place) == ["blocked", "blocked", "active"]
    assert (report.corrected, report.deferred) == (0, 1)


def test_a_later_change_is_no_correction(world: World) -> None:
    place = loaded(world)
    world.person(place)
    later = [
        line_data(place, key, state="blocked", updated_at=THEN + timedelta(hours=1)) for key in place.line_ids
    ]
    report = reconcile(place, later)
    assert (report.changed, report.corrected) == (3, 0)
    with company_scope(place.company_id), db.unit_of_work() as session:
        assert session.scalars(select(Notice)).all() == []

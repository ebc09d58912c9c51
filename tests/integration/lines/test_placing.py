"""Placing lines, and the card of one, on a real database."""

from __future__ import annotations

import pytest
from sqlalchemy import select, text

from core import db
from core.errors import InvalidInput, NotAllowed, NotFound
from core.journal.entries import JournalEntry, verify
from core.tenancy import company_scope
from hierarchy.errors import NoDepartment
from hierarchy.models import DepartmentTotal
from lines import departments
from lines.bulk.target import LineTarget
from lines.card import get_line, history
from lines.models import Line
from lines.placing import Placed, place_lines
from rbac.actor import Actor
from rbac.permissions import Permission
from runs.selection import parse
from tests.fixtures.world import Place, World


def placed(actor: Actor, place: Place, target: int, **selection: object) -> Placed:
    with company_scope(place.company_id), db.unit_of_work() as session:
        chosen = LineTarget().chosen(session, actor, Permission.LINES_PLACE, parse(selection))
        return place_lines(session, actor, chosen, target)


def kept_and_counted(place: Place) -> tuple[set[tuple[int, str, int]], set[tuple[int, str, int]]]:
    """The totals as they are kept, and as they are counted anew."""
    found = []
    with company_scope(place.company_id), db.unit_of_work() as session:
        for _ in range(2):
            rows = session.execute(
                select(DepartmentTotal.department_id, DepartmentTotal.state, DepartmentTotal.lines)
            )
            found.append({(row[0], row[1], row[2]) for row in rows if row[2]})
            departments.recount_totals(session, place.company_id)
    return found[0], found[1]


def test_lines_move_with_totals_and_journal(world: World) -> None:
    place = world.company(lines=6)
    world.lines(place, 4, department="north", state="blocked")
    actor = place.actor(world.person(place))
    city = place.departments["city"]
    done = placed(actor, place, city, kind="filter", query="", all=True)
    assert (done.moved, done.stayed) == (10, 0)
    assert placed(actor, place, city, kind="ids", ids=place.line_ids).moved == 0
    kept, counted = kept_and_counted(place)
    assert kept == counted == {(city, "active", 6), (city, "blocked", 4)}
    with company_scope(place.company_id), db.unit_of_work() as session:
        entries = session.scalars(select(JournalEntry).where(JournalEntry.action == "line.placed")).all()
        assert len(entries) == 10
        assert {entry.before["department"] for entry in entries if entry.before} == {"north", "ООО «Ромашка»"}
        assert verify(session, place.company_id) == []


def test_only_what_may_be_placed_is_placed(world: World) -> None:
    place = world.company(lines=3)
    inside = world.lines(place, 2, department="city")
    actor = place.actor(world.person(place, "numbers_manager", at="north"))
    done = placed(actor, place, place.departments["north"], kind="ids", ids=place.line_ids)
    assert done.moved == 2
    with company_scope(place.company_id), db.unit_of_work() as session:
        moved = session.scalars(select(Line.id).where(Line.department_id == place.departments["north"])).all()
    assert sorted(moved) == sorted(inside)
    with pytest.raises(InvalidInput):
        placed(actor, place, place.departments["city"], kind="ids", ids=place.line_ids[:3])


def test_the_target_must_be_ones_own(world: World) -> None:
    place, other = world.company(), world.company("АО «Чужое»")
    world.lines(place, 2, department="city")
    actor = place.actor(world.person(place, "numbers_manager", at="north"))
    for target in (place.departments["south"], place.root_id, other.root_id, 10**12):
        with pytest.raises(NoDepartment):
            placed(actor, place, target, kind="ids", ids=place.line_ids)
    viewer = place.actor(world.person(place, "viewer"))
    with pytest.raises(NotAllowed):
        placed(viewer, place, place.departments["south"], kind="ids", ids=place.line_ids)


def test_a_card_holds_what_belongs_to_the_line(world: World) -> None:
    place = world.company()
    (line_id,) = world.lines(place, 1, department="city")
    admin, viewer = (place.actor(world.person(place, role)) for role in ("global_admin", "viewer"))
    placed(admin, place, place.departments["south"], kind="ids", ids=[line_id])
    with company_scope(place.company_id), db.unit_of_work() as session:
        card = get_line(session, admin, line_id)
        assert [one.name for one in card.way] == ["ООО «Ромашка»", "south"]
        assert card.account is not None and card.contract is not None
        assert card.tariff is not None and card.used_percent is None
        assert [entry.action for entry in history(session, card)] == ["line.placed"]
        assert get_line(session, viewer, line_id).account is None


def test_a_card_out_of_reach(world: World) -> None:
    place, other = world.company(), world.company("АО «Чужое»", lines=1)
    (line_id,) = world.lines(place, 1, department="south")
    actor = place.actor(world.person(place, "viewer", at="north"))
    with company_scope(place.company_id), db.unit_of_work() as session:
        with pytest.raises(NotAllowed):
            get_line(session, actor, line_id)
        for unknown in (other.line_ids[0], 10**12):
            with pytest.raises(NotFound):
                get_line(session, actor, unknown)
        assert session.execute(text("SELECT count(*) FROM lines")).scalar_one() == 1

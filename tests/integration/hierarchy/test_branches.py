"""Changing the tree on a real database: whatever is done, paths, totals and grants stay right."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import db
from core.errors import AppError, Conflict, NotAllowed
from core.journal.entries import JournalEntry, verify
from core.tenancy import company_scope
from hierarchy import service
from hierarchy.errors import BadName, Circle, NoDepartment, RootStays
from hierarchy.models import Department, DepartmentTotal
from hierarchy.queries import children, find_by_name, top_nodes
from lines import departments
from lines.models import Line
from rbac.actor import Actor
from rbac.models import Grant
from rbac.permissions import Permission
from tests.fixtures.world import Place, World

Step = tuple[str, int, int]
COMPANIES = count(1)
STEPS = st.lists(
    st.tuples(st.sampled_from(["create", "move", "merge", "delete"]), st.integers(0, 30), st.integers(0, 30)),
    max_size=25,
)


def check_invariants(place: Place, lines: int) -> None:
    """Paths follow parents, totals are what is counted, no line is lost."""
    with company_scope(place.company_id), db.unit_of_work() as session:
        by_id = {department.id: department for department in session.scalars(select(Department))}
        for department in by_id.values():
            above = by_id[department.parent_id].path if department.parent_id is not None else "/"
            assert department.path == f"{above}{department.id}/"
        assert sum(department.is_root for department in by_id.values()) == 1
        assert set(session.scalars(select(Line.department_id))) <= set(by_id)
        kept = _totals(session)
        departments.recount_totals(session, place.company_id)
        assert kept == _totals(session)
        assert sum(count for _, _, count in kept) == lines


def _totals(session: Session) -> set[tuple[int, str, int]]:
    columns = (DepartmentTotal.department_id, DepartmentTotal.state, DepartmentTotal.lines)
    return {(row[0], row[1], row[2]) for row in session.execute(select(*columns)) if row[2]}


def step(actor: Actor, place: Place, what: Step, number: int) -> None:
    deed, first, second = what
    with company_scope(place.company_id), db.unit_of_work() as session:
        ids = list(session.scalars(select(Department.id).order_by(Department.id)))
        department, other = ids[first % len(ids)], ids[second % len(ids)]
        if deed == "create":
            service.create_department(session, actor, department, f"Department {number}")
        elif deed == "move":
            service.move_department(session, actor, department, other)
        elif deed == "merge":
            departments.merge_department(session, actor, department, other)
        else:
            departments.delete_department(session, actor, department)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_whatever_is_done_the_tree_stays_whole(world: World, steps: list[Step]) -> None:
    place = world.company(f"Company {next(COMPANIES)}")
    for department in (None, "north", "city", "south"):
        world.lines(place, 3, department=department)
        world.lines(place, 2, department=department, state="blocked")
    actor = place.actor(world.person(place))
    for number, what in enumerate(steps):
        try:
            step(actor, place, what, number)
        except (Conflict, BadName):
            continue
    check_invariants(place, 20)


def test_grants_follow_a_branch_at_once(world: World) -> None:
    place = world.company()
    (line,) = world.lines(place, 1, department="city")
    admin, manager, south = (
        world.person(place),
        world.person(place, at="city"),
        world.person(place, at="south"),
    )
    with company_scope(place.company_id), db.unit_of_work() as session:
        service.move_department(
            session, place.actor(admin), place.departments["north"], place.departments["south"]
        )
    for person in (manager, south):
        with company_scope(place.company_id), db.unit_of_work() as session:
            tops = top_nodes(session, place.actor(person), Permission.LINES_VIEW)
            assert [top.total for top in tops] == [1]
    with company_scope(place.company_id), db.unit_of_work() as session:
        paths = session.scalars(select(Grant.path).where(Grant.user_id == manager)).all()
        city = session.get_one(Department, (place.company_id, place.departments["city"]))
        assert paths == [city.path]
        assert city.path.startswith(place.paths["south"])
    assert line


def test_deleting_lifts_lines_and_says_so(world: World) -> None:
    place = world.company()
    world.lines(place, 3, department="north")
    world.lines(place, 2, department="city")
    actor = place.actor(world.person(place))
    with company_scope(place.company_id), db.unit_of_work() as session:
        assert departments.delete_department(session, actor, place.departments["north"]) == 5
    check_invariants(place, 5)
    with company_scope(place.company_id), db.unit_of_work() as session:
        assert set(session.scalars(select(Line.department_id))) == {place.root_id}
        (entry,) = session.scalars(select(JournalEntry).where(JournalEntry.action == "department.deleted"))
        assert entry.before == {"name": "north", "departments": 2, "lines": 5}
        assert verify(session, place.company_id) == []


def test_nothing_is_deleted_on_which_people_hold_roles(world: World) -> None:
    place = world.company()
    world.person(place, at="city")
    actor = place.actor(world.person(place))
    deeds: tuple[Callable[[Session], object], ...] = (
        lambda session: departments.delete_department(session, actor, place.departments["north"]),
        lambda session: departments.merge_department(
            session, actor, place.departments["city"], place.departments["south"]
        ),
    )
    for deed in deeds:
        with (
            pytest.raises(Conflict) as refused,
            company_scope(place.company_id),
            db.unit_of_work() as session,
        ):
            deed(session)
        assert refused.value.code == "has_grants"


def test_names_and_places_that_do_not_fit(world: World) -> None:
    place = world.company()
    actor = place.actor(world.person(place))
    north, city = place.departments["north"], place.departments["city"]
    refused: list[tuple[type[AppError], object]] = [
        (BadName, lambda session: service.create_department(session, actor, place.root_id, " NORTH ")),
        (BadName, lambda session: service.create_department(session, actor, north, "")),
        (BadName, lambda session: service.rename_department(session, actor, north, "South")),
        (Circle, lambda session: service.move_department(session, actor, north, city)),
        (Circle, lambda session: service.move_department(session, actor, north, north)),
        (RootStays, lambda session: service.move_department(session, actor, place.root_id, north)),
        (RootStays, lambda session: departments.delete_department(session, actor, place.root_id)),
        (NoDepartment, lambda session: service.create_department(session, actor, 10**12, "x")),
    ]
    for kind, deed in refused:
        with pytest.raises(kind), company_scope(place.company_id), db.unit_of_work() as session:
            deed(session)  # type: ignore[operator]
    check_invariants(place, 0)


def test_the_right_is_needed_at_both_ends(world: World) -> None:
    place, other = world.company(), world.company("АО «Чужое»")
    actor = place.actor(world.person(place, at="north"))
    city, south = place.departments["city"], place.departments["south"]
    with company_scope(place.company_id), db.unit_of_work() as session:
        made = service.create_department(session, actor, city, "Shop")
        assert service.rename_department(session, actor, made.id, "Store").name == "Store"
        assert [
            department.name for department in find_by_name(session, actor, "sto", Permission.STRUCTURE_VIEW)
        ] == ["Store"]
        assert find_by_name(session, actor, "south", Permission.STRUCTURE_VIEW) == []
        below = children(session, actor, place.departments["north"], Permission.STRUCTURE_VIEW)
        assert [node.department.id for node in below] == [city]
    for target in (south, place.root_id, other.root_id):
        with pytest.raises(NoDepartment), company_scope(place.company_id), db.unit_of_work() as session:
            service.move_department(session, actor, city, target)
    with pytest.raises(NotAllowed), company_scope(place.company_id), db.unit_of_work() as session:
        departments.delete_department(session, actor, place.departments["north"])
    viewer = place.actor(world.person(place, "viewer"))
    with pytest.raises(NotAllowed), company_scope(place.company_id), db.unit_of_work() as session:
        service.create_department(session, viewer, south, "x")


def test_two_moves_crosswise_never_make_a_circle(world: World) -> None:
    place = world.company()
    actor = place.actor(world.person(place))
    north, south = place.departments["north"], place.departments["south"]
    ready = threading.Barrier(2)

    def move(branch: int, target: int) -> None:
        ready.wait()
        try:
            with company_scope(place.company_id), db.unit_of_work() as session:
                service.move_department(session, actor, branch, target)
        except Circle:
            pass

    movers = [threading.Thread(target=move, args=pair) for pair in ((north, south), (south, north))]
    for mover in movers:
        mover.start()
    for mover in movers:
        mover.join()
    check_invariants(place, 0)

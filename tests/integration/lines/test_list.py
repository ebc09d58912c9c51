"""The list of lines on a real database: what matches, in which order, page by page, and nobody else's."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from core import clock, db
from core.errors import NotFound
from core.tenancy import company_scope
from lines import departments, keyset, queries
from lines.filters import SORTS, LineFilter, from_query
from lines.models import Line
from rbac.actor import Actor
from rbac.permissions import Permission
from tests.fixtures.world import Place, World

SET = """UPDATE lines SET employee = :employee, spent = :spent, limit_amount = :limit, last_activity = :day,
         state = :state, block_reason = :reason WHERE id = :id"""


@pytest.fixture
def place(world: World) -> Place:
    """Forty lines over the tree, all different."""
    place = world.company()
    for department, count in ((None, 4), ("north", 12), ("city", 14), ("south", 10)):
        world.lines(place, count, department=department)
    names = ["Иванов", "Ёлкина", "Петров", "", "Ивченко"]
    with company_scope(place.company_id), db.unit_of_work() as session:
        for number, line_id in enumerate(place.line_ids):
            is_blocked = number % 5 == 0
            values = {
                "id": line_id,
                "employee": f"{names[number % 5]} {number}" if names[number % 5] else "",
                "spent": Decimal(number * 7 % 13),
                "limit": Decimal(10) if number % 3 == 0 else None,
                "day": clock.now().date() - timedelta(days=number * 3) if number % 4 else None,
                "state": "blocked" if is_blocked else "active",
                "reason": "lost" if is_blocked else None,
            }
            session.execute(text(SET), values)
        departments.recount_totals(session, place.company_id)
    return place


def pages(actor: Actor, place: Place, query: str, limit: int = 7) -> list[Line]:
    """Every line that the list shows, page by page."""
    lines: list[Line] = []
    after = None
    with company_scope(place.company_id), db.unit_of_work() as session:
        while True:
            page = queries.page_of_lines(session, actor, from_query(query), after=after, limit=limit)
            lines += [row.line for row in page.rows]
            after = page.after
            if after is None:
                return lines


def everything(place: Place) -> Sequence[Line]:
    with company_scope(place.company_id), db.unit_of_work() as session:
        return session.scalars(select(Line)).all()


@pytest.mark.parametrize("sort", [*SORTS, *(f"-{name}" for name in SORTS)])
@pytest.mark.parametrize("branch", [None, "north"])
def test_pages_hold_every_line_once_and_in_order(
    world: World, place: Place, sort: str, branch: str | None
) -> None:
    actor = place.actor(world.person(place))
    query = f"sort={sort}" + (f"&department={place.departments[branch]}" if branch else "")
    shown = pages(actor, place, query)
    inside = {place.departments["north"], place.departments["city"]}
    wanted = [line for line in everything(place) if branch is None or line.department_id in inside]
    keys = keyset.order_of(sort).key.values
    expected = sorted(wanted, key=keys, reverse=sort.startswith("-"))
    assert [line.id for line in shown] == [line.id for line in expected]


@pytest.mark.parametrize("is_merged", [True, False])
def test_both_ways_to_read_a_subtree_give_the_same(
    world: World, place: Place, is_merged: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "is_by_department_cheaper", lambda *_: is_merged)
    actor = place.actor(world.person(place, at="north"))
    for sort in ("number", "-number"):
        shown = pages(actor, place, f"sort={sort}&state=active&limit=no", limit=3)
        inside = {place.departments["north"], place.departments["city"]}
        expected = [
            line.msisdn
            for line in everything(place)
            if line.department_id in inside and line.state == "active" and line.limit_amount is None
        ]
        assert [line.msisdn for line in shown] == sorted(expected, reverse=sort == "-number")


@pytest.mark.parametrize(
    ("query", "test"),
    [
        ("state=blocked", lambda line: line.state == "blocked"),
        ("reason=lost&reason=debt", lambda line: line.block_reason == "lost"),
        ("limit=yes", lambda line: line.limit_amount is not None),
        ("limit=no", lambda line: line.limit_amount is None),
        ("used=50", lambda line: line.limit_amount is not None and line.spent >= line.limit_amount / 2),
        ("employee=none", lambda line: line.employee == ""),
        ("tariff=T-M", lambda line: False),
        ("q=ив", lambda line: line.employee.startswith("Ив")),
        ("q=елкина", lambda line: line.employee.startswith("Ёлкина")),
        ("q=city", lambda line: False),
        (
            "idle=30",
            lambda line: (
                line.last_activity is None or line.last_activity < clock.now().date() - timedelta(days=30)
            ),
        ),
    ],
)
def test_a_filter_asks_for_what_it_says(world: World, place: Place, query: str, test: object) -> None:
    actor = place.actor(world.person(place))
    shown = {line.id for line in pages(actor, place, query)}
    expected = {line.id for line in everything(place) if test(line)}  # type: ignore[operator]
    if query == "q=city":
        expected = {line.id for line in everything(place) if line.department_id == place.departments["city"]}
    assert shown == expected
    with company_scope(place.company_id), db.unit_of_work() as session:
        chosen = session.scalars(queries.select_matching(actor, Permission.LINES_VIEW, query)).all()
        assert {line.id for line in chosen} == expected
        count = queries.count_matching(session, actor, Permission.LINES_VIEW, LineFilter())
        assert count.number == 40
        counted = queries.count_matching(session, actor, Permission.LINES_VIEW, from_query(query))
        assert counted == queries.Count(len(expected))


def test_a_number_is_found_by_any_writing_of_it_its_end_and_its_sim_card(world: World, place: Place) -> None:
    actor = place.actor(world.person(place))
    line = everything(place)[20]
    number = line.msisdn
    writings = [f"8 ({number[1:4]}) {number[4:7]}-{number[7:]}", f"+{number}", number[-5:], line.iccid]
    for writing in writings:
        query = LineFilter(q=writing).query()
        assert line.id in {row.id for row in pages(actor, place, query)}, writing
    assert [row.id for row in pages(actor, place, LineFilter(q=f"+{number}").query())] == [line.id]


def test_signs_with_a_meaning_in_sql_have_none_here(world: World, place: Place) -> None:
    actor = place.actor(world.person(place))
    for sign in ("%", "_", "'", "\\", "(", "a%' or 1=1 --"):
        assert pages(actor, place, LineFilter(q=sign).query()) == []


def test_a_person_of_a_branch_sees_that_branch_only(world: World, place: Place) -> None:
    actor = place.actor(world.person(place, "viewer", at="north"))
    inside = {place.departments["north"], place.departments["city"]}
    assert {line.department_id for line in pages(actor, place, "")} == inside
    assert len(pages(actor, place, f"department={place.root_id}")) == 26
    assert pages(actor, place, f"department={place.root_id}&direct=yes") == []
    with pytest.raises(NotFound):
        pages(actor, place, f"department={place.departments['south']}")
    with company_scope(place.company_id), db.unit_of_work() as session:
        assert queries.count_matching(session, actor, Permission.LINES_VIEW, LineFilter()).number == 26
        nothing = queries.count_matching(session, actor, Permission.LINES_BLOCK, LineFilter())
        assert nothing == queries.Count(0)
        blocked = queries.select_matching(actor, Permission.LINES_BLOCK, "")
        assert session.scalars(blocked).all() == []


def test_what_stands_right_in_a_department(world: World, place: Place) -> None:
    actor = place.actor(world.person(place))
    shown = pages(actor, place, f"department={place.root_id}&direct=yes")
    assert len(shown) == 4
    with company_scope(place.company_id), db.unit_of_work() as session:
        wanted = from_query(f"department={place.root_id}&direct=yes")
        assert queries.count_matching(session, actor, Permission.LINES_VIEW, wanted).number == 4
        assert len(session.scalars(queries.select_matching(actor, Permission.LINES_VIEW, wanted)).all()) == 4


def test_nothing_of_another_company_is_ever_found(world: World, place: Place) -> None:
    other = world.company("АО «Чужое»", lines=5)
    actor = place.actor(world.person(place))
    with company_scope(other.company_id), db.unit_of_work() as session:
        foreign = session.scalars(select(Line)).all()
    for line in foreign:
        assert pages(actor, place, LineFilter(q=f"+{line.msisdn}").query()) == []
    with pytest.raises(NotFound):
        pages(actor, place, f"department={other.root_id}")
    with company_scope(place.company_id), db.unit_of_work() as session:
        chosen = queries.select_department(actor, Permission.LINES_VIEW, other.root_id)
        assert session.scalars(chosen).all() == []


def test_a_long_count_stops(world: World, place: Place) -> None:
    actor = place.actor(world.person(place))
    with company_scope(place.company_id), db.unit_of_work() as session:
        counted = queries.count_matching(
            session, actor, Permission.LINES_VIEW, from_query("limit=no"), most=5
        )
    assert counted == queries.Count(5, is_exact=False)

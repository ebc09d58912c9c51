"""Placing lines in departments, as a run that needs no operator."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core import db
from core.errors import InvalidInput, NotAllowed
from core.tenancy import company_scope
from lines.models import Line
from tests.integration.runs.conftest import Desk


def standing(desk: Desk, department_id: int) -> list[int]:
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        return sorted(session.scalars(select(Line.id).where(Line.department_id == department_id)))


def test_lines_stand_there_and_those_that_stood_there_are_refused(desk: Desk) -> None:
    city = desk.place.departments["city"]
    desk.world.lines(desk.place, 4, department="city", state="blocked")
    run = desk.start("place", {"department": city}, kind="department", department=desk.place.root_id)
    assert run.preview["refused"] == {"already_there": 4}
    desk.work(run)
    assert (desk.run(run).done, desk.run(run).refused) == (25, 4)
    assert standing(desk, city) == sorted(desk.place.line_ids)
    assert desk.operator.orders == {}


def test_only_what_may_be_placed_is_placed(desk: Desk) -> None:
    inside = desk.world.lines(desk.place, 2, department="city")
    desk.user = desk.world.person(desk.place, "numbers_manager", at="north")
    north = desk.place.departments["north"]
    run = desk.start("place", {"department": north}, kind="ids", ids=[*desk.place.line_ids, *inside])
    desk.work(run)
    assert (run.preview["total"], desk.run(run).done) == (2, 2)
    assert standing(desk, north) == sorted(inside)


def test_the_department_must_be_ones_own(desk: Desk) -> None:
    other = desk.world.company("АО «Чужое»")
    desk.world.lines(desk.place, 2, department="city")
    desk.user = desk.world.person(desk.place, "numbers_manager", at="north")
    for target in (desk.place.departments["south"], desk.place.root_id, other.root_id, 10**12):
        with pytest.raises(InvalidInput) as caught:
            desk.preview("place", {"department": target})
        assert set(caught.value.fields) == {"department"}
    desk.user = desk.world.person(desk.place, "viewer")
    with pytest.raises(NotAllowed):
        desk.preview("place", {"department": desk.place.departments["south"]})

"""Placing lines in departments, as a run that needs no operator."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core import db
from core.errors import InvalidInput, NotAllowed
from core.tenancy import company_scope
from lines.models import Line
from tests.integration.runs.conftest import RunHarness


def standing(harness: RunHarness, department_id: int) -> list[int]:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        return sorted(session.scalars(select(Line.id).where(Line.department_id == department_id)))


def test_lines_stand_there_and_those_that_stood_there_are_refused(harness: RunHarness) -> None:
    city = harness.place.departments["city"]
    harness.world.lines(harness.place, 4, department="city", state="blocked")
    run = harness.start("place", {"department": city}, kind="department", department=harness.place.root_id)
    assert run.preview["refused"] == {"already_there": 4}
    harness.work(run)
    assert (harness.run(run).done, harness.run(run).refused) == (25, 4)
    assert standing(harness, city) == sorted(harness.place.line_ids)
    assert harness.operator.orders == {}


def test_only_what_may_be_placed_is_placed(harness: RunHarness) -> None:
    inside = harness.world.lines(harness.place, 2, department="city")
    harness.user = harness.world.person(harness.place, "numbers_manager", at="north")
    north = harness.place.departments["north"]
    run = harness.start("place", {"department": north}, kind="ids", ids=[*harness.place.line_ids, *inside])
    harness.work(run)
    assert (run.preview["total"], harness.run(run).done) == (2, 2)
    assert standing(harness, north) == sorted(inside)


def test_the_department_must_be_ones_own(harness: RunHarness) -> None:
    other = harness.world.company("АО «Чужое»")
    harness.world.lines(harness.place, 2, department="city")
    harness.user = harness.world.person(harness.place, "numbers_manager", at="north")
    for target in (harness.place.departments["south"], harness.place.root_id, other.root_id, 10**12):
        with pytest.raises(InvalidInput) as caught:
            harness.preview("place", {"department": target})
        assert set(caught.value.fields) == {"department"}
    harness.user = harness.world.person(harness.place, "viewer")
    with pytest.raises(NotAllowed):
        harness.preview("place", {"department": harness.place.departments["south"]})

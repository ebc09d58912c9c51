"""Operations that need no operator: carried out by the runner itself, exactly once, with totals and journal."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from core import db
from core.fields import FieldSchema, integer, text
from core.i18n import N_, NN_
from core.journal.entries import JournalEntry, verify
from core.tenancy import company_scope
from hierarchy.models import DepartmentTotal
from lines import departments
from lines.models import Line
from lines.operations.common import TERMINATED
from rbac.permissions import Permission
from runs import control
from runs.engine import local
from runs.models import ItemState, Run, RunItem, RunState
from runs.operation import Operation, Refusal, Words
from tests.integration.runs.conftest import Desk

WORDS = Words(N_("Test"), N_("Test"), N_("Test"), NN_("%(n)s", "%(n)s"), NN_("%(n)s", "%(n)s"))


class NameParams(FieldSchema):
    name = text(N_("Name"))


class IntoParams(FieldSchema):
    department = integer(N_("Department"), 1, 10**12)


NAME = Operation(
    code="name",
    words=WORDS,
    permission=Permission.LINES_PLACE,
    icon="person",
    schema=NameParams,
    refusals=lambda params: (TERMINATED, Refusal("same", N_("Same"), Line.employee == params["name"])),
    effect=lambda params: {"employee": params["name"]},
    group="name",
)
INTO = replace(
    NAME,
    code="into",
    schema=IntoParams,
    refusals=lambda params: (Refusal("there", N_("There"), Line.department_id == params["department"]),),
    effect=lambda params: {"department_id": params["department"]},
    into=lambda params: int(params["department"]),
    group="into",
)


@pytest.fixture(autouse=True)
def known(desk: Desk) -> Iterator[None]:
    desk.parts.operations.update({"name": NAME, "into": INTO})
    yield


def query(desk: Desk, statement: Any) -> list[Any]:
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        return list(session.execute(statement).all())


def test_it_is_done_without_an_order_and_stands_in_the_journal(desk: Desk) -> None:
    run = desk.start("name", {"name": "Анна"})
    desk.work(run)
    ended = desk.run(run)
    assert (ended.state, ended.done, ended.open) == (RunState.FINISHED, 25, 0)
    assert desk.operator.orders == {}
    assert query(desk, select(Line.employee, Line.ordered_at).distinct()) == [("Анна", None)]
    entries = query(desk, select(JournalEntry.after).where(JournalEntry.action == "line.name"))
    assert [after for (after,) in entries] == [{"employee": "Анна"}] * 25
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        assert verify(session, desk.place.company_id) == []


def test_who_is_refused_now_stays_as_they_are(desk: Desk) -> None:
    run = desk.start("name", {"name": "Анна"})
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        session.get_one(Line, (desk.place.company_id, desk.place.line_ids[0])).employee = "Анна"
    desk.work(run)
    assert (desk.run(run).done, desk.run(run).refused) == (24, 1)
    refused = query(desk, select(RunItem.reason).where(RunItem.state == ItemState.REFUSED))
    assert refused == [("same",)]


def test_a_worker_that_dies_in_the_middle_leaves_nothing_half_done(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "MOST", 10)
    run, count = desk.start("name", {"name": "Анна"}), local._count
    done: list[int] = []

    def die(*arguments: Any) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(1)
        count(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(local, "_count", die)
        with pytest.raises(KeyboardInterrupt):
            desk.work(run)
    assert len(query(desk, select(Line.id).where(Line.employee == "Анна"))) == 10
    assert (desk.run(run).pending, desk.run(run).done) == (15, 10)
    desk.work(run)
    assert (desk.run(run).state, desk.run(run).done) == (RunState.FINISHED, 25)
    entries = query(desk, select(JournalEntry.object_id).where(JournalEntry.action == "line.name"))
    assert len(entries) == len(set(entries)) == 25


def test_a_stopped_run_goes_no_further(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk.start("name", {"name": "Анна"})
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        control.stop(session, desk.place.actor(desk.user), desk.parts, run.id)
    desk.work(run)
    assert (desk.run(run).state, desk.run(run).cancelled) == (RunState.CANCELLED, 25)
    assert query(desk, select(Line.id).where(Line.employee == "Анна")) == []


def test_lines_get_into_a_department_with_totals_and_names(desk: Desk) -> None:
    city = desk.place.departments["city"]
    run = desk.start("into", {"department": city})
    desk.work(run)
    assert desk.run(run).done == 25
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        kept = session.execute(
            select(DepartmentTotal.department_id, DepartmentTotal.lines).where(DepartmentTotal.lines != 0)
        ).all()
        assert [tuple(row) for row in kept] == [(city, 25)]
        departments.recount_totals(session, desk.place.company_id)
    entries = query(
        desk, select(JournalEntry.before, JournalEntry.after).where(JournalEntry.action == "line.into")
    )
    assert {entry[1]["department"] for entry in entries} == {"city"}
    assert {entry[0]["department"] for entry in entries} == {"ООО «Ромашка»"}


def test_the_right_is_asked_where_they_get_to(desk: Desk) -> None:
    place = desk.place
    desk.user = desk.world.person(place, "numbers_manager", at="north")
    inside = desk.world.lines(place, 2, department="city")
    run = desk.preview("into", {"department": place.departments["south"]}, kind="ids", ids=inside)
    assert run.preview["refused"] == {"no_right_there": 2}
    run = desk.preview("into", {"department": place.departments["north"]}, kind="ids", ids=inside)
    assert run.preview["allowed"] == 2


def test_a_department_that_is_gone_when_its_turn_comes(desk: Desk) -> None:
    run: Run = desk.start("into", {"department": desk.place.departments["city"]})
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        actor = desk.place.actor(desk.user)
        departments.delete_department(session, actor, desk.place.departments["city"])
    desk.work(run)
    assert (desk.run(run).done, desk.run(run).refused) == (0, 25)
    assert query(desk, select(RunItem.reason).distinct()) == [("no_right_there",)]

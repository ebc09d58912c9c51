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
from tests.integration.runs.conftest import RunHarness

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
def known(harness: RunHarness) -> Iterator[None]:
    harness.parts.operations.update({"name": NAME, "into": INTO})
    yield


def query(harness: RunHarness, statement: Any) -> list[Any]:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        return list(session.execute(statement).all())


def test_it_is_done_without_an_order_and_stands_in_the_journal(harness: RunHarness) -> None:
    run = harness.start("name", {"name": "Анна"})
    harness.work(run)
    ended = harness.run(run)
    assert (ended.state, ended.done, ended.open) == (RunState.FINISHED, 25, 0)
    assert harness.operator.orders == {}
    assert query(harness, select(Line.employee, Line.ordered_at).distinct()) == [("Анна", None)]
    entries = query(harness, select(JournalEntry.after).where(JournalEntry.action == "line.name"))
    assert [after for (after,) in entries] == [{"employee": "Анна"}] * 25
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        assert verify(session, harness.place.company_id) == []


def test_who_is_refused_now_stays_as_they_are(harness: RunHarness) -> None:
    run = harness.start("name", {"name": "Анна"})
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        session.get_one(Line, (harness.place.company_id, harness.place.line_ids[0])).employee = "Анна"
    harness.work(run)
    assert (harness.run(run).done, harness.run(run).refused) == (24, 1)
    refused = query(harness, select(RunItem.reason).where(RunItem.state == ItemState.REFUSED))
    assert refused == [("same",)]


def test_a_worker_that_dies_in_the_middle_leaves_nothing_half_done(
    harness: RunHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "MOST", 10)
    run, count = harness.start("name", {"name": "Анна"}), local._count
    done: list[int] = []

    def die(*arguments: Any) -> None:
        if done:
            raise KeyboardInterrupt
        done.append(1)
        count(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(local, "_count", die)
        with pytest.raises(KeyboardInterrupt):
            harness.work(run)
    assert len(query(harness, select(Line.id).where(Line.employee == "Анна"))) == 10
    assert (harness.run(run).pending, harness.run(run).done) == (15, 10)
    harness.work(run)
    assert (harness.run(run).state, harness.run(run).done) == (RunState.FINISHED, 25)
    entries = query(harness, select(JournalEntry.object_id).where(JournalEntry.action == "line.name"))
    assert len(entries) == len(set(entries)) == 25


def test_a_stopped_run_goes_no_further(harness: RunHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    run = harness.start("name", {"name": "Анна"})
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        control.stop(session, harness.place.actor(harness.user), harness.parts, run.id)
    harness.work(run)
    assert (harness.run(run).state, harness.run(run).cancelled) == (RunState.CANCELLED, 25)
    assert query(harness, select(Line.id).where(Line.employee == "Анна")) == []


def test_lines_get_into_a_department_with_totals_and_names(harness: RunHarness) -> None:
    city = harness.place.departments["city"]
    run = harness.start("into", {"department": city})
    harness.work(run)
    assert harness.run(run).done == 25
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        kept = session.execute(
            select(DepartmentTotal.department_id, DepartmentTotal.lines).where(DepartmentTotal.lines != 0)
        ).all()
        assert [tuple(row) for row in kept] == [(city, 25)]
        departments.recount_totals(session, harness.place.company_id)
    entries = query(
        harness, select(JournalEntry.before, JournalEntry.after).where(JournalEntry.action == "line.into")
    )
    assert {entry[1]["department"] for entry in entries} == {"city"}
    assert {entry[0]["department"] for entry in entries} == {"ООО «Ромашка»"}


def test_the_right_is_asked_where_they_get_to(harness: RunHarness) -> None:
    place = harness.place
    harness.user = harness.world.person(place, "numbers_manager", at="north")
    inside = harness.world.lines(place, 2, department="city")
    run = harness.preview("into", {"department": place.departments["south"]}, kind="ids", ids=inside)
    assert run.preview["refused"] == {"no_right_there": 2}
    run = harness.preview("into", {"department": place.departments["north"]}, kind="ids", ids=inside)
    assert run.preview["allowed"] == 2


def test_a_department_that_is_gone_when_its_turn_comes(harness: RunHarness) -> None:
    run: Run = harness.start("into", {"department": harness.place.departments["city"]})
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        actor = harness.place.actor(harness.user)
        departments.delete_department(session, actor, harness.place.departments["city"])
    harness.work(run)
    assert (harness.run(run).done, harness.run(run).refused) == (0, 25)
    assert query(harness, select(RunItem.reason).distinct()) == [("no_right_there",)]

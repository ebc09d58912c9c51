"""Compares a run in the console with what the operator really received, item by item and line by line."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from sqlalchemy import func, select, text

from core import db
from core.journal import entries as journal
from core.tenancy import company_scope
from devtools.factory import Factory, described
from hierarchy.models import DepartmentTotal
from lines.at_operator import columns_of, owned
from lines.attribute import Owner
from lines.models import Line
from runs.models import FINAL, OrderBatch, Run, RunItem, item_key

PAGE = 1000
AT_OPERATOR = {"completed": "done", "rejected": "refused", "failed": "failed"}
COMPARED = owned(Owner.OPERATOR)


def problems(factory: Factory, run_id: int) -> list[str]:
    """Everything that does not add up; empty where all does."""
    run = factory.run(run_id)
    return [
        *_run_problems(factory, run),
        *_item_problems(factory, run),
        *_line_problems(factory),
        *_book_problems(factory),
    ]


def ordered_items(factory: Factory, run_id: int) -> list[dict[str, Any]]:
    """Every item of the run that the operator received, in the order they came."""
    items: list[dict[str, Any]] = []
    while True:
        path = f"items?externalIdPrefix={run_id}-&limit={PAGE}&offset={len(items)}"
        page: list[dict[str, Any]] = factory.admin("GET", path)
        items += page
        if len(page) < PAGE:
            return items


def _run_problems(factory: Factory, run: Run) -> Iterator[str]:
    if run.finished_at is None or run.open:
        yield f"not at its end: {described(run)}"
    with company_scope(factory.company_id), db.unit_of_work() as session:
        statement = (
            select(RunItem.state, func.count()).where(RunItem.run_id == run.id).group_by(RunItem.state)
        )
        counted = Counter({row[0]: row[1] for row in session.execute(statement)})
        batches = session.scalar(
            select(func.count()).where(OrderBatch.run_id == run.id, OrderBatch.state != "closed")
        )
    for state in counted.keys() | {state.value for state in FINAL}:
        if counted[state] != getattr(run, state):
            yield f"{state}: {counted[state]} items, the run says {getattr(run, state)}"
    if counted.total() != run.total:
        yield f"{counted.total()} items of {run.total}"
    if batches:
        yield f"{batches} orders are still open"


def _item_problems(factory: Factory, run: Run) -> Iterator[str]:
    received: dict[str, list[str]] = defaultdict(list)
    for item in ordered_items(factory, run.id):
        received[item["externalId"]].append(item["state"])
    doubled = [key for key, states in received.items() if len(states) > 1]
    if doubled:
        yield f"{len(doubled)} items were ordered more than once: {doubled[:5]}"
    with company_scope(factory.company_id), db.unit_of_work() as session:
        rows = session.execute(
            select(RunItem.no, RunItem.state, RunItem.batch_id).where(RunItem.run_id == run.id)
        )
        recorded = {item_key(run.id, no): (state, batch) for no, state, batch in rows}
    unknown = received.keys() - recorded.keys()
    if unknown:
        yield f"{len(unknown)} items were ordered that the run does not have"
    differing = [
        (key, states[0], recorded[key][0])
        for key, states in received.items()
        if key in recorded and AT_OPERATOR.get(states[0]) != recorded[key][0]
    ]
    if differing:
        yield f"{len(differing)} items ended otherwise at the operator: {differing[:5]}"
    never = [
        key for key, (state, _) in recorded.items() if state in ("done", "failed") and key not in received
    ]
    if never:
        yield f"{len(never)} items are {run.operation} without an order: {never[:5]}"


def _line_problems(factory: Factory) -> Iterator[str]:
    columns = [getattr(Line, name) for name in COMPARED]
    with company_scope(factory.company_id), db.unit_of_work() as session:
        rows = session.execute(select(Line.operator_id, *columns)).all()
    ours = {row[0]: tuple(row[1:]) for row in rows}
    theirs = {
        line.id: tuple(columns_of(line).get(name) for name in COMPARED)
        for page in factory.source.lines(factory.party_id)
        for line in page.records
    }
    if ours.keys() != theirs.keys():
        yield f"{len(ours.keys() ^ theirs.keys())} lines are on one side only"
    differing = [
        (key, ours[key], theirs[key]) for key in ours.keys() & theirs.keys() if ours[key] != theirs[key]
    ]
    if differing:
        yield f"{len(differing)} lines differ from the operator's: {differing[:3]}"


def _book_problems(factory: Factory) -> Iterator[str]:
    """Journal and totals."""
    with company_scope(factory.company_id), db.unit_of_work() as session:
        yield from journal.verify(session, factory.company_id)
        kept = select(DepartmentTotal.department_id, DepartmentTotal.state, DepartmentTotal.lines)
        totals = {(row[0], row[1]): row[2] for row in session.execute(kept.where(DepartmentTotal.lines != 0))}
        rows = session.execute(text("SELECT department_id, state, count(*) FROM lines GROUP BY 1, 2"))
        if totals != {(row[0], row[1]): row[2] for row in rows}:
            yield "the departments' totals differ from their lines"

"""Mobile lines as what the bulk engine works on: choosing them, reading them, writing an effect on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    String,
    and_,
    any_,
    bindparam,
    cast,
    literal,
    not_,
    select,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, QueryableAttribute, Session, aliased
from sqlalchemy.sql.dml import ReturningUpdate

from core import clock
from core.db import BIGINTS
from core.errors import NotFound
from core.fields import FieldSchema
from hierarchy import totals
from hierarchy.models import Department
from hierarchy.queries import with_ids
from hierarchy.service import lock_tree
from lines import field_values
from lines.bulk.title import LINE_WORDS, SECOND_TITLE, TITLE, TITLE_COLUMN, title_without_mark
from lines.models import IN_DEPARTMENT, Line
from lines.queries import select_department, select_matching
from lines.uploads.service import get_upload, listed_lines
from operators.port import Product
from rbac.actor import Actor, company_of
from rbac.decision import visible
from rbac.permissions import Permission
from runs.models import LINE, RunItem, RunValue, Upload
from runs.operation import Refusal, TargetColumns, TargetLine
from runs.refusals import refusal_case
from runs.row_value_kind import Replaced, RowValue
from runs.row_values import of_line
from runs.selection import Below, Ids, Listed, Matching, Named, Selection

Change = tuple[int, str, dict[str, Any], dict[str, Any]]
"""A changed line as the journal keeps it: id, number, values before, values after."""
TOLD_AS_TEXT = (Decimal, date, datetime)
OF_ITEM = and_(Line.company_id == RunItem.company_id, Line.id == RunItem.target_id)
OF_COMPANY = Department.company_id == Line.company_id


class LineTarget:
    """The runs.operation.Target over the table of lines."""

    kind = LINE
    see = Permission.LINES_VIEW
    words = LINE_WORDS
    columns = TargetColumns(TITLE, SECOND_TITLE, Line.state, Line.employee, Department.name)

    def of_items(self, statement: Select[Any]) -> Select[Any]:
        """A select from items joined to their lines and departments."""
        return statement.join(Line, OF_ITEM).join(Department, IN_DEPARTMENT)

    def seen(self, actor: Actor) -> ColumnElement[bool]:
        """The condition that the actor sees the line."""
        return visible(actor, self.see, Department.path)

    def id_column(self) -> InstrumentedAttribute[int]:
        """The line's id within `chosen`."""
        return Line.id

    def sort_column(self) -> InstrumentedAttribute[str]:
        """The number that people know a line by."""
        return TITLE

    def chosen(
        self, session: Session, actor: Actor, permission: Permission, selection: Selection
    ) -> Select[Any]:
        """The ids of the chosen lines that the actor may see, joined to their departments.

        Raises NotFound for a list that somebody else uploaded, and for a run that is not the actor's to see: how many
        rows the one has, and which lines failed in the other, is theirs to know too.
        """
        match selection:
            case Matching(query):
                return select_matching(actor, permission, query).with_only_columns(Line.id)
            case Below(department):
                return select_department(actor, permission, department).with_only_columns(Line.id)
            case Ids(ids):
                condition: ColumnElement[bool] = Line.id == any_(cast(list(ids), BIGINTS))
            case Listed(upload_id):
                get_upload(session, actor, upload_id)
                condition = Line.id.in_(listed_lines(company_of(actor), upload_id))
            case Named():
                selection.check(session, actor, self.kind)
                condition = selection.condition(company_of(actor), Line.id)
            case _:
                raise TypeError(f"lines cannot be chosen by {selection.kind}")
        return (
            select(Line.id)
            .join(Department, IN_DEPARTMENT)
            .where(Line.company_id == actor.company_id, visible(actor, permission, Department.path))
            .where(condition)
        )

    def problems(
        self,
        session: Session,
        actor: Actor,
        permission: Permission,
        schema: FieldSchema,
        values: Mapping[str, Any],
    ) -> Mapping[str, list[str]]:
        """The problems by field of the tariffs, accounts and departments that parameters name."""
        return field_values.problems(session, actor, permission, schema, values)

    def requested(self, session: Session, selection: Selection) -> int | None:
        """The number of lines asked for, where the selection names them one by one."""
        match selection:
            case Ids(ids):
                return len(ids)
            case Listed(upload_id):
                rows = session.scalar(select(Upload.rows).where(Upload.id == upload_id))
                if rows is None:
                    raise NotFound
                return rows
            case _:
                return None

    def lacks_right(self, actor: Actor, permission: Permission) -> ColumnElement[bool]:
        """The condition that the actor does not hold the permission on the line's department."""
        return not_(visible(actor, permission, Department.path))

    def lacks_right_in(self, actor: Actor, permission: Permission, department_id: int) -> ColumnElement[bool]:
        """The condition that this department is gone, or that the actor does not hold the permission there."""
        department = aliased(Department)
        permitted = select(department.id).where(
            department.company_id == actor.company_id,
            department.id == department_id,
            visible(actor, permission, department.path),
        )
        return not_(permitted.correlate(None).exists())

    def prepare(self, session: Session, company_id: int, effect: Mapping[str, Any]) -> None:
        """Hold branches still while lines are put into one."""
        if "department_id" in effect:
            lock_tree(session, company_id)

    def before_sending(
        self,
        session: Session,
        company_id: int,
        run_id: int,
        numbers: Mapping[int, int],
        refusals: Sequence[Refusal],
        *,
        has_row_value: bool = False,
    ) -> Sequence[TargetLine]:
        """These lines in the order of their items' numbers, with the refusal that holds now."""
        columns: list[Any] = [Line.id, Line.operator_id, refusal_case(list(refusals))]
        query = (
            select(*columns, *([RunValue.value] if has_row_value else []))
            .select_from(Line)
            # Said so that a planner who knows little of the table does not come by way of the departments.
            .join(Department, and_(OF_COMPANY, Department.id == Line.department_id + 0 * Line.id))
            .where(Line.company_id == company_id, Line.id == any_(cast(literal(_written(numbers)), BIGINTS)))
        )
        if has_row_value:
            query = query.outerjoin(RunValue, of_line(company_id, run_id, Line.id))
        lines = [
            TargetLine(numbers[row[0]], row[0], Product(row[1]), *row[2:]) for row in session.execute(query)
        ]
        return sorted(lines, key=attrgetter("no"))

    def apply(
        self,
        session: Session,
        company_id: int,
        run_id: int,
        target_ids: Sequence[int],
        effect: Mapping[str, Any],
        row_value: RowValue | None = None,
        *,
        is_ordered: bool = True,
    ) -> Sequence[tuple[int, str, dict[str, Any], dict[str, Any]]]:
        """Write the effect on the lines and keep the departments' totals; one or two statements in all.

        What else follows from row values is their kind's to do, before and after.
        """
        each = {
            name: value
            for name, value in effect.items()
            if isinstance(value, ColumnElement | QueryableAttribute)
        }
        if row_value is not None and row_value.before is not None:
            row_value.before(session, company_id, run_id, target_ids)
        values = {f"to_{name}": value for name, value in effect.items() if name not in each}
        values |= {"company": company_id, "ids": _written(target_ids)}
        if is_ordered:
            values["at"] = clock.now()
        names = tuple(effect)
        before = session.execute(
            _change(names, each, run_id, is_ordered) if each else _same_for_all(names, is_ordered),
            values,
            execution_options={"synchronize_session": False},
        ).all()
        if "state" in effect or "department_id" in effect:
            totals.add(session, company_id, _moves(before, effect.get("state"), effect.get("department_id")))
        if row_value is not None and row_value.after is not None and row_value.column in each:
            row_value.after(session, company_id, _replaced(before, row_value.column))
        changes = _journaled_changes(sorted(before, key=itemgetter(0)), effect, each)
        return _with_departments(session, company_id, changes) if "department_id" in effect else changes


@lru_cache(maxsize=64)
def _same_for_all(names: tuple[str, ...], is_ordered: bool) -> ReturningUpdate[Any]:
    """`_change` of these columns where all lines get the same: kept, since building it takes as long as sending it."""
    return _change(names, {}, 0, is_ordered)


def _change(
    names: Sequence[str], each: Mapping[str, Any], run_id: int, is_ordered: bool
) -> ReturningUpdate[Any]:
    """The statement that writes columns of lines and returns their old values.

    What is not in `each` is the parameter "to_" and its name.

    Locked in the order of their ids, as everyone locks lines; changed and returned in the same statement. What the
    operator has carried out (`is_ordered`) is dated, so that no earlier reading of the operator overwrites it.
    """
    company = bindparam("company", type_=BigInteger)
    ids = cast(bindparam("ids", type_=String), BIGINTS)
    title = title_without_mark() if each else TITLE
    columns = [
        (title if name == TITLE_COLUMN else getattr(Line, name)).label(f"old_{name}") for name in names
    ] + [value.label(f"new_{name}") for name, value in each.items()]
    chosen = select(Line.id, title.label("title"), Line.department_id, Line.state, *columns)
    if each:
        chosen = chosen.select_from(Line).join(RunValue, of_line(company, run_id, Line.id))
    chosen = chosen.where(Line.company_id == company, Line.id == any_(ids)).order_by(Line.id)
    old = chosen.with_for_update(of=Line).cte("old")
    values: dict[str, ColumnElement[Any]] = {
        name: old.c[f"new_{name}"]
        if name in each
        else bindparam(f"to_{name}", type_=getattr(Line, name).type)
        for name in names
    }
    if is_ordered:
        values["ordered_at"] = bindparam("at", type_=Line.ordered_at.type)
    return (
        update(Line)
        # By the id alone: with the list said once more, a saved plan takes it for ten and loops over both sides.
        .where(Line.company_id == company, Line.id == old.c.id)
        .values(values)
        .returning(*old.c)
    )


def _replaced(rows: Sequence[Any], column: str) -> list[Replaced]:
    """The values of the lines before and now, of changed rows as `_change` returns them."""
    return [Replaced(getattr(row, f"old_{column}"), getattr(row, f"new_{column}")) for row in rows]


def _journaled_changes(
    rows: Sequence[Any], effect: Mapping[str, Any], each: Mapping[str, Any]
) -> list[tuple[int, str, dict[str, Any], dict[str, Any]]]:
    """Changed lines as the journal keeps them: id, title, before, after. Old values begin at the fifth column."""
    after = {name: _plain(value) for name, value in effect.items() if name not in each}
    end = 4 + len(effect)
    return [
        (
            row[0],
            row[1],
            {name: _plain(value) for name, value in zip(effect, row[4:end], strict=True)},
            {**after, **dict(zip(each, row[end:], strict=True))} if each else after,
        )
        for row in rows
    ]


def _with_departments(session: Session, company_id: int, changes: Sequence[Change]) -> list[Change]:
    """The same changes with departments by their names of now: the journal outlives departments."""
    ids = {int(values["department_id"]) for *_, before, after in changes for values in (before, after)}
    names = {department.id: department.name for department in with_ids(session, company_id, ids)}

    def with_name(values: Mapping[str, Any]) -> dict[str, Any]:
        others = {name: value for name, value in values.items() if name != "department_id"}
        return {**others, "department": names.get(values["department_id"], "")}

    return [
        (line_id, label, with_name(before), with_name(after)) for line_id, label, before, after in changes
    ]


def _written(ids: Iterable[int]) -> str:
    """Numbers as PostgreSQL itself writes an array: several times cheaper to send than a list."""
    return f"{{{','.join(map(str, ids))}}}"


def _moves(before: Sequence[Any], state: str | None, department_id: int | None) -> dict[tuple[int, str], int]:
    """The changes in the totals of departments: lines with another state, or in another department."""
    moves: dict[tuple[int, str], int] = {}
    for _, _, was_in, was, *_rest in before:
        now_in, now = department_id or was_in, state or was
        if (was_in, was) != (now_in, now):
            moves[was_in, was] = moves.get((was_in, was), 0) - 1
            moves[now_in, now] = moves.get((now_in, now), 0) + 1
    return moves


def _plain(value: Any) -> Any:
    """A value as the journal keeps it: no floats, money and dates as text."""
    return str(value) if isinstance(value, TOLD_AS_TEXT) else value

"""Mobile lines as what the bulk engine works on: choosing them, reading them, writing an effect on them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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
from sqlalchemy.orm import InstrumentedAttribute, QueryableAttribute, Session
from sqlalchemy.sql.dml import ReturningUpdate

from core import clock
from core.db import BIGINTS
from core.errors import NotFound
from hierarchy import totals
from hierarchy.models import Department
from lines.bulk.number_effects import give_up_numbers, keep_for_return, number_without_mark
from lines.models import IN_DEPARTMENT, Line
from lines.queries import select_department, select_matching
from lines.sims import follow_lines
from lines.uploads.service import get_upload
from rbac.actor import Actor
from rbac.decision import visible
from rbac.permissions import Permission
from runs import listing
from runs.models import ItemState, RunItem, RunValue, Upload, UploadRow
from runs.operation import Refusal, TargetLine
from runs.refusals import refusal_case
from runs.row_values import at_side

Named = Callable[[int, Mapping[str, Any]], ColumnElement[bool]]
"""Of a company and a selection: the condition that a line is among those that it names."""
TOLD_AS_TEXT = (Decimal, date, datetime)
OF_COMPANY = Department.company_id == Line.company_id


class LineTarget:
    """Implements runs.operation.Target over the table of lines.

    `more` are kinds of selections that packages above make for themselves; nobody may send one of them.
    """

    def __init__(self, more: Mapping[str, Named] | None = None) -> None:
        self._more = more or {}

    def id_column(self) -> InstrumentedAttribute[int]:
        """The line's id within `chosen`."""
        return Line.id

    def sort_column(self) -> InstrumentedAttribute[str]:
        """The line's number."""
        return Line.msisdn

    def chosen(
        self, session: Session, actor: Actor, permission: Permission, selection: Mapping[str, Any]
    ) -> Select[Any]:
        """Ids of the chosen lines that the actor may see, joined to their departments.

        Raises NotFound for a list that somebody else uploaded, and for a run that is not the actor's to see: how many
        rows the one has, and which lines failed in the other, is theirs to know too.
        """
        kind = selection["kind"]
        if kind == "upload":
            get_upload(session, actor, int(selection["upload"]))
        if kind == "failed_of":
            listing.get_run(session, actor, int(selection["run"]))
        if kind == "filter":
            return select_matching(actor, permission, str(selection["query"])).with_only_columns(Line.id)
        if kind == "department":
            return select_department(actor, permission, int(selection["department"])).with_only_columns(
                Line.id
            )
        seen = (
            select(Line.id)
            .join(Department, IN_DEPARTMENT)
            .where(Line.company_id == actor.company_id, visible(actor, permission, Department.path))
        )
        return seen.where(self._named(actor, selection))

    def _named(self, actor: Actor, selection: Mapping[str, Any]) -> ColumnElement[bool]:
        """The condition for selections that name lines one by one."""
        if selection["kind"] in self._more:
            return self._more[selection["kind"]](actor.company_id or 0, selection)
        if selection["kind"] == "ids":
            return Line.id == any_(cast(list(selection["ids"]), BIGINTS))
        if selection["kind"] == "upload":
            rows = select(UploadRow.line_id).where(
                UploadRow.company_id == actor.company_id,
                UploadRow.upload_id == int(selection["upload"]),
                UploadRow.problem.is_(None),
            )
            return Line.id.in_(rows)
        failed = select(RunItem.line_id).where(
            RunItem.company_id == actor.company_id,
            RunItem.run_id == int(selection["run"]),
            RunItem.state == ItemState.FAILED,
        )
        return Line.id.in_(failed)

    def requested(self, session: Session, selection: Mapping[str, Any]) -> int | None:
        """How many were asked for, where the selection names them one by one."""
        if selection["kind"] == "ids":
            return len(selection["ids"])
        if selection["kind"] == "upload":
            upload = session.scalar(select(Upload).where(Upload.id == int(selection["upload"])))
            if upload is None:
                raise NotFound
            return upload.rows
        return None

    def lacks_right(self, actor: Actor, permission: Permission) -> ColumnElement[bool]:
        """The condition that the actor does not hold the permission on the line's department."""
        return not_(visible(actor, permission, Department.path))

    def before_sending(
        self,
        session: Session,
        company_id: int,
        run_id: int,
        numbers: Mapping[int, int],
        refusals: Sequence[Refusal],
        *,
        has_own: bool = False,
    ) -> Sequence[TargetLine]:
        """These lines in the order of their items' numbers, with the refusal that holds now."""
        columns: list[Any] = [Line.id, Line.operator_id, refusal_case(list(refusals))]
        found = (
            select(*columns, *([RunValue.value] if has_own else []))
            .select_from(Line)
            # Said so that a planner who knows little of the table does not come by way of the departments.
            .join(Department, and_(OF_COMPANY, Department.id == Line.department_id + 0 * Line.id))
            .where(Line.company_id == company_id, Line.id == any_(cast(literal(_written(numbers)), BIGINTS)))
        )
        if has_own:
            found = found.outerjoin(RunValue, at_side(company_id, run_id, Line.id))
        lines = [TargetLine(numbers[row[0]], *row) for row in session.execute(found)]
        return sorted(lines, key=attrgetter("no"))

    def apply(
        self,
        session: Session,
        company_id: int,
        run_id: int,
        line_ids: Sequence[int],
        effect: Mapping[str, Any],
    ) -> Sequence[tuple[int, str, dict[str, Any], dict[str, Any]]]:
        """Write the effect on the lines and keep the departments' totals; one or two statements in all.

        What each line gets for itself also moves between SIM cards, and numbers leave the lines that held them.
        """
        own = {
            name: value
            for name, value in effect.items()
            if isinstance(value, ColumnElement | QueryableAttribute)
        }
        if "msisdn" in own:
            give_up_numbers(session, company_id, run_id, line_ids)
        values = {f"to_{name}": value for name, value in effect.items() if name not in own}
        values |= {"company": company_id, "ids": _written(line_ids), "at": clock.now()}
        names = tuple(effect)
        before = session.execute(
            _change(names, own, run_id) if own else _same_for_all(names),
            values,
            execution_options={"synchronize_session": False},
        ).all()
        if "state" in effect:
            totals.add(session, company_id, _moves(before, str(effect["state"])))
        if "msisdn" in own:
            given = {row.new_msisdn for row in before}
            keep_for_return(session, company_id, [row.number for row in before if row.number not in given])
        if "iccid" in own:
            cards = {iccid for row in before for iccid in (row.old_iccid, row.new_iccid)}
            follow_lines(session, company_id, sorted(cards))
        return _told(sorted(before, key=itemgetter(0)), effect, own)


@lru_cache(maxsize=64)
def _same_for_all(names: tuple[str, ...]) -> ReturningUpdate[Any]:
    """`_change` of these columns where all lines get the same: kept, since building it takes as long as sending it."""
    return _change(names, {})


def _change(names: Sequence[str], own: Mapping[str, Any], run_id: int = 0) -> ReturningUpdate[Any]:
    """Writes columns of lines and tells what stood there; what is not `own` is the parameter "to_" and its name.

    Locked in the order of their ids, as everyone locks lines; changed and told in the same statement.
    """
    company = bindparam("company", type_=BigInteger)
    ids = cast(bindparam("ids", type_=String), BIGINTS)
    number = number_without_mark() if "msisdn" in own else Line.msisdn
    columns = [
        (number if name == "msisdn" else getattr(Line, name)).label(f"old_{name}") for name in names
    ] + [value.label(f"new_{name}") for name, value in own.items()]
    chosen = select(Line.id, number.label("number"), Line.department_id, Line.state, *columns)
    if own:
        chosen = chosen.select_from(Line).join(RunValue, at_side(company, run_id, Line.id))
    chosen = chosen.where(Line.company_id == company, Line.id == any_(ids)).order_by(Line.id)
    old = chosen.with_for_update(of=Line).cte("old")
    values = {
        name: old.c[f"new_{name}"] if name in own else bindparam(f"to_{name}", type_=getattr(Line, name).type)
        for name in names
    }
    return (
        update(Line)
        # By the id alone: with the list said once more, a saved plan takes it for ten and loops over both sides.
        .where(Line.company_id == company, Line.id == old.c.id)
        .values({**values, "ordered_at": bindparam("at", type_=Line.ordered_at.type)})
        .returning(*old.c)
    )


def _told(
    rows: Sequence[Any], effect: Mapping[str, Any], own: Mapping[str, Any]
) -> list[tuple[int, str, dict[str, Any], dict[str, Any]]]:
    """Changed lines as the journal keeps them: id, number, before, after. Old values begin at the fifth column."""
    after = {name: _plain(value) for name, value in effect.items() if name not in own}
    end = 4 + len(effect)
    return [
        (
            row[0],
            row[1],
            {name: _plain(value) for name, value in zip(effect, row[4:end], strict=True)},
            {**after, **dict(zip(own, row[end:], strict=True))} if own else after,
        )
        for row in rows
    ]


def _written(ids: Iterable[int]) -> str:
    """Numbers as PostgreSQL itself writes an array: several times cheaper to send than a list."""
    return f"{{{','.join(map(str, ids))}}}"


def _moves(before: Sequence[Any], state: str) -> dict[tuple[int, str], int]:
    moves: dict[tuple[int, str], int] = {}
    for _, _, department, old, *_rest in before:
        if old != state:
            moves[department, old] = moves.get((department, old), 0) - 1
            moves[department, state] = moves.get((department, state), 0) + 1
    return moves


def _plain(value: Any) -> Any:
    """A value as the journal keeps it: no floats, money and dates as text."""
    return str(value) if isinstance(value, TOLD_AS_TEXT) else value

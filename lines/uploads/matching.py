"""Rows of a list and the lines that they mean: matched in the database, all rows in one statement."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Subquery,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    not_,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB

from core.db import BIGINTS, TEXTS
from hierarchy.models import Department
from lines.models import IN_DEPARTMENT, Line, LineState
from rbac.actor import Actor
from rbac.decision import visible
from rbac.permissions import Permission

UNKNOWN: Final = "unknown_number"
SAME_LINE: Final = "same_line"
OTHER_LINE: Final = "other_line"
HIDDEN: Final = "hidden_row"
VALUES: Final = "values"
_SEPARATOR: Final = "\x1f"
_VALUE: Final = "value:"
_ALWAYS: Final = ("value", "kind", "sheet", "row", "raw", "problem", "detail")


def seen_lines(actor: Actor) -> Select[int, str]:
    """The lines that the actor may see: numbers of all others look like numbers that do not exist."""
    return (
        select(Line.id, Line.msisdn)
        .join(Department, IN_DEPARTMENT)
        .where(
            Line.company_id == actor.company_id,
            visible(actor, Permission.LINES_VIEW, Department.path),
        )
    )


def sent_rows(texts: Mapping[str, str]) -> Subquery:
    """The rows of the list as a table: each column travels as one text, which is quicker than an array."""
    given = {name: _column(name, texts.get(name, "")) for name in _ALWAYS}
    given |= {name: _column(name, text) for name, text in texts.items() if name in ("hidden", "card")}
    codes = [name.removeprefix(_VALUE) for name in texts if name.startswith(_VALUE)]
    values = {f"text_{place}": texts[_VALUE + code] for place, code in enumerate(codes)}
    given |= {name: _column(name, text) for name, text in values.items()}
    rows = (
        func.unnest(*given.values()).table_valued(*given, with_ordinality="no", name="given").render_derived()
    )
    whole = _as_object({code: rows.c[name] for code, name in zip(codes, values, strict=True)})
    return select(rows, whole.label(VALUES)).subquery("list_rows")


def _column(name: str, text: str) -> ColumnElement[Any]:
    if name == "row":
        return cast(func.string_to_array(text, ","), BIGINTS)
    return cast(func.string_to_array(text, _SEPARATOR, ""), TEXTS)


def _as_object(texts: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    """Row values by the code of their kind as one JSON object; null where there is none."""
    if not texts:
        return cast(null(), JSONB)
    members = [part for code, text in texts.items() for part in (literal(code), text)]
    whole = func.jsonb_strip_nulls(func.jsonb_build_object(*members))
    return case((func.coalesce(*texts.values(), None).is_not(None), whole))


def matched_rows(actor: Actor, rows: Subquery, kinds: Set[str]) -> Subquery:
    """The rows with the line that each means, and what is wrong with those that mean none.

    A hidden row has the problem HIDDEN, and its real one with its detail in `detail`, so that it can be taken later.
    """
    matched = _with_lines(actor, rows, kinds)
    is_mixed = {"msisdn", "iccid"} <= kinds
    has_hidden, has_cards = "hidden" in rows.c, "card" in rows.c
    order = (matched.c.hidden.is_not(None), matched.c.no) if has_hidden else (matched.c.no,)
    is_right = and_(matched.c.problem.is_(None), matched.c.line_id.is_not(None))
    other = and_(is_right, matched.c.card_number.is_not(None)) if has_cards else false()
    same = (matched.c.line_id, other) if has_cards else (matched.c.line_id,)
    first = func.first_value(matched.c.row).over(partition_by=same, order_by=order)
    turn = func.row_number().over(partition_by=same, order_by=order)
    again = and_(is_right, not_(other), turn > 1) if is_mixed else false()
    problem: ColumnElement[Any] = case(
        (matched.c.problem.is_not(None), matched.c.problem),
        (matched.c.line_id.is_(None), UNKNOWN),
        (other, OTHER_LINE),
        (again, SAME_LINE),
        else_=null(),
    )
    detail: ColumnElement[Any] = matched.c.detail
    if is_mixed:
        detail = case((again, cast(func.jsonb_build_object("row", first), String)), else_=detail)
    if has_cards:
        number = func.jsonb_build_object("number", literal("+") + matched.c.card_number)
        detail = case((other, cast(number, String)), else_=detail)
    if has_hidden:
        is_hidden = matched.c.hidden.is_not(None)
        kept = func.jsonb_build_object("problem", cast(problem, String), "detail", detail)
        detail = case((is_hidden, cast(kept, String)), else_=detail)
        problem = case((is_hidden, HIDDEN), else_=problem)
    return select(
        matched.c.no,
        func.coalesce(matched.c.sheet, "").label("sheet"),
        matched.c.row,
        func.coalesce(matched.c.raw, "").label("raw"),
        case((not_(again), matched.c.line_id)).label("line_id"),
        cast(problem, String).label("problem"),
        detail.label("detail"),
        matched.c[VALUES],
    ).subquery("judged")


def _with_lines(actor: Actor, rows: Subquery, kinds: Set[str]) -> Subquery:
    """The rows with the id of their line; `card_number` is the number that the card in the row really belongs to."""
    seen = seen_lines(actor).subquery("line")
    is_right = rows.c.problem.is_(None)
    joined = rows.outerjoin(seen, and_(is_right, rows.c.kind.is_(None), seen.c.msisdn == rows.c.value))
    line_id: ColumnElement[Any] = seen.c.id
    more: list[ColumnElement[Any]] = []
    if "iccid" in kinds:
        # A card may have served several lines: the one that still works is meant.
        card = _by_card(actor, rows, rows.c.value).with_only_columns(Line.id)
        by_card = case((and_(is_right, rows.c.kind == "i"), card.scalar_subquery()))
        line_id = func.coalesce(seen.c.id, by_card)
    if "card" in rows.c:
        other = _by_card(actor, rows, rows.c.card).with_only_columns(Line.msisdn).scalar_subquery()
        own = case((and_(is_right, rows.c.card.is_not(None), rows.c.kind.is_(None)), other))
        more = [func.nullif(own, rows.c.value).label("card_number")]
    return select(rows, line_id.label("line_id"), *more).select_from(joined).subquery("matched")


def _by_card(actor: Actor, rows: Subquery, card: ColumnElement[Any]) -> Select[int, str]:
    order = (Line.msisdn != rows.c.value, Line.state == LineState.TERMINATED, Line.id)
    return seen_lines(actor).where(Line.iccid == card).order_by(*order).limit(1).correlate(rows)

"""Filling a form in: what is known beforehand, what is wrong with what was typed, which numbers it is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import FromClause, any_, cast, delete, func, insert, literal, select
from sqlalchemy.orm import Session

from core.db import BIGINTS, TEXTS
from core.errors import InvalidInput
from core.fields import MOST_SAID, info_of, without_empty
from core.i18n import N_
from core.messages import Message, field_messages
from forms.documents.form import OFFERED_ON, FormLine, FormType, Lines
from forms.requests.models import Request, RequestLine
from hierarchy.models import Department
from lines import field_values
from lines.fields import MOST_LISTED as MOST_NUMBERS
from lines.models import IN_DEPARTMENT, Line
from lines.numbers import parse_iccid, parse_msisdn
from rbac.actor import Actor
from rbac.decision import visible
from rbac.permissions import Permission
from runs.models import LINE, UploadRow
from runs.parts import Parts
from runs.selection import Ids, Listed, Selection

NO_NUMBERS = N_("Name at least one number, or upload a list.")
UNKNOWN_NUMBER = N_("“%(typed)s” is not among the numbers that you may see.")
TWICE = N_("“%(typed)s” stands here twice.")
TYPED_NUMBERS = "numbers"
"""The value of a draft that holds numbers as typed while some of them are wrong; its lines are the last good ones."""
TOO_MANY = N_("A request is about 100,000 numbers at most. Choose fewer, or send several requests.")


@dataclass(frozen=True)
class Checked:
    """A filled-in form: values as they are stored, and everything wrong by field."""

    values: dict[str, Any]
    errors: dict[str, list[str]]


def known(session: Session, actor: Actor, form: FormType) -> dict[str, str]:
    """The values filled in beforehand: defaults, and what is known of the company and the person."""
    values = field_values.beginning(session, actor, form.schema())
    if values.get("contact") == "" and actor.user_id:
        values["contact"] = actor.name
    return values


def check(
    session: Session, actor: Actor, form: FormType, raw: Mapping[str, Any], lines: Sequence[FormLine]
) -> Checked:
    """Check what the actor typed, all at once. Empty texts count as absent, and so does what another choice hides."""
    schema = form.schema()
    typed = without_empty({name: raw.get(name) for name in schema.fields if schema.counts(name, raw)})
    try:
        loaded = schema.load(typed)
    except ValidationError as problem:
        return Checked(typed, _with_numbers(form, lines, field_messages(problem)))
    values: dict[str, Any] = schema.dump(loaded)
    chosen = field_values.problems(session, actor, OFFERED_ON, schema, loaded)
    errors = _with_numbers(form, lines, chosen)
    if form.check is not None:
        for name, messages in form.check(values, lines).items():
            errors.setdefault(name, []).extend(messages)
    return Checked(values, errors)


def as_typed(form: FormType, raw: Mapping[str, Any]) -> dict[str, str]:
    """The texts that a draft keeps where some are wrong.

    One that is too long is cut a character behind its bound: so it is still too long when the draft is submitted.
    """
    return {
        name: str(raw.get(name, ""))[: info_of(field).longest + 1]
        for name, field in form.schema().fields.items()
    }


def _with_numbers(
    form: FormType, lines: Sequence[FormLine], errors: dict[str, list[str]]
) -> dict[str, list[str]]:
    if form.lines == Lines.MANY and not lines:
        errors.setdefault("numbers", []).append(NO_NUMBERS)
    return errors


def find_numbers(session: Session, actor: Actor, typed: str, *, is_paired: bool = False) -> list[int]:
    """The ids of the lines of these numbers or SIM cards, in the order typed; raises InvalidInput naming the unknown.

    `is_paired`: each of them has a row value, so none may stand here twice.
    """
    parts = [part.strip() for part in typed.replace(",", "\n").replace(";", "\n").splitlines()]
    parts = [part for part in parts if part][: MOST_NUMBERS + 1]
    read = {part: parse_msisdn(part) or parse_iccid(part) for part in parts}
    values = [value for value in read.values() if value]
    typed_in = any_(cast(values, TEXTS))  # one array: a statement takes 65,535 single values at most
    seen = (
        select(Line.id, Line.msisdn, Line.iccid)
        .join(Department, IN_DEPARTMENT)
        .where(
            Line.company_id == actor.company_id,
            visible(actor, Permission.LINES_VIEW, Department.path),
            (Line.msisdn == typed_in) | (Line.iccid == typed_in),
        )
    )
    by_value: dict[str, int] = {}
    for line_id, msisdn, iccid in session.execute(seen):
        by_value |= {msisdn: line_id, iccid: line_id}
    unknown = [part for part, value in read.items() if value not in by_value]
    if unknown:
        said: list[str] = [Message(UNKNOWN_NUMBER, typed=part[:40]) for part in unknown[:MOST_SAID]]
        raise InvalidInput(
            N_("Some numbers are not known."), fields={"numbers": said}, code="unknown_numbers"
        )
    if is_paired:
        _refuse_twice([(part, by_value[value]) for part in parts if (value := read[part])])
    return list(dict.fromkeys(by_value[value] for value in values))


def _refuse_twice(typed: Sequence[tuple[str, int]]) -> None:
    first: dict[int, int] = {}
    for place, (_, line_id) in enumerate(typed):
        first.setdefault(line_id, place)
    twice = [part for place, (part, line_id) in enumerate(typed) if first[line_id] != place]
    if twice:
        said: list[str] = [Message(TWICE, typed=part[:40]) for part in dict.fromkeys(twice)]
        raise InvalidInput(
            N_("Some numbers stand here twice."), fields={"numbers": said[:MOST_SAID]}, code="numbers_twice"
        )


def set_lines(
    session: Session, actor: Actor, parts: Parts, request: Request, selection: Selection | None
) -> None:
    """Write down the numbers that a draft is about; None leaves it without any. Raises InvalidInput for too many."""
    session.execute(
        delete(RequestLine).where(
            RequestLine.company_id == request.company_id, RequestLine.request_id == request.id
        ),
        execution_options={"synchronize_session": False},
    )
    request.lines = 0
    if selection is None:
        return
    chosen = (
        parts.targets[LINE]
        .chosen(session, actor, Permission.LINES_VIEW, selection)
        .add_columns(Line.msisdn, Line.iccid, Line.employee)
    )
    (source,) = chosen.get_final_froms()
    order: Any = Line.msisdn
    if (given := _given_order(request.company_id, selection)) is not None:
        source, order = source.join(given, given.c.line_id == Line.id), given.c.no
    rows = select(
        literal(request.company_id),
        literal(request.id),
        func.row_number().over(order_by=order),
        *chosen.selected_columns,
    ).select_from(source)
    rows = rows.where(chosen.whereclause) if chosen.whereclause is not None else rows
    names = ["company_id", "request_id", "no", "line_id", "msisdn", "iccid", "employee"]
    session.execute(insert(RequestLine).from_select(names, rows.limit(MOST_NUMBERS + 1)))
    request.lines = int(session.scalar(_count(request)) or 0)
    if request.lines > MOST_NUMBERS:
        raise InvalidInput(TOO_MANY, code="too_many_numbers")


def _given_order(company_id: int, selection: Selection) -> FromClause | None:
    """The places of lines that a person put in an order: their row values in the form follow it.

    None for selections that name no line by itself: their order is by number.
    """
    if isinstance(selection, Ids):
        ids = func.unnest(cast(list(selection.ids), BIGINTS))
        return ids.table_valued("line_id", with_ordinality="no", name="given").render_derived()
    if isinstance(selection, Listed):
        return (
            select(UploadRow.line_id, UploadRow.no)
            .where(
                UploadRow.company_id == company_id,
                UploadRow.upload_id == selection.upload,
                UploadRow.problem.is_(None),
            )
            .subquery("given")
        )
    return None


def _count(request: Request) -> Any:
    return select(func.count()).where(
        RequestLine.company_id == request.company_id, RequestLine.request_id == request.id
    )


def lines_of(session: Session, request: Request) -> list[FormLine]:
    """The numbers of a request as its document names them."""
    rows = session.execute(
        select(RequestLine.line_id, RequestLine.msisdn, RequestLine.iccid, RequestLine.employee)
        .where(RequestLine.company_id == request.company_id, RequestLine.request_id == request.id)
        .order_by(RequestLine.no)
    )
    return [FormLine(*row) for row in rows]

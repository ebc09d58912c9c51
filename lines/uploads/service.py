"""Uploaded lists of numbers: every row becomes the line it means or the problem it has, in one statement."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
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
    insert,
    literal,
    not_,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from core import clock
from core.db import BIGINTS, TEXTS
from core.errors import NotFound
from core.i18n import N_
from core.journal.entries import Entry, write
from hierarchy.models import Department
from lines.journal import LIST_UPLOADED
from lines.models import IN_DEPARTMENT, Line, LineState
from lines.uploads.cells import PROBLEMS as CELL_PROBLEMS
from lines.uploads.reading import NumberList, read_number_list
from rbac.actor import Actor
from rbac.decision import require, visible
from rbac.permissions import Permission
from runs.models import Upload, UploadRow
from runs.parts import Parts

UNKNOWN: Final = "unknown_number"
SAME_LINE: Final = "same_line"
PROBLEMS: Final[dict[str, str]] = {
    **CELL_PROBLEMS,
    UNKNOWN: N_("Not among the numbers that you may see. Compare it with the list of your numbers."),
    SAME_LINE: N_("The number or SIM card of a line that already stands in row %(row)s."),
}
"""Message ids by problem code; the parameters of a row stand in its `detail` as JSON."""
TITLES: Final[dict[str, str]] = {
    "not_a_number": N_("Neither a phone number nor a SIM card number"),
    "several_numbers": N_("Several numbers in one cell"),
    "digits_lost": N_("Last digits rounded by Excel"),
    "iccid_check_digit": N_("Mistyped SIM card number"),
    "formula_without_value": N_("Formula without a result"),
    "duplicate": N_("Repeated in the list"),
    "duplicate_on_sheet": N_("Repeated on another sheet"),
    UNKNOWN: N_("Not among your numbers"),
    SAME_LINE: N_("Number and SIM card of the same line"),
}
VALUES: Final = "values"
_SEPARATOR: Final = "\x1f"
"""Stands between the values of a column on its way to the database: no text that people see contains it."""


def save_upload(session: Session, actor: Actor, parts: Parts, path: Path, filename: str) -> Upload:
    """Read a list and keep its rows with the row values of all operations; raises FileRefused, NotAllowed.

    Numbers of other companies and of departments that the actor may not see count as unknown: nothing leaks.
    """
    require(actor, Permission.LINES_VIEW)
    if actor.company_id is None:
        raise NotFound
    numbers = read_number_list(path, filename, kinds=parts.operations.row_values())
    upload = Upload(
        company_id=actor.company_id,
        filename=filename,
        created_by=actor.user_id,
        created_at=clock.now(),
        rows=len(numbers),
        matches=0,
        problems=0,
    )
    session.add(upload)
    session.flush()
    upload.matches = _write_rows(session, actor, upload, numbers)
    upload.problems = upload.rows - upload.matches
    session.flush()
    counts = {"filename": filename, "rows": upload.rows, "found": upload.matches}
    write(session, actor, [Entry(LIST_UPLOADED, "upload", upload.id, None, counts)])
    return upload


def get_upload(session: Session, actor: Actor, upload_id: int) -> Upload:
    """An upload of the actor's own; raises NotFound."""
    upload = session.scalar(
        select(Upload).where(
            Upload.company_id == actor.company_id,
            Upload.id == upload_id,
            Upload.created_by == actor.user_id,
        )
    )
    if upload is None:
        raise NotFound
    return upload


def problem_counts(session: Session, upload: Upload) -> dict[str, int]:
    """How many rows have which problem, the most frequent first."""
    counted = session.execute(
        select(UploadRow.problem, func.count())
        .where(
            UploadRow.company_id == upload.company_id,
            UploadRow.upload_id == upload.id,
            UploadRow.problem.is_not(None),
        )
        .group_by(UploadRow.problem)
        .order_by(func.count().desc(), UploadRow.problem)
    )
    return {str(problem): count for problem, count in counted}


def describe(row: UploadRow) -> tuple[str, Mapping[str, Any]]:
    """The message id and its parameters that say what is wrong with a row and what can be done."""
    params: dict[str, Any] = json.loads(row.detail) if row.detail else {}
    return PROBLEMS.get(row.problem or "", ""), params


def _write_rows(db: Session, actor: Actor, upload: Upload, numbers: NumberList) -> int:
    """Match every row to its line in the database; returns how many were found."""
    matched = _matched(actor, _sent_rows(numbers), set(numbers.kinds))
    names = ["company_id", "upload_id", "no", "sheet", "row", "raw", "line_id", "problem", "detail", VALUES]
    rows = select(literal(upload.company_id), literal(upload.id), *(matched.c[name] for name in names[2:]))
    written = insert(UploadRow).from_select(names, rows).returning(UploadRow.problem).cte("written")
    return int(db.scalar(select(func.count()).where(written.c.problem.is_(None))) or 0)


def _sent_rows(numbers: NumberList) -> Subquery:
    """The rows of the list as a table: each column travels as one text, which is quicker than an array."""
    problems, details = _problems(numbers)
    codes = sorted({code for values in numbers.row_values.values() for code in values})
    columns = [
        _column(numbers.values),
        _column(["i" if kind == "iccid" else "" for kind in numbers.kinds]),
        _column(numbers.sheets),
        _column(numbers.rows, whole=True),
        _column(numbers.raws),
        _column(problems),
        _column(details),
        *(_listed_values(numbers, code) for code in codes),
    ]
    texts = [f"text_{place}" for place in range(len(codes))]
    names = ("value", "kind", "sheet", "row", "raw", "problem", "detail", *texts)
    rows = func.unnest(*columns).table_valued(*names, with_ordinality="no", name="given").render_derived()
    values = _as_object({code: rows.c[text] for code, text in zip(codes, texts, strict=True)})
    return select(rows, values.label(VALUES)).subquery("list_rows")


def _listed_values(numbers: NumberList, code: str) -> ColumnElement[Any]:
    """The row values of one kind, one for each row or nothing."""
    nothing: dict[str, str] = {}
    return _column([numbers.row_values.get(index, nothing).get(code) for index in range(len(numbers))])


def _as_object(texts: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    """Row values by the code of their kind as one JSON object; null where there is none."""
    if not texts:
        return cast(null(), JSONB)
    members = [part for code, text in texts.items() for part in (literal(code), text)]
    whole = func.jsonb_strip_nulls(func.jsonb_build_object(*members))
    return case((func.coalesce(*texts.values(), None).is_not(None), whole))


def _problems(numbers: NumberList) -> tuple[list[str | None], list[str]]:
    """Problem codes, and the parameters of their texts as JSON."""
    problems, details = list(numbers.problems), [""] * len(numbers)
    for index in numbers.first_index:
        described = numbers.describe_problem(index)
        if described is not None:
            params = described[1]
            details[index] = json.dumps(params, ensure_ascii=False)
            problems[index] = "duplicate_on_sheet" if "sheet" in params else "duplicate"
    return problems, details


def _column(values: Sequence[object], *, whole: bool = False) -> ColumnElement[Any]:
    if whole:
        return cast(func.string_to_array(",".join(map(str, values)), ","), BIGINTS)
    texts = ["" if value is None else str(value) for value in values]
    joined = _SEPARATOR.join(texts)
    if "\x00" in joined or joined.count(_SEPARATOR) != len(texts) - 1:
        joined = _SEPARATOR.join(text.replace("\x00", "").replace(_SEPARATOR, " ") for text in texts)
    return cast(func.string_to_array(joined, _SEPARATOR, ""), TEXTS)


def _matched(actor: Actor, rows: Subquery, kinds: set[Any]) -> Subquery:
    """The rows with the line that each means, and what is wrong with those that mean none."""
    seen = _seen_lines(actor).subquery("line")
    is_right = rows.c.problem.is_(None)
    joined = rows.outerjoin(seen, and_(is_right, rows.c.kind.is_(None), seen.c.msisdn == rows.c.value))
    line_id: ColumnElement[Any] = seen.c.id
    if "iccid" in kinds:
        # A card may have served several lines: the one that still works is meant.
        card = (
            _seen_lines(actor)
            .with_only_columns(Line.id)
            .where(Line.iccid == rows.c.value)
            .order_by(Line.state == LineState.TERMINATED, Line.id)
            .limit(1)
            .correlate(rows)
        )
        by_card = case((and_(is_right, rows.c.kind == "i"), card.scalar_subquery()))
        line_id = func.coalesce(seen.c.id, by_card)
    matched = select(rows, line_id.label("line_id")).select_from(joined).subquery("matched")
    is_mixed = {"msisdn", "iccid"} <= kinds
    first = func.first_value(matched.c.row).over(partition_by=matched.c.line_id, order_by=matched.c.no)
    turn = func.row_number().over(partition_by=matched.c.line_id, order_by=matched.c.no)
    again = and_(matched.c.line_id.is_not(None), turn > 1) if is_mixed else false()
    problem = case(
        (matched.c.problem.is_not(None), matched.c.problem),
        (matched.c.line_id.is_(None), UNKNOWN),
        (again, SAME_LINE),
        else_=null(),
    )
    detail = case((again, cast(func.jsonb_build_object("row", first), String)), else_=matched.c.detail)
    return select(
        matched.c.no,
        func.coalesce(matched.c.sheet, "").label("sheet"),
        matched.c.row,
        func.coalesce(matched.c.raw, "").label("raw"),
        case((not_(again), matched.c.line_id)).label("line_id"),
        cast(problem, String).label("problem"),
        (detail if is_mixed else matched.c.detail).label("detail"),
        matched.c[VALUES],
    ).subquery("judged")


def _seen_lines(actor: Actor) -> Select[int, str]:
    return (
        select(Line.id, Line.msisdn)
        .join(Department, IN_DEPARTMENT)
        .where(
            Line.company_id == actor.company_id,
            visible(actor, Permission.LINES_VIEW, Department.path),
        )
    )


def listed_lines(company_id: int, upload_id: int) -> Select[int | None]:
    """The ids of the lines that an uploaded list means."""
    return select(UploadRow.line_id).where(
        UploadRow.company_id == company_id, UploadRow.upload_id == upload_id, UploadRow.problem.is_(None)
    )

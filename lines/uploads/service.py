"""Uploaded lists of numbers: every row becomes the line it means or the problem it has, in one statement."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Select, cast, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session

from core import clock
from core.errors import NotFound
from core.i18n import N_
from core.journal.entries import Entry, write
from lines.journal import LIST_UPLOADED
from lines.uploads.cells import PROBLEMS as CELL_PROBLEMS
from lines.uploads.matching import HIDDEN, OTHER_LINE, SAME_LINE, UNKNOWN, VALUES, matched_rows, sent_rows
from lines.uploads.reader import ListRead, read_list
from rbac.actor import Actor
from rbac.decision import require
from rbac.permissions import Permission
from runs.models import Upload, UploadRow
from runs.parts import Parts

PROBLEMS: Final[dict[str, str]] = {
    **CELL_PROBLEMS,
    UNKNOWN: N_("Not among the numbers that you may see. Compare it with the list of your numbers."),
    SAME_LINE: N_("The number or SIM card of a line that already stands in row %(row)s."),
    OTHER_LINE: N_("The SIM card in this row is that of %(number)s. Correct the number or the card."),
    HIDDEN: N_("The row is hidden in the file."),
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
    OTHER_LINE: N_("Number and SIM card of different lines"),
    "excel_error": N_("An error of a formula instead of a number"),
    HIDDEN: N_("Hidden in the file"),
}


def save_upload(
    session: Session, actor: Actor, parts: Parts, path: Path, filename: str, *, with_hidden: bool = False
) -> Upload:
    """Read a list and keep its rows with the row values of all operations.

    Rows that are hidden in the file are left out until `take_hidden`, unless they are asked for at once. Numbers of
    other companies and of departments that the actor may not see count as unknown: nothing leaks. Raises InvalidInput
    with what is wrong with the file, Unavailable where many are read at this moment, NotAllowed.
    """
    require(actor, Permission.LINES_VIEW)
    if actor.company_id is None:
        raise NotFound
    numbers = read_list(session, actor, path, filename, parts.operations.row_values())
    upload = Upload(
        company_id=actor.company_id,
        filename=filename,
        created_by=actor.user_id,
        created_at=clock.now(),
        rows=numbers.rows,
        matches=0,
        problems=0,
        hidden=numbers.hidden,
        account=dict(numbers.account),
    )
    session.add(upload)
    session.flush()
    upload.matches = _write_rows(session, actor, upload, numbers)
    upload.problems = upload.rows - upload.matches
    session.flush()
    if with_hidden:
        take_hidden(session, actor, upload)
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
    """The number of rows with each problem, the most frequent first."""
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


def take_hidden(session: Session, actor: Actor, upload: Upload) -> None:
    """Take the rows that are hidden in the file as well; each then means its line or has its own problem."""
    require(actor, Permission.LINES_VIEW)
    if not upload.hidden:
        return
    kept = cast(UploadRow.detail, JSONB)
    taken = (
        update(UploadRow)
        .where(
            UploadRow.company_id == upload.company_id,
            UploadRow.upload_id == upload.id,
            UploadRow.problem == HIDDEN,
        )
        .values(problem=kept["problem"].astext, detail=kept["detail"].astext)
        .returning(UploadRow.problem)
        .execution_options(synchronize_session=False)
    )
    problems = session.scalars(taken).all()
    upload.rows += len(problems)
    upload.matches += sum(problem is None for problem in problems)
    upload.problems = upload.rows - upload.matches
    upload.hidden = 0
    session.flush()


def _write_rows(session: Session, actor: Actor, upload: Upload, numbers: ListRead) -> int:
    """Match every row to its line in the database; returns how many were found."""
    matched = matched_rows(actor, sent_rows(numbers.columns), numbers.kinds)
    names = ["company_id", "upload_id", "no", "sheet", "row", "raw", "line_id", "problem", "detail", VALUES]
    rows = select(literal(upload.company_id), literal(upload.id), *(matched.c[name] for name in names[2:]))
    written = insert(UploadRow).from_select(names, rows).returning(UploadRow.problem).cte("written")
    return int(session.scalar(select(func.count()).where(written.c.problem.is_(None))) or 0)


def listed_lines(company_id: int, upload_id: int) -> Select[int | None]:
    """The ids of the lines that an uploaded list means."""
    return select(UploadRow.line_id).where(
        UploadRow.company_id == company_id, UploadRow.upload_id == upload_id, UploadRow.problem.is_(None)
    )

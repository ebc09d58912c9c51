"""Fields of a form filled from an uploaded list: the row values that it gives the numbers."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.i18n import N_
from core.messages import Message
from forms.documents.form import FormType, Values
from forms.requests.models import Request, RequestLine
from lines.numbers import format_msisdn
from runs.models import UNREADABLE, UploadRow
from runs.selection import Listed, Selection

NOT_WHOLE = N_(
    "The list has nothing here for %(typed)s. Fill its column in for every number, or empty it for all of them."
)
Errors = dict[str, list[str]]


def fill(
    session: Session,
    form: FormType,
    request: Request,
    raw: Values,
    selection: Selection | None,
) -> tuple[dict[str, Any], Errors]:
    """The typed values, with fields that were left empty filled from the list that the numbers come from.

    What was kept before and came back untouched counts as empty too: a list that was corrected and is uploaded
    again replaces it, as it does the numbers.
    """
    filled, errors = dict(raw), Errors()
    if form.from_list is None or not isinstance(selection, Listed):
        return filled, errors
    for name, code in form.from_list(raw).items():
        typed = str(raw.get(name) or "").split()
        if typed and typed != str(request.values.get(name) or "").split():
            continue
        given = _listed(session, request, selection.upload, code)
        missing = [number for number, value in given.items() if not value]
        if len(missing) == len(given):
            continue
        if missing:
            errors[name] = [Message(NOT_WHOLE, typed=format_msisdn(missing[0]))]
        else:
            filled[name] = "\n".join(map(_plain, given.values()))
    return filled, errors


def _listed(session: Session, request: Request, upload: int, code: str) -> dict[str, str | None]:
    """The values that the list gives each number, in the order of the request's numbers.

    Nothing where it only repeats what they have: people upload tables that hold their present cards too.
    """
    written = UploadRow.values[code].astext
    present = getattr(RequestLine, code)
    of_line = (
        (UploadRow.company_id == RequestLine.company_id)
        & (UploadRow.upload_id == upload)
        & (UploadRow.line_id == RequestLine.line_id)
        & UploadRow.problem.is_(None)
    )
    rows = session.execute(
        select(RequestLine.msisdn, present, written)
        .outerjoin(UploadRow, of_line)
        .where(RequestLine.company_id == request.company_id, RequestLine.request_id == request.id)
        .order_by(RequestLine.no)
    ).all()
    if all(value in (None, now) for _, now, value in rows):
        return {}
    return {number: value for number, _, value in rows}


def _plain(value: str | None) -> str:
    """One line of the field; what could not be read stays as it was written, so that its error names it."""
    return " ".join(str(value).removeprefix(UNREADABLE).replace(",", " ").split())

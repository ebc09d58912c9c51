"""Lists of numbers as files: their upload, their content, and the rows with problems."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Blueprint, request, url_for
from flask_babel import gettext as _

from console.lines import upload_words
from console.runs.operations import allowed_operations
from console.web.downloads import EXCEL, send_download, send_made, send_rows
from console.web.i18n import locale, text
from console.web.routing import ResponseReturnValue, actor, db, go_to, parts, render, route
from console.web.security import MAX_UPLOAD
from core.bounds import whole
from core.errors import InvalidInput, Unavailable
from core.excel import Column
from core.i18n import N_
from core.spreadsheets import ReadLimits
from core.spreadsheets.workbook import TEXT_SUFFIXES, WORKBOOK_SUFFIXES
from core.storage import clean_name
from lines.filters import LineFilter
from lines.queries import page_of_lines
from lines.uploads import service as uploads
from lines.uploads.problems import upload_problems
from lines.uploads.sample import write_sample
from rbac.permissions import Permission
from runs.models import Upload, UploadRow

blueprint = Blueprint("uploads", __name__, url_prefix="/uploads")
SAMPLE = Path(__file__).resolve().parents[2] / "docs" / "samples" / "numbers.xlsx"
PAGE = 50
SAMPLE_NUMBERS = 12
SUFFIXES = (*WORKBOOK_SUFFIXES, *TEXT_SUFFIXES)
NO_FILE = N_("Choose a file first.")

COLUMNS = (
    Column(N_("Sheet"), "sheet", "text", 20),
    Column(N_("Row"), "row", "int", 10),
    Column(N_("What stands there"), "raw", "text", 30),
    Column(N_("Problem"), "problem", "text", 40),
    Column(N_("What to do"), "advice", "text", 80),
)


@route(blueprint, "/new", permission=Permission.LINES_VIEW)
def new() -> ResponseReturnValue:
    """The form."""
    return _form("")


@route(blueprint, "", permission=Permission.LINES_VIEW, methods=("POST",), is_costly=True)
def create() -> ResponseReturnValue:
    """Take a file; one that cannot be read is refused with the reason, on the same page."""
    file = request.files.get("file")
    name = clean_name(file.filename or "") if file else ""
    if file is None or not name:
        return _form(text(NO_FILE)), 422
    with tempfile.TemporaryDirectory(prefix="upload-") as folder:
        path = Path(folder) / "list"
        file.save(path)
        try:
            upload = uploads.save_upload(db(), actor(), parts(), path, name)
        except InvalidInput as problem:
            return _form(text(problem.message, **problem.params), name), 422
        except Unavailable as problem:
            return _form(text(problem.message, **problem.params), name), 503
    return go_to(url_for("uploads.show", upload_id=upload.id))


@route(blueprint, "/sample.xlsx", permission=Permission.LINES_VIEW)
def sample() -> ResponseReturnValue:
    """A list that shows what is understood, with some of the person's own numbers: it can be tried at once."""
    few = [row.line for row in page_of_lines(db(), actor(), LineFilter()).rows[:SAMPLE_NUMBERS]]
    if not few:
        return send_download(SAMPLE.open("rb"), type=EXCEL, name="numbers.xlsx", size=SAMPLE.stat().st_size)
    numbers, employees = [line.msisdn for line in few], [line.employee for line in few]
    return send_made("numbers.xlsx", lambda path: write_sample(path, numbers, employees, locale()))


@route(blueprint, "/<int:upload_id>", permission=Permission.LINES_VIEW)
def show(upload_id: int) -> ResponseReturnValue:
    """What was found, the problems by kind, and what can be done with the numbers."""
    upload = uploads.get_upload(db(), actor(), upload_id)
    counts = uploads.problem_counts(db(), upload)
    groups = [(code, text(uploads.TITLES.get(code, code)), count) for code, count in counts.items()]
    return render(
        "uploads/show.html",
        upload=upload,
        groups=groups,
        operations=allowed_operations(),
        was_read=upload_words.was_read(upload.account),
        left_out=upload_words.left_out(upload.account),
    )


@route(blueprint, "/<int:upload_id>/hidden", permission=Permission.LINES_VIEW, methods=("POST",))
def take_hidden(upload_id: int) -> ResponseReturnValue:
    """Take the rows as well that are hidden in the file."""
    upload = uploads.get_upload(db(), actor(), upload_id)
    uploads.take_hidden(db(), actor(), upload)
    return go_to(url_for("uploads.show", upload_id=upload.id))


@route(blueprint, "/<int:upload_id>/rows", permission=Permission.LINES_VIEW)
def rows(upload_id: int) -> ResponseReturnValue:
    """Rows with one kind of problem: a fragment, page by page."""
    upload = uploads.get_upload(db(), actor(), upload_id)
    problem, after = request.args.get("problem", ""), request.args.get("after", 0, type=whole)
    statement = upload_problems(upload.company_id, upload.id, after=after, limit=PAGE)
    page = db().scalars(statement.where(UploadRow.problem == problem)).all()
    more = None
    if len(page) == PAGE:
        more = url_for("uploads.rows", upload_id=upload.id, problem=problem, after=page[-1].no)
    shown = [{"row": row, "advice": _advice(row)} for row in page]
    return render("uploads/rows.html", rows=shown, more=more, is_first=not after)


@route(blueprint, "/<int:upload_id>/problems.xlsx", permission=Permission.LINES_VIEW, is_costly=True)
def problems(upload_id: int) -> ResponseReturnValue:
    """Every row with a problem as a workbook, for whoever keeps the list."""
    upload = uploads.get_upload(db(), actor(), upload_id)
    name = f"{Path(upload.filename).stem or 'list'}-problems.xlsx"
    return send_rows(
        name, COLUMNS, _problem_rows(upload), total=upload.problems + upload.hidden, sheet=N_("Problems")
    )


def _problem_rows(upload: Upload) -> Iterator[tuple[object, ...]]:
    statement = upload_problems(
        upload.company_id, upload.id, after=0, limit=upload.problems + upload.hidden + 1
    )
    for row in db().scalars(statement.execution_options(yield_per=2000)):
        title = text(uploads.TITLES.get(row.problem or "", row.problem or ""))
        yield row.sheet, row.row, row.raw, title, _advice(row)


def _advice(row: UploadRow) -> str:
    message, params = uploads.describe(row)
    return text(message, **params) if message else ""


def _form(error: str, name: str = "") -> str:
    context: dict[str, Any] = {
        "error": error,
        "error_name": name,
        "most_bytes": MAX_UPLOAD,
        "most_megabytes": MAX_UPLOAD // (1024 * 1024),
        "most_rows": ReadLimits().rows,
        "accept": ",".join(SUFFIXES),
        "too_large": _(
            "The file is larger than %(limit)s MB. Split the list and upload it in parts.",
            limit=MAX_UPLOAD // (1024 * 1024),
        ),
    }
    return render("uploads/new.html", **context)

"""The customer's side: the catalogue of documents, filling in, submitting, following a request."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from console.fields.drawn import draw, errors_in_words, labels_of
from console.fields.reading import read
from console.lines import upload_words
from console.lines.uploads import SUFFIXES
from console.requests import words as request_words
from console.requests.attachments import attach_good, attach_sent
from console.runs import selection
from console.runs.operations import LONGEST_ADDRESS
from console.web import kept_forms
from console.web.i18n import number, text
from console.web.routing import ResponseReturnValue, actor, db, go_to, is_fragment, parts, render, route
from core.bounds import whole
from core.errors import Conflict, InvalidInput, NotFound, Unavailable
from core.i18n import N_
from core.storage import clean_name
from forms.documents.form import OFFERED_ON, FormType, Lines
from forms.documents.types import TYPES, get_type
from forms.requests import attachments, content, service, submission
from forms.requests.file_types import ENDINGS
from forms.requests.models import Request, RequestState
from forms.requests.transitions import Party
from lines.bulk.items import count_chosen
from lines.models import Line
from lines.uploads import service as uploads
from rbac.permissions import Permission
from runs.models import LINE, Upload
from runs.selection import Ids, Listed, Selection

blueprint = Blueprint("requests", __name__, url_prefix="/requests")
SHOWN_NUMBERS = 2000
"""More numbers than these are kept without being shown in the form."""
MISSING = N_("Missing: “%(paper)s”. Choose the file, then submit.")
Errors = Mapping[str, Sequence[str]]


@route(blueprint, "", permission=Permission.REQUESTS_VIEW)
def index() -> ResponseReturnValue:
    """The list: open or closed, the company's or one's own."""
    view, mine = request.args.get("view", "open"), request.args.get("mine", "") == "1"
    before = request.args.get("before", type=whole)
    is_open = {"open": True, "closed": False}.get(view)
    requests = service.list_requests(db(), actor(), is_open=is_open, mine=mine, before=before)
    more = None
    if len(requests) == service.PAGE:
        more = url_for("requests.index", view=view, mine="1" if mine else None, before=requests[-1].id)
    rows = [request_words.listed(customer_request) for customer_request in requests]
    template = "requests/rows.html" if is_fragment() else "requests/index.html"
    return render(template, rows=rows, more=more, view=view, mine=mine, is_first=before is None)


@route(blueprint, "/new", methods=("GET", "POST"), permission=Permission.REQUESTS_SUBMIT)
def catalogue() -> ResponseReturnValue:
    """Every document with its instruction; for numbers chosen in the list, those that are about numbers.

    The list posts its ticks here; where they fit into an address, the page gets one.
    """
    forms = [form for form in TYPES if not form.is_public]
    values = request.form if request.method == "POST" else request.args
    if "sel" not in values:
        return render("requests/catalogue.html", forms=forms)
    chosen = selection.read(values, is_ordered=True)
    if request.method == "POST" and (address := _address("requests.catalogue", chosen)):
        return redirect(address, code=303)
    return render(
        "requests/catalogue.html",
        forms=[form for form in forms if form.lines != Lines.NONE],
        pairs=selection.pairs(chosen),
        count=count_chosen(db(), actor(), parts().targets[LINE], chosen),
        origin=selection.origin(chosen),
    )


@route(blueprint, "/new/<form_code>", permission=Permission.REQUESTS_SUBMIT)
def new(form_code: str) -> ResponseReturnValue:
    """An empty form with what is known filled in; numbers may come along from the list."""
    return _begin(
        _form(form_code), selection.read(request.args, is_ordered=True) if "sel" in request.args else None
    )


@route(blueprint, "/new/<form_code>/numbers", methods=("POST",), permission=Permission.REQUESTS_SUBMIT)
def new_with_numbers(form_code: str) -> ResponseReturnValue:
    """As `new`, with a selection that may be too long for an address."""
    form, chosen = _form(form_code), selection.read(request.form, is_ordered=True)
    address = _address("requests.new", chosen, form_code=form.code)
    return redirect(address, code=303) if address else _begin(form, chosen)


def _address(endpoint: str, chosen: Selection, **values: Any) -> str | None:
    """The address of a page for this selection, unless it would be too long."""
    address = f"{url_for(endpoint, **values)}?{urlencode(selection.pairs(chosen))}"
    return address if len(address) < LONGEST_ADDRESS else None


def _begin(form: FormType, chosen: Selection | None) -> ResponseReturnValue:
    """The form of a new request: few numbers are shown in it, many go along as the selection that they are."""
    typed = content.known(db(), actor(), form)
    if chosen is None or form.lines == Lines.NONE:
        return _page(form, None, typed, {})
    back = _address("requests.catalogue", chosen)
    is_whole = form.from_list is not None and isinstance(chosen, Listed)  # with its row values
    if (count := count_chosen(db(), actor(), parts().targets[LINE], chosen)) > SHOWN_NUMBERS or is_whole:
        return _page(form, None, typed, {}, kept=count, pairs=selection.pairs(chosen), back=back)
    seen = parts().targets[LINE].chosen(db(), actor(), Permission.LINES_VIEW, chosen)
    numbers = db().scalars(seen.with_only_columns(Line.msisdn).order_by(Line.msisdn))
    typed["numbers"] = "\n".join(f"+{number}" for number in numbers)
    return _page(form, None, typed, {}, back=back)


@route(blueprint, "/new/<form_code>", methods=("POST",), permission=Permission.REQUESTS_SUBMIT)
def create(form_code: str) -> ResponseReturnValue:
    """Keep the draft, and go on where it is whole."""
    form = _form(form_code)
    return _save(form, submission.new_draft(db(), actor(), form))


@route(blueprint, "/<int:request_id>/edit", permission=Permission.REQUESTS_SUBMIT)
def edit(request_id: int) -> ResponseReturnValue:
    """The form of a draft."""
    draft = service.get_request(db(), actor(), request_id)  # to look at: held only once it is saved
    if draft.state != RequestState.DRAFT:
        return redirect(url_for("requests.show", request_id=request_id))
    return _page(get_type(draft.form), draft, _typed(draft), {})


@route(blueprint, "/<int:request_id>/edit", methods=("POST",), permission=Permission.REQUESTS_SUBMIT)
def save(request_id: int) -> ResponseReturnValue:
    """Keep what was typed in a draft."""
    draft = submission.get_draft(db(), actor(), request_id)
    return _save(get_type(draft.form), draft)


def _form(code: str) -> FormType:
    form = get_type(code)
    if form.is_public:
        raise NotFound
    return form


def _save(form: FormType, draft: Request) -> ResponseReturnValue:
    typed = {**dict.fromkeys(form.schema().fields, ""), **read(form.schema, request.form)}
    errors: dict[str, list[str]] = {}
    chosen = None
    try:
        is_paired = form.row_values is not None and bool(form.row_values(typed).values)
        chosen = _chosen(form, draft, is_paired=is_paired)
        checked = submission.fill(db(), actor(), parts(), draft, typed, chosen)
    except InvalidInput as problem:
        chosen = None
        errors["numbers"] = [*problem.fields.get("numbers", ())] or [text(problem.message, **problem.params)]
        wrong = request.form.get("numbers", "").strip()
        checked = submission.fill(db(), actor(), parts(), draft, typed, None, wrong_numbers=wrong)
    errors = {**checked.errors, **errors}
    if "draft" in request.form:
        flash(_("The draft is kept."), "success")
        return go_to(url_for("requests.edit", request_id=draft.id))
    if errors:
        # Sent once more, it is this draft that is saved, not another one that is made.
        edit = url_for("requests.edit", request_id=draft.id)
        kept_forms.stands_at(edit, edit)
        return _page(form, draft, {**typed, **_shown_again(draft, chosen)}, errors), 422
    return go_to(url_for("requests.show", request_id=draft.id))


def _shown_again(draft: Request, chosen: Selection | None) -> dict[str, Any]:
    """The kept form with the errors: an uploaded list leaves its numbers, and what it gives them, in the form."""
    if not isinstance(chosen, Listed):
        return {"numbers": request.form.get("numbers", "")}
    return _typed(draft)


def _typed(draft: Request) -> dict[str, Any]:
    """The values in the form of a draft: numbers as they were typed where some are wrong, else those it is about."""
    lines = content.lines_of(db(), draft) if draft.lines <= SHOWN_NUMBERS else []
    return {"numbers": "\n".join(f"+{line.msisdn}" for line in lines), **draft.values}


def _chosen(form: FormType, draft: Request, *, is_paired: bool) -> Selection | None:
    """The selection that the form names: an uploaded list before typed numbers before those chosen or kept."""
    file = request.files.get("list")
    if form.lines == Lines.NONE:
        return None
    if file is not None and file.filename:
        with tempfile.TemporaryDirectory(prefix="list-") as folder:
            path = Path(folder) / "list"
            file.save(path)
            upload = _uploaded(path, clean_name(file.filename, attachments.UNNAMED))
        _tell_of(upload)
        return Listed(upload.id)
    typed = request.form.get("numbers", "").strip()
    if typed:
        return Ids(tuple(content.find_numbers(db(), actor(), typed, is_paired=is_paired)))
    if "sel" in request.form:
        return selection.read(request.form, is_ordered=True)
    if "keep_numbers" in request.form:
        return Ids(tuple(line.line_id for line in content.lines_of(db(), draft)))
    return None


def _uploaded(path: Path, filename: str) -> Upload:
    """The list of the form, read as the page of uploaded lists reads it; raises InvalidInput."""
    with_hidden = request.form.get("with_hidden") == "1"
    try:
        return uploads.save_upload(db(), actor(), parts(), path, filename, with_hidden=with_hidden)
    except Unavailable as busy:
        raise InvalidInput(busy.message, code=busy.code, **busy.params) from busy


def _tell_of(upload: Upload) -> None:
    """Say beside the form what of the list was read and what was left out."""
    flash(_("Read from the list: %(what)s.", what="; ".join(upload_words.was_read(upload.account))), "info")
    left_out = upload_words.left_out(upload.account)
    if upload.problems:
        sentence = ngettext(
            "%(n)s row of the list has a problem and was left out.",
            "%(n)s rows of the list have problems and were left out.",
            upload.problems,
            n=number(upload.problems),
        )
        left_out.insert(0, sentence)
    if upload.hidden:
        sentence = ngettext(
            "%(n)s hidden row was left out. To take it, upload the list again with hidden rows.",
            "%(n)s hidden rows were left out. To take them, upload the list again with hidden rows.",
            upload.hidden,
            n=number(upload.hidden),
        )
        left_out.insert(0, sentence)
    for sentence in left_out:
        flash(sentence, "warning")


def _page(
    form: FormType,
    draft: Request | None,
    typed: Mapping[str, Any],
    errors: Errors,
    *,
    kept: int = 0,
    pairs: selection.Pairs | None = None,
    back: str | None = None,
) -> str:
    """The form. `kept` numbers are not shown: those of the draft, or of the selection that `pairs` name."""
    if draft and draft.lines > SHOWN_NUMBERS:
        kept = draft.lines
    return render(
        "requests/form.html",
        accept_lists=",".join(SUFFIXES),
        form=form,
        draft=draft,
        fields=draw(form.schema, OFFERED_ON, typed, errors),
        errors=errors_in_words(form.schema, errors),
        labels=labels_of(form.schema),
        has_lines=form.lines != Lines.NONE,
        needs_lines=form.lines == Lines.MANY,
        numbers=typed.get("numbers", ""),
        kept=kept,
        pairs=pairs or [],
        back=back or url_for("requests.catalogue"),
    )


@route(blueprint, "/<int:request_id>", permission=Permission.REQUESTS_VIEW)
def show(request_id: int) -> ResponseReturnValue:
    """A draft before it is submitted, or a request on its way."""
    customer_request = service.get_request(db(), actor(), request_id)
    return _show(customer_request, {}, "")


@route(blueprint, "/<int:request_id>/lines", permission=Permission.REQUESTS_VIEW)
def lines(request_id: int) -> ResponseReturnValue:
    """More numbers of the request: a fragment."""
    customer_request = service.get_request(db(), actor(), request_id)
    after = request.args.get("after", 0, type=whole)
    return render(
        "requests/line_rows.html",
        **request_words.outcome(customer_request, after),
        address="requests.lines",
        request_id=customer_request.id,
    )


@route(blueprint, "/<int:request_id>/submit", methods=("POST",), permission=Permission.REQUESTS_SUBMIT)
def submit(request_id: int) -> ResponseReturnValue:
    """Send a draft together with the files chosen: one that is not taken, or a scan that is missing, is said first."""
    draft = submission.get_draft(db(), actor(), request_id)
    wrong = [f"{', '.join(names)}: {said}" for said, names in attach_good(draft)[1].items()]
    try:
        submission.check_whole(db(), actor(), parts(), draft)
    except InvalidInput as problem:
        for line in wrong:
            flash(line, "danger")
        kept_forms.keep_nothing()  # the draft itself holds everything
        return _page(get_type(draft.form), draft, _typed(draft), problem.fields), 422
    if wrong or (submission.lacks_scan(db(), draft) and "without_scan" not in request.form):
        wrong = wrong or [text(MISSING, paper=text(get_type(draft.form).scan))]
        kept_forms.keep_nothing()
        return _show(draft, {"file": wrong}, ""), 422
    try:
        submission.submit(db(), actor(), parts(), draft)
    except InvalidInput as problem:
        kept_forms.keep_nothing()
        return _show(draft, {"file": [text(problem.message)]}, ""), 422
    message = _(
        "Request %(number)s is submitted. %(name)s answers.", number=draft.number, name=draft.assignee_name
    )
    flash(message, "success")
    return go_to(url_for("requests.show", request_id=draft.id))


@route(blueprint, "/<int:request_id>/delete", methods=("POST",), permission=Permission.REQUESTS_SUBMIT)
def delete(request_id: int) -> ResponseReturnValue:
    """Throw a draft away."""
    submission.forget(db(), parts(), submission.get_draft(db(), actor(), request_id))
    flash(_("The draft is deleted."), "success")
    return go_to(url_for("requests.index"))


@route(blueprint, "/<int:request_id>/move", methods=("POST",), permission=Permission.REQUESTS_SUBMIT)
def move(request_id: int) -> ResponseReturnValue:
    """A step of the customer: answer, write, withdraw, reopen, complain; with or without a file."""
    customer_request = service.get_request(db(), actor(), request_id)
    step, said = request.form.get("step", ""), request.form.get("text", "")
    if step not in {row.name for row in request_words.offered(customer_request, Party.CUSTOMER)}:
        raise Conflict(N_("The request has moved on: this step is not possible any more."), code="moved_on")
    try:
        with db().begin_nested():
            event = service.move(db(), actor(), parts(), customer_request, step, said)
            attach_sent(customer_request, event)
    except InvalidInput as problem:
        db().refresh(customer_request)
        return _show(customer_request, {"text": [text(problem.message, **problem.params)]}, said), 422
    return go_to(url_for("requests.show", request_id=customer_request.id) + "#end")


def _show(customer_request: Request, errors: Errors, typed: str) -> str:
    is_draft = customer_request.state == RequestState.DRAFT
    return render(
        "requests/draft.html" if is_draft else "requests/show.html",
        **request_words.whole(customer_request),
        steps=request_words.offered(customer_request, Party.CUSTOMER),
        errors=errors,
        typed=typed,
        accept=",".join(ENDINGS),
        side="requests",
    )

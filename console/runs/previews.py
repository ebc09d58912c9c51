"""The second step of a bulk run: what would happen, why some lines are refused, and the go-ahead."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for

from console.fields.stored import values_in_words
from console.runs import selection
from console.runs import words as run_words
from console.runs.targets import shown_target
from console.web.i18n import counted, text
from console.web.routing import ResponseReturnValue, actor, db, go_to, parts, render, route
from core.bounds import whole
from core.errors import Conflict, NotFound
from core.i18n import N_
from forms.requests.execution import OfRequest
from lines.bulk.items import PAGE, refused_lines
from rbac.permissions import Permission
from runs import listing, previews, submission
from runs.models import LINE, Run, RunState
from runs.operation import TargetWords
from runs.row_values import VALUES_OF
from runs.selection import Listed

blueprint = Blueprint("previews", __name__, url_prefix="/runs/<int:run_id>")
TYPED_FROM = 1000
"""Above so many lines an operation that cannot be undone asks for their number to be typed."""


@route(blueprint, "/preview", permission=Permission.LINES_VIEW)
def show(run_id: int) -> ResponseReturnValue:
    """The page; a run that was started has a page of its own."""
    run = _own(run_id)
    if run.state != RunState.PREVIEWED:
        return redirect(url_for("runs.show", run_id=run.id))
    return _page(run)


@route(blueprint, "/preview/lines", permission=Permission.LINES_VIEW)
def lines(run_id: int) -> ResponseReturnValue:
    """The lines that are refused for one reason, without one those that go through: a fragment, page by page."""
    run = _own(run_id)
    reason, after = request.args.get("reason", ""), request.args.get("after", 0, type=whole)
    lines = refused_lines(db(), actor(), parts(), run, reason=reason, after=after)
    more = None
    if len(lines) == PAGE:
        more = url_for("previews.lines", run_id=run.id, reason=reason, after=lines[-1].id)
    operation = parts().operations.of(run.operation)
    return render(
        "runs/refused_lines.html",
        lines=lines,
        more=more,
        is_first=not after,
        row_value=operation.row_value,
        target=shown_target(operation),
    )


@route(blueprint, "/confirm", permission=Permission.LINES_VIEW, methods=("POST",))
def confirm(run_id: int) -> ResponseReturnValue:
    """Start the run. Confirmed again, or by two clicks at once, it leads to the same run."""
    run = _own(run_id)
    allowed = int(run.preview.get("allowed", 0))
    if run.state == RunState.PREVIEWED:
        if not allowed:
            flash(text(_words(run).nothing_to_start), "warning")
            return go_to(url_for("previews.show", run_id=run.id))
        if _is_typed(run) and _digits(request.form.get("typed", "")) != str(allowed):
            return _page(run, typed_wrong=True), 422
    try:
        with db().begin_nested():
            submission.submit(db(), actor(), parts(), run.id)
    except Conflict as problem:
        if problem.code != submission.STALE:
            raise
        previews.count_again(db(), actor(), parts(), run)
        flash(text(problem.message, **problem.params), "warning")
        return go_to(url_for("previews.show", run_id=run.id))
    return go_to(url_for("runs.show", run_id=run.id))


def _own(run_id: int) -> Run:
    run = listing.get_run(db(), actor(), run_id)
    if run.state == RunState.PREVIEWED and run.created_by != actor().user_id:
        raise NotFound
    if run.state == RunState.PREVIEWED and isinstance(selection.stored(run), OfRequest):
        raise NotFound  # it is started on the desk, together with the answer to the customer
    return run


def _words(run: Run) -> TargetWords:
    return parts().targets[run.target].words


def _is_typed(run: Run) -> bool:
    return int(run.preview.get("allowed", 0)) > TYPED_FROM


def _digits(typed: str) -> str:
    return "".join(filter(str.isdigit, typed))


def _page(run: Run, *, typed_wrong: bool = False) -> str:
    operation = parts().operations.of(run.operation)
    figures, chosen = run.preview, selection.stored(run)
    origin, back = selection.origin(chosen, run.target)
    once, month = Decimal(figures["price_once"]), Decimal(figures["price_month"])
    return render(
        "runs/preview.html",
        run=run,
        operation=operation,
        target=shown_target(operation),
        figures=figures,
        bar=_bar(figures),
        refusals=_refusals(run),
        params=values_in_words(operation.schema, run.company_id, run.params),
        raw_params={**run.params, VALUES_OF: run.id} if operation.row_value else run.params,
        row_value=operation.row_value,
        pairs=selection.pairs(chosen),
        origin=origin,
        back=back,
        ticked_in_list=selection.is_ticked(chosen, run.target),
        numbers=selection.first_numbers(chosen) if run.target == LINE and figures["total"] > 1 else (),
        upload=chosen.upload if isinstance(chosen, Listed) else None,
        has_price=operation.price is not None,
        once=once,
        month=month,
        at=datetime.fromisoformat(figures["at"]),
        button=counted(operation.words.confirm, figures["allowed"]),
        typed=figures["allowed"] if _is_typed(run) else None,
        typed_wrong=typed_wrong,
    )


def _refusals(run: Run) -> list[dict[str, Any]]:
    """The reasons with their counts, the most frequent first."""
    texts = run_words.refusal_texts(parts().operations.of(run.operation), run)
    counts = sorted(run.preview["refused"].items(), key=lambda pair: (-pair[1], pair[0]))
    return [
        {
            "code": code,
            "count": count,
            "title": texts[code][0],
            "advice": texts[code][1],
        }
        for code, count in counts
    ]


def _bar(figures: dict[str, Any]) -> list[dict[str, Any]]:
    refused = sum(figures["refused"].values())
    whole = max(figures["total"] + figures["missing"], 1)
    parts = [
        (run_words.Mark(N_("Go through"), "good", icon="check-circle-fill"), figures["allowed"]),
        (run_words.Mark(N_("Refused"), "wait", icon="slash-circle"), refused),
        (run_words.Mark(N_("Not found"), "off", icon="question-circle"), figures["missing"]),
    ]
    return [{"mark": mark, "count": n, "percent": round(100 * n / whole, 3)} for mark, n in parts]

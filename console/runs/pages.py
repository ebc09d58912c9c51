"""The third and fourth step of a bulk run: how it goes on, how it ended; and the list of all runs."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from sqlalchemy import or_, select
from werkzeug.wrappers import Response

from console.fields.stored import values_in_words
from console.runs import selection
from console.runs import words as run_words
from console.runs.operations import allowed_operations
from console.runs.targets import shown_target
from console.web.routing import ResponseReturnValue, actor, db, go_to, is_fragment, may, parts, render, route
from core import clock
from core.bounds import whole
from core.errors import Conflict
from lines.bulk.items import PAGE, ItemLine, item_lines, newest_failures
from rbac.decision import is_everywhere
from rbac.permissions import Permission
from runs import control, listing
from runs.models import Run, RunState
from runs.parts import target_of
from runs.selection import UnsentOf

blueprint = Blueprint("runs", __name__, url_prefix="/runs")
LIST_PAGE = 30
TROUBLE_SECONDS = 5
RECENT_SECONDS = 45
HTMX_STOP = 286
"""The status that tells htmx to stop polling."""


@route(blueprint, "", permission=Permission.RUNS_VIEW)
def index() -> ResponseReturnValue:
    """All runs of the company, newest first."""
    before = request.args.get("before", type=whole)
    runs = db().scalars(listing.run_list(actor(), before_id=before, limit=LIST_PAGE)).all()
    more = url_for("runs.index", before=runs[-1].id) if len(runs) == LIST_PAGE else None
    template = "runs/list_rows.html" if is_fragment() else "runs/index.html"
    return render(
        template,
        rows=[_listed(run) for run in runs],
        more=more,
        is_first=before is None,
        may_run=bool(allowed_operations()),
    )


@route(blueprint, "/running", permission=Permission.LINES_VIEW, passive=True)
def running() -> ResponseReturnValue:
    """The person's own runs that go on, or the one that has just ended, for the top bar."""
    recently = clock.now() - timedelta(seconds=RECENT_SECONDS)
    runs = (
        db()
        .scalars(
            select(Run)
            .where(
                Run.company_id == actor().company_id,
                Run.created_by == actor().user_id,
                Run.submitted_at.is_not(None),
                or_(Run.finished_at.is_(None), Run.finished_at > recently),
            )
            .order_by(Run.finished_at.is_(None).desc(), Run.id.desc())
            .limit(2)
        )
        .all()
    )
    shown = [run for run in runs if run.finished_at is None] or runs[:1]
    return render("runs/running.html", rows=[_listed(run) for run in shown]), 200 if shown else HTMX_STOP


@route(blueprint, "/<int:run_id>", permission=Permission.LINES_VIEW)
def show(run_id: int) -> ResponseReturnValue:
    """Progress while it goes on, the result once it has ended."""
    run = listing.get_run(db(), actor(), run_id)
    if run.state == RunState.PREVIEWED:
        return redirect(url_for("previews.show", run_id=run.id))
    operation = parts().operations.of(run.operation)
    chosen = selection.stored(run)
    origin, back = selection.origin(chosen, run.target)
    may_repeat = run.finished_at is not None and may(operation.permission)
    state, reason = request.args.get("state", ""), request.args.get("reason", "")
    return render(
        "runs/show.html",
        **_progress(run),
        params=values_in_words(operation.schema, run.company_id, run.params),
        origin=origin,
        back=back,
        ticked_in_list=selection.is_ticked(chosen, run.target),
        may_stop=_may_stop(run),
        may_retry=run.failed > 0 and may_repeat,
        may_continue=run.cancelled > 0 and may_repeat,
        continues=isinstance(chosen, UnsentOf),
        groups=_groups(run) if run.finished_at else {},
        chosen_state=state,
        chosen_reason=reason,
        items=_items(run, state, reason) if run.finished_at else None,
    )


@route(blueprint, "/<int:run_id>/progress", permission=Permission.LINES_VIEW, passive=True)
def progress(run_id: int) -> ResponseReturnValue:
    """The part that the page of a running run asks for each second; where it ended, the page is loaded anew."""
    run = listing.get_run(db(), actor(), run_id)
    if run.finished_at is not None or run.state != request.args.get("state", run.state):
        return Response(status=204, headers={"HX-Refresh": "true"})
    return render("runs/progress.html", **_progress(run))


@route(blueprint, "/<int:run_id>/items", permission=Permission.LINES_VIEW)
def items(run_id: int) -> ResponseReturnValue:
    """More items, narrowed to an outcome and a reason: a fragment."""
    run = listing.get_run(db(), actor(), run_id)
    state, reason = request.args.get("state", ""), request.args.get("reason", "")
    after = request.args.get("after", 0, type=whole)
    return render("runs/item_rows.html", run=run, items=_items(run, state, reason, after))


@route(blueprint, "/<int:run_id>/stop", permission=Permission.LINES_VIEW, methods=("POST",))
def stop(run_id: int) -> ResponseReturnValue:
    """Send nothing more."""
    try:
        control.stop(db(), actor(), parts(), run_id)
    except Conflict:
        flash(_("The run had already ended."), "info")
    return go_to(url_for("runs.show", run_id=run_id))


@route(blueprint, "/<int:run_id>/retry", permission=Permission.LINES_VIEW, methods=("POST",))
def retry(run_id: int) -> ResponseReturnValue:
    """A preview of the same for the lines that failed."""
    again = control.retry_failed(db(), actor(), parts(), run_id)
    return go_to(url_for("previews.show", run_id=again.id))


@route(blueprint, "/<int:run_id>/continue", permission=Permission.LINES_VIEW, methods=("POST",))
def continue_rest(run_id: int) -> ResponseReturnValue:
    """A preview of the same for the lines that a stop left unsent."""
    rest = control.continue_rest(db(), actor(), parts(), run_id)
    return go_to(url_for("previews.show", run_id=rest.id))


def _may_stop(run: Run) -> bool:
    if run.state != RunState.RUNNING:
        return False
    is_own = run.created_by == actor().user_id
    others = is_everywhere(actor(), Permission.RUNS_STOP)
    return may(parts().operations.of(run.operation).permission) and (is_own or others)


def _listed(run: Run) -> dict[str, Any]:
    operation = parts().operations.of(run.operation)
    return {
        "run": run,
        "operation": operation,
        "sentence": run_words.sentence(operation, run),
        "mark": run_words.state_mark(run),
        "params": values_in_words(operation.schema, run.company_id, run.params),
        "bar": run_words.segments(run),
        "percent": round(100 * (run.total - run.open) / max(run.total, 1)),
    }


def _progress(run: Run) -> dict[str, Any]:
    """The values that both the page and its polled part show."""
    operation, now = parts().operations.of(run.operation), clock.now()
    rate, rest = run_words.rate_and_rest(run, now)
    silent = (now - run.trouble_since).total_seconds() if run.trouble and run.trouble_since else 0.0
    percent = int(100 * (run.total - run.open) / max(run.total, 1))
    return {
        "run": run,
        "operation": operation,
        "target": shown_target(operation),
        "sentence": run_words.sentence(operation, run),
        "mark": run_words.state_mark(run),
        "stopping": run.state == RunState.CANCELLED,
        "bar": run_words.segments(run),
        "percent": percent,
        "tenth": percent // 10,
        "said": request.args.get("said", -1, type=whole),
        "rate": rate,
        "rest": run_words.duration(rest.total_seconds()) if rest is not None else "",
        "took": _took(run),
        "silent": run_words.duration(silent) if silent > TROUBLE_SECONDS else "",
        "failures": _failures(run),
        "texts": run_words.refusal_texts(operation, run),
        "outcomes": run_words.OUTCOMES,
    }


def _took(run: Run) -> str:
    if run.finished_at is None or run.submitted_at is None:
        return ""
    return run_words.duration((run.finished_at - run.submitted_at).total_seconds())


def _failures(run: Run) -> list[ItemLine]:
    if run.finished_at is not None or not (run.failed or run.refused):
        return []
    operation = parts().operations.of(run.operation)
    return newest_failures(db(), actor(), target_of(parts(), operation), run, operation.row_value)


def _groups(run: Run) -> dict[str, list[tuple[str, int]]]:
    """The reasons with their counts by outcome, the most frequent first."""
    groups: dict[str, list[tuple[str, int]]] = {}
    counts = db().execute(listing.outcome_counts(run.company_id, run.id)).all()
    for state, reason, count in sorted(counts, key=lambda row: -row[2]):
        if reason:
            groups.setdefault(state, []).append((reason, count))
    return groups


def _items(run: Run, state: str, reason: str, after: int = 0) -> dict[str, Any]:
    operation = parts().operations.of(run.operation)
    target = target_of(parts(), operation)
    items = item_lines(
        db(), actor(), target, run, operation.row_value, state=state, reason=reason, after=after
    )
    more = None
    if len(items) == PAGE:
        more = url_for("runs.items", run_id=run.id, state=state, reason=reason, after=items[-1].no)
    texts = run_words.refusal_texts(operation, run)
    return {
        "rows": items,
        "more": more,
        "texts": texts,
        "outcomes": run_words.OUTCOMES,
        "row_value": operation.row_value,
        "target": shown_target(operation),
    }

"""Words for runs: states, outcomes, the sentence that says how one ended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask_babel import ngettext

from console.web.i18n import counted, number, text
from runs import operation_params, refusals
from runs import words as run_words
from runs.models import ItemState, Run, RunState
from runs.operation import Operation
from runs.words import ITEM_STATES, RUN_STATES


@dataclass(frozen=True)
class Mark:
    """A state as it is shown: a word, a tone of the palette, an icon of the sprite."""

    title: str
    tone: str
    icon: str


OUTCOMES: dict[str, Mark] = {
    ItemState.DONE: Mark(ITEM_STATES[ItemState.DONE], "good", icon="check-circle-fill"),
    ItemState.FAILED: Mark(ITEM_STATES[ItemState.FAILED], "bad", icon="exclamation-octagon-fill"),
    ItemState.REFUSED: Mark(ITEM_STATES[ItemState.REFUSED], "wait", icon="slash-circle"),
    ItemState.CANCELLED: Mark(ITEM_STATES[ItemState.CANCELLED], "off", icon="stop-circle"),
    ItemState.UNKNOWN: Mark(ITEM_STATES[ItemState.UNKNOWN], "wait", icon="question-circle"),
    ItemState.SENT: Mark(ITEM_STATES[ItemState.SENT], "accent", icon="send"),
    ItemState.PENDING: Mark(ITEM_STATES[ItemState.PENDING], "off", icon="hourglass"),
}
"""Each outcome, in the order in which people want to hear of them; titles are message ids."""
RUNNING = Mark(RUN_STATES[RunState.RUNNING], "accent", icon="play-circle-fill")
WAITING = Mark(run_words.WAITING, "wait", icon="hourglass-split")
STOPPING = Mark(run_words.STOPPING, "wait", icon="hourglass-split")
STOPPED = Mark(RUN_STATES[RunState.CANCELLED], "off", icon="stop-circle-fill")
BROKEN = Mark(RUN_STATES[RunState.BROKEN], "bad", icon="exclamation-octagon-fill")
NOTHING_DONE = Mark(run_words.NOTHING_DONE, "wait", icon="slash-circle")
WITH_FAILURES = Mark(run_words.WITH_FAILURES, "bad", icon="exclamation-circle-fill")
FINISHED = Mark(RUN_STATES[RunState.FINISHED], "good", icon="check-circle-fill")


def refusal_texts(operation: Operation | None, run: Run | None) -> refusals.Texts:
    """Title and advice by reason, in the person's language; of any operation where this one is not known."""
    params = operation_params.stored_params(operation, run) if operation and run else {}
    messages = refusals.texts(operation if run else None, params)
    return refusals.Texts({code: (text(title), text(advice)) for code, (title, advice) in messages.items()})


def sentence(operation: Operation, run: Run) -> str:
    """The state or the end of a run in one sentence: "4 755 blocked, 6 failed, 51 refused"."""
    parts = []
    if run.done or run.total == 0:
        parts.append(counted(operation.words.done, run.done))
    if run.failed:
        parts.append(ngettext("%(n)s failed", "%(n)s failed", run.failed, n=number(run.failed)))
    if run.refused:
        parts.append(ngettext("%(n)s refused", "%(n)s refused", run.refused, n=number(run.refused)))
    if run.cancelled:
        parts.append(ngettext("%(n)s not sent", "%(n)s not sent", run.cancelled, n=number(run.cancelled)))
    if run.open and parts:
        parts.append(ngettext("%(n)s in progress", "%(n)s in progress", run.open, n=number(run.open)))
    if not parts:
        return str(ngettext("%(n)s in progress", "%(n)s in progress", run.open, n=number(run.open)))
    return ", ".join(parts)


def state_mark(run: Run) -> Mark:
    """The mark of a run's state."""
    if run.state == RunState.RUNNING:
        return WAITING if run.trouble else RUNNING
    if run.state == RunState.CANCELLED:
        if run.open:
            return STOPPING
        if run.cancelled:
            return STOPPED
    if run.state == RunState.BROKEN:
        return BROKEN
    if run.failed:
        return WITH_FAILURES
    return NOTHING_DONE if run.refused and not run.done else FINISHED


def duration(seconds: float) -> str:
    """A length of time as people say it; from a minute on without seconds."""
    if seconds < 60:
        whole = max(1, round(seconds))
        return str(ngettext("%(n)s second", "%(n)s seconds", whole, n=number(whole)))
    minutes = round(seconds / 60)
    if minutes < 60:
        return str(ngettext("%(n)s minute", "%(n)s minutes", minutes, n=number(minutes)))
    hours = round(minutes / 60)
    return str(ngettext("%(n)s hour", "%(n)s hours", hours, n=number(hours)))


def segments(run: Run) -> list[dict[str, Any]]:
    """The parts of the bar: outcome, count and share in per cent."""
    total = max(run.total, 1)
    return [
        {
            "state": state,
            "mark": mark,
            "count": getattr(run, state),
            "percent": round(100 * getattr(run, state) / total, 3),
        }
        for state, mark in OUTCOMES.items()
    ]


def rate_and_rest(run: Run, now: datetime) -> tuple[float, timedelta | None]:
    """Lines per second since the start, and the time left at that rate; None where it cannot be told."""
    if run.submitted_at is None:
        return 0.0, None
    seconds = max((now - run.submitted_at).total_seconds(), 0.001)
    finished = run.done + run.failed
    rate = finished / seconds
    if finished < 5 or seconds < 2 or run.trouble:
        return rate, None
    return rate, timedelta(seconds=run.open / rate)

"""Words for requests: states, deadlines, steps; and everything that both sides see of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from console.fields.stored import values_in_words
from console.runs import words as run_words
from console.runs.words import Mark
from console.web.i18n import text
from console.web.routing import db, parts
from core import clock
from core.i18n import N_
from forms.documents.types import get_type
from forms.requests import attachments, execution, service
from forms.requests.models import CLOSED, Attachment, Request, RequestEvent, RequestState
from forms.requests.transitions import Party, Transition, steps, words_of
from forms.requests.words import REQUEST_STATES
from runs.models import RunState

STATES: dict[str, Mark] = {
    RequestState.DRAFT: Mark(REQUEST_STATES[RequestState.DRAFT], "off", icon="pencil"),
    RequestState.SUBMITTED: Mark(REQUEST_STATES[RequestState.SUBMITTED], "accent", icon="send"),
    RequestState.TAKEN: Mark(REQUEST_STATES[RequestState.TAKEN], "accent", icon="person-workspace"),
    RequestState.ASKED: Mark(REQUEST_STATES[RequestState.ASKED], "wait", icon="question-circle"),
    RequestState.ANSWERED: Mark(REQUEST_STATES[RequestState.ANSWERED], "accent", icon="reply"),
    RequestState.REOPENED: Mark(REQUEST_STATES[RequestState.REOPENED], "wait", icon="arrow-counterclockwise"),
    RequestState.RESOLVED: Mark(REQUEST_STATES[RequestState.RESOLVED], "good", icon="check-circle-fill"),
    RequestState.REFUSED: Mark(REQUEST_STATES[RequestState.REFUSED], "bad", icon="x-circle"),
    RequestState.WITHDRAWN: Mark(REQUEST_STATES[RequestState.WITHDRAWN], "off", icon="slash-circle"),
}
PARTIES: dict[str, str] = {
    Party.CUSTOMER: N_("customer"),
    Party.MANAGER: N_("account manager"),
}
CONSOLE = N_("The console")
LEFT = Mark(N_("Left the company: not touched"), "off", icon="box-arrow-right")
SOON = timedelta(hours=4)
ALONE = ("take", "pass", "report", "submit")
"""Steps that have a form of their own, or none."""
LATER = ("comment", "withdraw", "complain")
"""Steps that stand behind those that move things on."""


@dataclass(frozen=True)
class Told:
    """A step as the timeline shows it, with its files."""

    event: RequestEvent
    who: str
    words: str
    side: str
    text: str
    files: Sequence[Attachment]


def listed(request: Request) -> dict[str, Any]:
    """A request as lists show it."""
    return {
        "customer_request": request,
        "form": get_type(request.form),
        "mark": STATES[request.state],
        "deadline": deadline(request, clock.now()),
    }


def deadline(request: Request, now: datetime) -> tuple[str, str]:
    """The state of the deadline as a tone and a word: late, soon, paused, met or nothing."""
    if request.deadline_at is None:
        return "off", ""
    if request.state in CLOSED:
        late = request.closed_at is not None and request.closed_at > request.deadline_at
        return ("bad", N_("was late")) if late else ("off", "")
    if request.state == RequestState.ASKED:
        return "off", N_("the clock stands still")
    if request.deadline_at < now:
        return "bad", N_("late")
    return ("wait", N_("soon")) if request.deadline_at - now < SOON else ("off", "")


def timeline(request: Request) -> tuple[list[Told], list[Attachment]]:
    """The timeline with the files of each step, and the files that came with the request itself."""
    files = attachments.attachments_of(db(), request)
    own = [file for file in files if file.event_id is None]
    return [
        _step(request, event, [file for file in files if file.event_id == event.id])
        for event in service.events_of(db(), request)
    ], own


def _step(request: Request, event: RequestEvent, files: Sequence[Attachment]) -> Told:
    """The words for a step: what the console itself did is said in the reader's language."""
    words = words_of(event.name)
    if event.party != Party.SYSTEM:
        return Told(event, event.actor_name, words, PARTIES[event.party], event.text, files)
    run = execution.find_run(db(), request, event.run_id)
    operation = parts().operations.get(run.operation) if run else None
    outcome = run_words.sentence(operation, run) if run and operation else event.text
    return Told(event, text(CONSOLE), words, "", outcome, files)


def offered(request: Request, party: Party) -> list[Transition]:
    """The steps with a text that this side may take now; the one that moves things on comes first."""
    rows = [row for row in steps(request.state, party) if row.name not in ALONE]
    return sorted(rows, key=lambda row: LATER.index(row.name) if row.name in LATER else -1)


def whole(request: Request, after: int = 0) -> dict[str, Any]:
    """The parts of a request that both sides see."""
    form = get_type(request.form)
    events, files = timeline(request)
    return {
        **listed(request),
        "facts": values_in_words(form.schema, request.company_id, request.values),
        "events": events,
        "files": files,
        **outcome(request, after),
        "operation": execution.operation_of(parts(), request),
    }


def outcome(request: Request, after: int = 0) -> dict[str, Any]:
    """The numbers with what became of them, and how the run stands."""
    run = execution.find_run(db(), request, request.run_id)
    operation = parts().operations.get(run.operation) if run else None
    texts = run_words.refusal_texts(operation, run)
    lines = execution.outcomes(db(), request, after) if request.lines else []
    return {
        "run": run,
        "run_sentence": run_words.sentence(operation, run) if run and operation else "",
        "run_mark": run_words.state_mark(run) if run and run.state != RunState.PREVIEWED else None,
        "lines": lines,
        "more_after": lines[-1].no if len(lines) == execution.PAGE else None,
        "outcomes": run_words.OUTCOMES,
        "texts": texts,
        "left_mark": LEFT,
        "row_values": execution.row_values_of(request) if request.lines else None,
        "has_outcome": run is not None,
    }

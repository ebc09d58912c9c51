"""Requests and their deadlines as rows of a report: parts that bootstrap puts together, for forms know no reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeAlias

from sqlalchemy import Select, select

from core import clock
from core.excel import Column
from core.fields import choice
from core.i18n import N_
from core.period_params import PeriodParams, moments
from forms.documents.types import TYPES
from forms.requests.models import Request, RequestState
from forms.requests.words import REQUEST_STATES
from rbac.actor import ANYWHERE, Actor
from rbac.decision import roots
from rbac.permissions import Permission

ANY = "any"
STATES: Mapping[str, str] = {
    state: words for state, words in REQUEST_STATES.items() if state != RequestState.DRAFT
}
TITLES: Mapping[str, str] = {form.code: form.title for form in TYPES}
IN_TIME, LATE, RUNNING, PAUSED = N_("in time"), N_("late"), N_("still running"), N_("paused")
COLUMNS = (
    Column(N_("Request number"), "number", "text", 18),
    Column(N_("Document"), "form", "text", 40),
    Column(N_("State"), "state", "text", 26),
    Column(N_("Submitted"), "submitted", "datetime"),
    Column(N_("Submitted by"), "who", "text", 28),
    Column(N_("Numbers"), "lines", "int"),
    Column(N_("Account manager"), "manager", "text", 28),
    Column(N_("Deadline"), "deadline", "datetime"),
    Column(N_("Closed"), "closed", "datetime"),
    Column(N_("Deadline kept"), "kept", "text", 16),
    Column(N_("Working minutes paused"), "paused", "int", 18),
    Column(N_("Complaints"), "complaints", "int"),
)


class Reader(Protocol):
    """The reader, as far as the words of a row need it."""

    def text(self, msgid: str) -> str:
        """A text in the reader's language."""


Rows: TypeAlias = "Select[*tuple[Any, ...]]"


class DeadlineParams(PeriodParams):
    """The period in which the requests were submitted, and their state."""

    state = choice(N_("State"), {ANY: N_("Any state"), **STATES}, required=False)


def rows(actor: Actor, params: Mapping[str, Any]) -> Rows:
    """One row per submitted request that the actor may see, newest first."""
    first, after = moments(actor.timezone, params)
    statement = select(
        Request.number,
        Request.form,
        Request.state,
        Request.submitted_at,
        Request.created_name,
        Request.lines,
        Request.assignee_name,
        Request.deadline_at,
        Request.closed_at,
        Request.paused_minutes,
        Request.complaints,
    ).where(
        Request.company_id == actor.company_id,
        Request.state != RequestState.DRAFT,
        Request.submitted_at >= first,
        Request.submitted_at < after,
    )
    paths = roots(actor, Permission.REQUESTS_VIEW)
    # The root's path names one id alone; who holds the right below it sees the own requests.
    if not any(path == ANYWHERE or path.count("/") == 2 for path in paths):
        statement = statement.where(Request.created_by == actor.user_id)
    if params["state"] != ANY:
        statement = statement.where(Request.state == params["state"])
    return statement.order_by(Request.id.desc())


def cells(reader: Reader) -> Callable[[Any], Sequence[object]]:
    """Words for codes, and whether the deadline was kept."""
    now = clock.now()

    def made(row: Any) -> Sequence[object]:
        number, form, state, sent, who, lines, manager, deadline, closed, paused, complaints = row
        return (
            number,
            reader.text(TITLES.get(form, form)),
            reader.text(STATES.get(state, state)),
            sent,
            who,
            lines,
            manager,
            deadline,
            closed,
            reader.text(kept(state, deadline, closed, now)),
            paused,
            complaints,
        )

    return made


def kept(state: str, deadline: datetime | None, closed: datetime | None, now: datetime) -> str:
    """Whether the deadline was kept: a msgid. While the customer is asked the clock stands still."""
    if state == RequestState.ASKED:
        return PAUSED
    if deadline is None:
        return ""
    if closed is not None:
        return IN_TIME if closed <= deadline else LATE
    return RUNNING if now <= deadline else LATE

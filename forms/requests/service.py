"""Requests: finding them, and the one move() that every step goes through."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, defer

from core import clock
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.i18n import N_
from core.journal.entries import Entry, write
from forms.documents.types import get_type
from forms.requests import notifications, working_time
from forms.requests.journal import STEPS
from forms.requests.models import CLOSED, Request, RequestEvent, RequestState
from forms.requests.transitions import HELD, Party, Transition, find
from hierarchy.models import Company
from hierarchy.queries import get_root
from rbac.actor import Actor
from rbac.decision import holds, is_allowed
from rbac.permissions import Permission
from runs.parts import Parts

PAGE = 50
LONGEST_TEXT = 5000
TEXT_NEEDED = N_("Write what the other side should know.")
TOO_LONG = N_("This is too long: 5,000 characters at most.")
SUBMITTED = N_("This request was submitted and cannot be changed any more.")


def get_request(session: Session, actor: Actor, request_id: int) -> Request:
    """A request of the company acted in; people without the right on the whole company see their own only."""
    request = session.scalar(_seen(session, actor).where(Request.id == request_id))
    if request is None:
        raise NotFound
    return request


def lock_draft(session: Session, request: Request) -> None:
    """Hold the draft, as it stands by now, to the end: its writer may have it open in a second tab.

    Comes before everything else that the same transaction locks or writes, the journal too. Raises NotFound where it
    was thrown away, Conflict where it was submitted.
    """
    row = session.scalar(
        select(Request)
        .where(Request.company_id == request.company_id, Request.id == request.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if row is None:
        raise NotFound
    if row.state != RequestState.DRAFT:
        raise Conflict(SUBMITTED, code="submitted")


def list_requests(
    session: Session, actor: Actor, *, is_open: bool | None, mine: bool, before: int | None, limit: int = PAGE
) -> Sequence[Request]:
    """The company's requests without their values, newest first, by keyset on the id."""
    statement = _seen(session, actor).options(defer(Request.values))
    if mine:
        statement = statement.where(Request.created_by == actor.user_id)
    if is_open is not None:
        statement = statement.where(Request.state.not_in(CLOSED) if is_open else Request.state.in_(CLOSED))
    if before is not None:
        statement = statement.where(Request.id < before)
    return session.scalars(statement.order_by(Request.id.desc()).limit(limit)).all()


def _seen(session: Session, actor: Actor) -> Select[Request]:
    if actor.company_id is None:
        raise NotFound
    statement = select(Request).where(Request.company_id == actor.company_id)
    root = get_root(session, actor.company_id)
    if is_allowed(actor, Permission.REQUESTS_VIEW, root.path):
        # Drafts are their writer's own until they are submitted.
        return statement.where(or_(Request.state != RequestState.DRAFT, Request.created_by == actor.user_id))
    return statement.where(Request.created_by == actor.user_id)


def events_of(session: Session, request: Request) -> Sequence[RequestEvent]:
    """The events of a request, the oldest first."""
    return session.scalars(
        select(RequestEvent)
        .where(RequestEvent.company_id == request.company_id, RequestEvent.request_id == request.id)
        .order_by(RequestEvent.id)
    ).all()


def move(
    session: Session,
    actor: Actor,
    parts: Parts,
    request: Request,
    name: str,
    text: str = "",
    *,
    run_id: int | None = None,
) -> RequestEvent:
    """Carry one step out. Of two at once one wins; the other learns who was first.

    Raises Conflict where the table has no such step from here, NotAllowed, InvalidInput without a needed text.
    """
    session.flush()  # a refresh would drop what was changed and not written yet
    session.refresh(request, with_for_update=True)
    row = find(request.state, name)
    if row is None:
        raise _too_late(request, name)
    party = _party(actor, request, row)
    text = text.strip()
    if row.needs_text and not text:
        raise InvalidInput(TEXT_NEEDED, fields={"text": [TEXT_NEEDED]}, code="text_needed")
    if len(text) > LONGEST_TEXT:
        raise InvalidInput(TOO_LONG, fields={"text": [TOO_LONG]})
    now, source = clock.now(), request.state
    _keep_time(request, row, now, _zone(session, request))
    if name == "take":
        request.assignee_id, request.assignee_name = actor.user_id, actor.name
    request.complaints += name == "complain"
    request.state, request.changed_at = row.target, now
    event = RequestEvent(
        company_id=request.company_id,
        request_id=request.id,
        at=now,
        party=party,
        actor_id=actor.user_id,
        actor_name=actor.name,
        name=name,
        source=source,
        target=row.target,
        text=text,
        run_id=run_id,
    )
    session.add(event)
    session.flush()
    _write(session, actor, request, event)
    url = parts.settings.console_url
    notifications.tell_step(session, request, get_type(request.form), party, name, actor.name, text, url)
    return event


def require_held(actor: Actor, request: Request) -> None:
    """Raise Conflict unless the request is being worked on, and by nobody else than the actor."""
    if request.state not in HELD:
        raise _too_late(request, "resolve")
    _refuse_held(actor, request)


def _refuse_held(actor: Actor, request: Request) -> None:
    if request.assignee_id not in (None, actor.user_id):
        message = N_("%(name)s works on this request. Pass it to yourself first.")
        raise Conflict(message, code="held", name=request.assignee_name)


def _too_late(request: Request, name: str) -> Conflict:
    if name == "take" and request.assignee_name and request.state in HELD:
        message = N_("%(name)s has already taken this request.")
        return Conflict(message, code="taken", name=request.assignee_name)
    return Conflict(N_("The request has moved on: this step is not possible any more."), code="moved_on")


def _party(actor: Actor, request: Request, row: Transition) -> Party:
    """The side that the actor takes this step for; raises NotAllowed, or Conflict where somebody else holds it."""
    if Party.SYSTEM in row.who and actor.kind == "system":
        return Party.SYSTEM
    if Party.MANAGER in row.who and holds(actor, Permission.DESK_WORK):
        if row.source in HELD and row.name not in ("pass", "comment"):
            _refuse_held(actor, request)
        return Party.MANAGER
    is_own = actor.company_id == request.company_id
    if Party.CUSTOMER in row.who and is_own and holds(actor, Permission.REQUESTS_SUBMIT):
        return Party.CUSTOMER
    needed = Permission.REQUESTS_SUBMIT if Party.CUSTOMER in row.who else Permission.DESK_WORK
    raise NotAllowed(needed.value)


def _keep_time(request: Request, row: Transition, now: datetime, zone: ZoneInfo) -> None:
    """The clock of the deadline: started, stopped while the customer is asked, started anew when reopened."""
    full = get_type(request.form).days * working_time.DAY_MINUTES
    if row.name in ("submit", "reopen"):
        request.deadline_at = working_time.add_minutes(now, full, zone)
        request.closed_at = None
    if row.target == RequestState.ASKED and row.source != RequestState.ASKED:
        request.asked_at = now
        request.left_minutes = (
            working_time.minutes_between(now, request.deadline_at, zone) if request.deadline_at else 0
        )
    if row.source == RequestState.ASKED and row.target != RequestState.ASKED and request.asked_at is not None:
        request.paused_minutes += working_time.minutes_between(request.asked_at, now, zone)
        if request.left_minutes > 0:
            request.deadline_at = working_time.add_minutes(now, request.left_minutes, zone)
        request.asked_at = None
    if row.target in CLOSED and row.source not in CLOSED:
        request.closed_at = now


def _zone(session: Session, request: Request) -> ZoneInfo:
    name = session.scalar(select(Company.timezone).where(Company.id == request.company_id))
    return ZoneInfo(name or clock.DEFAULT_ZONE)


def _write(session: Session, actor: Actor, request: Request, event: RequestEvent) -> None:
    before = {"state": event.source}
    after = {"state": event.target, "assignee": request.assignee_name}
    entry = Entry(
        STEPS[event.name],
        "request",
        request.id,
        before,
        after,
        event.run_id,
        request.shown_number,
    )
    write(session, actor, [entry], company_id=request.company_id)

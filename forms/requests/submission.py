"""From a draft to a request on its way: kept as typed, checked whole, numbered, and given to somebody at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.db import after_commit
from core.errors import InvalidInput, NotFound
from core.i18n import N_
from core.tenancy import OPERATOR, all_companies
from forms.documents.form import FormType
from forms.documents.types import get_type
from forms.requests import content, from_list
from forms.requests.attachments import attachments_of
from forms.requests.content import Checked
from forms.requests.models import NUMBERS, WORKED, Request, RequestEvent, RequestState
from forms.requests.service import get_request, lock_draft, move
from rbac.actor import Actor
from rbac.decision import require
from rbac.permissions import Permission
from rbac.presets import PRESETS
from runs.parts import Parts
from runs.selection import Ids, Selection
from users.models import PortfolioEntry, User

CORRECT = N_("Correct what is marked, then go on.")
ATTACH = N_("Attach the scan of the signed document first: without it the request is not taken.")
KEEPERS = tuple(
    preset.code for preset in PRESETS if preset.for_operator and Permission.DESK_WORK in preset.permissions
)
ADMINS = tuple(
    preset.code
    for preset in PRESETS
    if preset.for_operator and {Permission.DESK_WORK, Permission.COMPANIES_EDIT} <= preset.permissions
)


def new_draft(session: Session, actor: Actor, form: FormType) -> Request:
    """An empty draft of this document; raises NotAllowed."""
    require(actor, Permission.REQUESTS_SUBMIT)
    if actor.company_id is None or form.is_public:
        raise NotFound
    return _add(session, actor.company_id, form, actor.user_id, actor.name)


def _add(session: Session, company_id: int, form: FormType, user_id: int | None, name: str) -> Request:
    now = clock.now()
    request = Request(
        company_id=company_id,
        form=form.code,
        state=RequestState.DRAFT,
        created_by=user_id,
        created_name=name,
        created_at=now,
        changed_at=now,
    )
    session.add(request)
    session.flush()
    return request


def get_draft(session: Session, actor: Actor, request_id: int) -> Request:
    """A draft of the actor's own, held to be changed; raises NotFound, or Conflict where it was submitted already."""
    require(actor, Permission.REQUESTS_SUBMIT)
    request = get_request(session, actor, request_id)
    lock_draft(session, request)
    return request


def fill(
    session: Session,
    actor: Actor,
    parts: Parts,
    request: Request,
    raw: Mapping[str, Any],
    selection: Selection | None,
    *,
    wrong_numbers: str | None = None,
) -> Checked:
    """Keep what was typed, right or wrong, with the numbers chosen; says everything that is wrong.

    The draft is a new one or comes from `get_draft`, which holds it. The row values of an uploaded list
    is taken for fields that were left empty. With `wrong_numbers`, a text in which some number is wrong, the draft
    keeps that text, and the numbers that it had.
    """
    form = get_type(request.form)
    if wrong_numbers is None:
        content.set_lines(session, actor, parts, request, selection)
    filled, wrong = from_list.fill(session, form, request, raw, selection)
    checked = content.check(session, actor, form, filled, content.lines_of(session, request))
    for name, messages in wrong.items():
        checked.errors.setdefault(name, []).extend(messages)
    values = checked.values if not checked.errors else content.as_typed(form, filled)
    kept = {content.TYPED_NUMBERS: wrong_numbers} if wrong_numbers else {}
    request.values, request.changed_at = {**values, **kept}, clock.now()
    session.flush()
    return checked


def submit(session: Session, actor: Actor, parts: Parts, request: Request) -> RequestEvent:
    """Send a draft: checked once more, numbered, with a deadline and a named person. Raises InvalidInput."""
    check_whole(session, actor, parts, request)
    if get_type(request.form).needs_scan and lacks_scan(session, request):
        raise InvalidInput(ATTACH, fields={"file": [ATTACH]}, code="scan_missing")
    _number(session, request)
    return move(session, actor, parts, request, "submit")


def check_whole(session: Session, actor: Actor, parts: Parts, request: Request) -> None:
    """Check everything typed in a draft and hold it; raises InvalidInput."""
    require(actor, Permission.REQUESTS_SUBMIT)
    lock_draft(session, request)
    _take_typed_numbers(session, actor, parts, request)
    lines = content.lines_of(session, request)
    checked = content.check(session, actor, get_type(request.form), request.values, lines)
    if checked.errors:
        raise InvalidInput(CORRECT, fields=checked.errors)
    request.values = checked.values


def lacks_scan(session: Session, request: Request) -> bool:
    """Whether the draft asks for the scan of the signed paper and has no file at all."""
    return bool(get_type(request.form).scan) and not attachments_of(session, request)


def _take_typed_numbers(session: Session, actor: Actor, parts: Parts, request: Request) -> None:
    """Numbers of which some were wrong are read once more; raises InvalidInput while any still is."""
    typed = request.values.get(content.TYPED_NUMBERS)
    if not typed:
        return
    row_values = get_type(request.form).row_values
    is_paired = row_values is not None and bool(row_values(request.values).values)
    ids = content.find_numbers(session, actor, typed, is_paired=is_paired)
    content.set_lines(session, actor, parts, request, Ids(tuple(ids)))


def apply(session: Session, actor: Actor, parts: Parts, form: FormType, raw: Mapping[str, Any]) -> Request:
    """An application from outside, by an actor of the public page; raises InvalidInput with every error."""
    checked = content.check(session, actor, form, raw, ())
    if checked.errors:
        raise InvalidInput(CORRECT, fields=checked.errors)
    request = _add(session, OPERATOR, form, None, actor.name)
    request.values = checked.values
    _number(session, request)
    move(session, actor, parts, request, "submit")
    return request


def _number(session: Session, request: Request) -> None:
    now = clock.now()
    request.number = f"З-{now:%Y}-{session.execute(select(NUMBERS.next_value())).scalar_one():06d}"
    request.submitted_at = now
    person = _least_loaded(session, request.company_id)
    if person is not None:
        request.assignee_id, request.assignee_name = person
    session.flush()


def _least_loaded(session: Session, company_id: int) -> tuple[int, str] | None:
    """Of the company's account managers, else of the operator's administrators, the one with the fewest requests."""
    with all_companies(reason="account managers stand outside of the company"):
        load = (
            select(func.count())
            .where(Request.assignee_id == User.id, Request.state.in_(WORKED))
            .correlate(User)
            .scalar_subquery()
        )
        free = select(User.id, User.name).where(User.is_blocked.is_(False), User.company_id.is_(None))
        mine = select(PortfolioEntry.user_id).where(PortfolioEntry.company_id == company_id)
        for wanted in (
            free.where(User.staff_role.in_(KEEPERS), User.id.in_(mine)),
            free.where(User.staff_role.in_(ADMINS)),
        ):
            manager = session.execute(wanted.order_by(load, User.id).limit(1)).first()
            if manager is not None:
                return manager[0], manager[1]
    return None


def forget(session: Session, parts: Parts, request: Request) -> None:
    """Throw a draft of `get_draft` away with its files."""
    keys = [attachment.key for attachment in attachments_of(session, request)]
    session.delete(request)
    session.flush()
    for key in keys:
        after_commit(partial(parts.storage.delete, key))

"""The account manager's desk: requests of the portfolio by deadline, passing on, finding by number."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, literal_column, or_, select
from sqlalchemy.orm import Session, defer

from core.errors import InvalidInput, NotFound
from core.i18n import N_
from core.tenancy import all_companies, companies_scope
from forms.requests.models import CLOSED, WORKED_SQL, Request, RequestEvent, RequestState
from forms.requests.service import move
from forms.requests.submission import ADMINS, KEEPERS
from hierarchy.models import Company
from rbac.actor import Actor
from rbac.decision import holds, require
from rbac.permissions import Permission
from runs.parts import Parts
from users.models import PortfolioEntry, User

PAGE = 50
VIEWS = ("mine", "all", "waiting", "closed")
# Written out, not bound: only then PostgreSQL can prove that the index of the queue serves.
IS_WORKED = literal_column(f"requests.{WORKED_SQL}").expression


@dataclass(frozen=True)
class QueueRow:
    """A request in the queue with the name of its company; empty for applications from outside."""

    request: Request
    company: str


@dataclass(frozen=True)
class Place:
    """The place where a page of the queue ended."""

    at: datetime | None
    id: int


@contextmanager
def portfolio(session: Session, actor: Actor) -> Iterator[None]:
    """The scope of the companies of the actor's portfolio; who edits companies sees all."""
    require(actor, Permission.DESK_WORK)
    if holds(actor, Permission.COMPANIES_EDIT):
        with all_companies(reason="an operator administrator looks at every desk"):
            yield
            session.flush()
        return
    mine = select(PortfolioEntry.company_id).where(PortfolioEntry.user_id == actor.user_id)
    with all_companies(reason="a portfolio is read before its companies are known"):
        companies = tuple(session.scalars(mine))
    with companies_scope(companies):
        yield
        # Under the wall of this scope, not of the one outside.
        session.flush()


def queue(
    session: Session,
    actor: Actor,
    view: str,
    *,
    after: Place | None = None,
    text: str = "",
    limit: int = PAGE,
) -> Sequence[QueueRow]:
    """A page of the desk by keyset: what has to be worked by deadline, what waits or is closed newest first.

    The requests come without their values, which may be long.
    """
    statement = select(Request, Company.name).outerjoin(Company, Company.id == Request.company_id)
    statement = statement.options(defer(Request.values))
    if view == "mine":
        statement = statement.where(Request.assignee_id == actor.user_id)
    if text:
        statement = statement.where(
            or_(Request.number == text.strip(), Request.number.endswith(text.strip(), autoescape=True))
        )
        statement = statement.where(Request.state != RequestState.DRAFT)
    elif view in ("mine", "all"):
        statement = statement.where(IS_WORKED)
    else:
        states = (RequestState.ASKED,) if view == "waiting" else CLOSED
        statement = statement.where(Request.state.in_(states), Request.submitted_at.is_not(None))
    order = _by_newest if text or view in ("waiting", "closed") else _by_deadline
    statement = order(statement, after)
    return [QueueRow(request, name or "") for request, name in session.execute(statement.limit(limit))]


def _by_deadline(statement: Select[Request, str], after: Place | None) -> Select[Request, str]:
    if after is not None and after.at is not None:
        same = and_(Request.deadline_at == after.at, Request.id > after.id)
        statement = statement.where(
            Request.deadline_at >= after.at, or_(Request.deadline_at > after.at, same)
        )
    return statement.order_by(Request.deadline_at, Request.id)


def _by_newest(statement: Select[Request, str], after: Place | None) -> Select[Request, str]:
    if after is not None:
        statement = statement.where(Request.id < after.id)
    return statement.order_by(Request.id.desc())


def get_request(session: Session, request_id: int) -> QueueRow:
    """A submitted request of a company in scope; raises NotFound."""
    row = session.execute(
        select(Request, Company.name)
        .outerjoin(Company, Company.id == Request.company_id)
        .where(Request.id == request_id, Request.state != RequestState.DRAFT)
    ).one_or_none()
    if row is None or row[0].number is None:
        raise NotFound
    return QueueRow(row[0], row[1] or "")


def colleagues(session: Session, request: Request) -> Sequence[tuple[int, str]]:
    """The others who may work this request: id and name."""
    with all_companies(reason="colleagues at the desk stand outside of the company"):
        mine = select(PortfolioEntry.user_id).where(PortfolioEntry.company_id == request.company_id)
        may = or_(User.staff_role.in_(ADMINS), and_(User.staff_role.in_(KEEPERS), User.id.in_(mine)))
        rows = session.execute(
            select(User.id, User.name)
            .where(User.company_id.is_(None), User.is_blocked.is_(False), may)
            .order_by(User.name, User.id)
        )
        return [(row[0], row[1]) for row in rows]


def pass_on(
    session: Session, actor: Actor, parts: Parts, request: Request, user_id: int, text: str
) -> RequestEvent:
    """Give the request to a colleague, with a word on why; raises InvalidInput for somebody who may not have it."""
    names = dict(colleagues(session, request))
    if user_id not in names:
        message = N_("Choose a colleague who looks after this company.")
        raise InvalidInput(message, fields={"assignee": [message]})
    session.refresh(request, with_for_update=True)
    request.assignee_id, request.assignee_name = user_id, names[user_id]
    session.flush()
    return move(session, actor, parts, request, "pass", text)

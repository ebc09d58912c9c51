"""Files of requests: checked by content, kept in the storage under keys that nobody guesses."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core import clock
from core.db import after_commit
from core.errors import InvalidInput, NotFound
from core.i18n import N_
from core.storage import clean_name, keep
from forms.requests import file_types
from forms.requests.models import Attachment, Request, RequestEvent
from forms.requests.service import lock_draft
from forms.requests.transitions import Party
from rbac.actor import Actor
from rbac.decision import require
from rbac.permissions import Permission
from runs.parts import Parts

MOST_FILES = 30
UNNAMED = "file"
"""What a file is called whose own name nobody can show."""
MANY = N_("A request takes at most %(limit)s files.")


def attach(
    session: Session,
    actor: Actor,
    parts: Parts,
    request: Request,
    path: Path,
    name: str,
    event: RequestEvent | None = None,
) -> Attachment:
    """Keep a file with a step of the request, or with its draft.

    Raises InvalidInput, Unavailable on a full disk; for a draft that is none any more NotFound or Conflict.
    """
    if event is None:
        lock_draft(session, request)
    name = clean_name(name, UNNAMED)
    kind = file_types.kind_of(path, name)
    of_request = Attachment.company_id == request.company_id, Attachment.request_id == request.id
    if (session.scalar(select(func.count()).where(*of_request)) or 0) >= MOST_FILES:
        raise InvalidInput(MANY, code="too_many_files", limit=MOST_FILES)
    attachment = Attachment(
        company_id=request.company_id,
        request_id=request.id,
        event_id=event.id if event else None,
        key=keep(parts.storage, request.company_id, path),
        name=name,
        kind=kind.code,
        size=path.stat().st_size,
        party=event.party if event else Party.CUSTOMER,
        added_by=actor.user_id,
        added_name=actor.name,
        added_at=clock.now(),
    )
    session.add(attachment)
    session.flush()
    return attachment


def attachments_of(session: Session, request: Request) -> Sequence[Attachment]:
    """All files of a request, the first first."""
    return session.scalars(
        select(Attachment)
        .where(Attachment.company_id == request.company_id, Attachment.request_id == request.id)
        .order_by(Attachment.id)
    ).all()


def get_attachment(session: Session, request: Request, attachment_id: int) -> Attachment:
    """A file of this request; raises NotFound."""
    attachment = session.get(Attachment, (request.company_id, attachment_id))
    if attachment is None or attachment.request_id != request.id:
        raise NotFound
    return attachment


def keys(session: Session) -> Iterable[str]:
    """The keys of all files of the company in scope."""
    return session.scalars(select(Attachment.key))


def remove(session: Session, actor: Actor, parts: Parts, request: Request, attachment_id: int) -> None:
    """Take a file away from a draft; what was submitted stays."""
    require(actor, Permission.REQUESTS_SUBMIT)
    lock_draft(session, request)
    attachment = get_attachment(session, request, attachment_id)
    session.delete(attachment)
    session.flush()
    after_commit(partial(parts.storage.delete, attachment.key))

"""Two tabs of one writer at the same draft: whoever comes second waits, and hears what has become of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import db
from core.errors import Conflict, NotFound
from core.tenancy import company_scope
from forms.requests import attachments, service, submission
from forms.requests.models import RequestState
from rbac.actor import Actor
from tests.integration.forms.conftest import TARIFF, Office

Deed = Callable[[Session, Actor, Office, int], object]
PDF = b"%PDF-1.7\n1 0 obj\nendobj\n%%EOF\n"


def submit(session: Session, actor: Actor, office: Office, draft: int) -> None:
    submission.submit(session, actor, office.parts, service.get_request(session, actor, draft))


def forget(session: Session, actor: Actor, office: Office, draft: int) -> None:
    submission.forget(session, office.parts, submission.get_draft(session, actor, draft))


def fill(session: Session, actor: Actor, office: Office, draft: int) -> None:
    request, values = submission.get_draft(session, actor, draft), {**TARIFF, "contact": "Другая"}
    submission.fill(session, actor, office.parts, request, values, None)


def attach(session: Session, actor: Actor, office: Office, draft: int) -> None:
    path = office.parts.settings.data_dir / "late.pdf"
    path.write_bytes(PDF)
    request = service.get_request(session, actor, draft)
    attachments.attach(session, actor, office.parts, request, path, path.name)


def remove(session: Session, actor: Actor, office: Office, draft: int) -> None:
    request = service.get_request(session, actor, draft)
    (scan,) = attachments.attachments_of(session, request)
    attachments.remove(session, actor, office.parts, request, scan.id)


DEEDS: dict[str, Deed] = {
    "submit": submit,
    "forget": forget,
    "fill": fill,
    "attach": attach,
    "remove": remove,
}


def both(office: Office, draft: int, first: Deed, second: Deed) -> Future[object]:
    """The first has done its deed and commits only once the second waits."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    with ThreadPoolExecutor(1) as pool:
        with company_scope(office.place.company_id), db.unit_of_work() as session:
            actor = office.customer()
            first(session, actor, office, draft)
            later = pool.submit(office.as_customer, lambda s, a: second(s, a, office, draft))
            until = time.monotonic() + 10
            while not session.scalar(waiting) and not later.done():
                assert time.monotonic() < until, "nobody waits"
                time.sleep(0.02)
        later.exception()
    return later


@pytest.fixture
def draft(office: Office, tmp_path: Path) -> int:
    """A draft with its scan."""
    draft = office.draft()
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(PDF)
    office.as_customer(
        lambda session, actor: attachments.attach(
            session, actor, office.parts, submission.get_draft(session, actor, draft), scan, scan.name
        )
    )
    return draft


@pytest.mark.parametrize("deed", DEEDS)
def test_what_was_submitted_stays_as_it_is(office: Office, draft: int, deed: str) -> None:
    answer = both(office, draft, submit, DEEDS[deed])
    problem = answer.exception()
    assert isinstance(problem, Conflict)
    assert problem.code == "submitted"
    request = office.request(draft)
    assert (request.state, request.lines) == (RequestState.SUBMITTED, 12)
    assert request.values["contact"] == TARIFF["contact"]
    assert office.sql("SELECT name FROM request_attachments") == [("scan.pdf",)]
    assert office.sql("SELECT count(*) FROM request_events") == [(1,)]


@pytest.mark.parametrize("deed", DEEDS)
def test_a_draft_thrown_away_is_not_there_any_more(office: Office, draft: int, deed: str) -> None:
    answer = both(office, draft, forget, DEEDS[deed])
    assert isinstance(answer.exception(), NotFound)
    assert office.sql("SELECT count(*) FROM requests") == [(0,)]
    assert not [path for path in (office.parts.settings.data_dir / "files").rglob("*") if path.is_file()]


def test_a_draft_is_filled_by_one_tab_after_the_other(office: Office, draft: int) -> None:
    assert both(office, draft, fill, fill).exception() is None
    assert office.request(draft).values["contact"] == "Другая"

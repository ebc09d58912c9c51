"""Two people at the same schedule or file: whoever comes second waits, and hears what has become of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import db
from core.errors import Conflict, NotFound
from core.journal.entries import Entry, write
from core.tenancy import company_scope
from rbac.actor import Actor
from reports import scheduling, service
from reports.journal import SCHEDULE_PAUSED
from tests.integration.reports.conftest import ReportHarness

Deed = Callable[[Session, Actor, ReportHarness, int], object]
TIMING = {"every": "daily", "hour": "8", "addresses": "boss@example.org"}
DEEDS: dict[str, Deed] = {
    "pause": lambda session, actor, _, key: scheduling.pause(session, actor, key, paused=True),
    "resume": lambda session, actor, _, key: scheduling.pause(session, actor, key, paused=False),
    "forget": lambda session, actor, _, key: scheduling.forget(session, actor, key),
    "send_now": lambda session, actor, harness, key: scheduling.send_now(session, actor, harness.parts, key),
}


def forget_file(session: Session, actor: Actor, harness: ReportHarness, key: int) -> None:
    service.forget(session, actor, harness.parts, key)


def do(harness: ReportHarness, deed: Deed, key: int) -> None:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        deed(session, harness.place.actor(harness.user), harness, key)


def schedule(harness: ReportHarness) -> int:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        actor = harness.place.actor(harness.user)
        return scheduling.create(session, actor, harness.parts, "lines", {}, TIMING).id


def wait_for_waiting(session: Session) -> None:
    """Until somebody waits for the end of the transaction at hand."""
    until = time.monotonic() + 10
    waiting = text(
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND transactionid = pg_current_xact_id()::xid"
    )
    while not session.scalar(waiting):
        assert time.monotonic() < until, "nobody waits"
        time.sleep(0.02)


def second_while_first_writes(harness: ReportHarness, deed: Deed, key: int, table: str) -> Future[None]:
    """The first holds the row and writes the journal only once the second, which does the deed, waits."""
    with ThreadPoolExecutor(1) as pool:
        with company_scope(harness.place.company_id), db.unit_of_work() as session:
            session.execute(text(f"SELECT 1 FROM {table} WHERE id = :id FOR UPDATE"), {"id": key})
            second = pool.submit(do, harness, deed, key)
            wait_for_waiting(session)
            write(
                session,
                harness.place.actor(harness.user),
                [Entry(SCHEDULE_PAUSED, "schedule", key, None, None)],
            )
        second.exception(20)
    return second


@pytest.mark.parametrize("name", DEEDS)
def test_whoever_waits_for_a_schedule_does_not_hold_the_journal(harness: ReportHarness, name: str) -> None:
    second = second_while_first_writes(harness, DEEDS[name], schedule(harness), "report_schedules")
    assert second.exception() is None


def test_whoever_waits_for_a_file_does_not_hold_the_journal(harness: ReportHarness) -> None:
    second = second_while_first_writes(harness, forget_file, harness.order(), "report_jobs")
    assert second.exception() is None


def second_after_deletion(harness: ReportHarness, deed: Deed, key: int, table: str) -> BaseException | None:
    """What the second hears, which reads the row while the first has deleted it but is not through yet."""
    with ThreadPoolExecutor(1) as pool:
        with company_scope(harness.place.company_id), db.unit_of_work() as session:
            session.execute(text(f"DELETE FROM {table} WHERE id = :id"), {"id": key})
            second = pool.submit(do, harness, deed, key)
            wait_for_waiting(session)
        return second.exception(20)


@pytest.mark.parametrize("name", DEEDS)
def test_a_schedule_that_was_just_deleted_is_not_found(harness: ReportHarness, name: str) -> None:
    error = second_after_deletion(harness, DEEDS[name], schedule(harness), "report_schedules")
    assert isinstance(error, NotFound), repr(error)


def test_a_file_that_was_just_deleted_is_not_found(harness: ReportHarness) -> None:
    error = second_after_deletion(harness, forget_file, harness.order(), "report_jobs")
    assert isinstance(error, NotFound), repr(error)


@pytest.mark.parametrize("other", DEEDS)
def test_deleting_at_the_moment_of_something_else(harness: ReportHarness, other: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        for _ in range(8):
            key = schedule(harness)
            both = [pool.submit(do, harness, DEEDS[name], key) for name in ("forget", other)]
            heard = [answer.exception(20) for answer in both]
            assert all(error is None or isinstance(error, (NotFound, Conflict)) for error in heard), heard
            assert None in heard
            with company_scope(harness.place.company_id), db.unit_of_work() as session:
                session.execute(text("UPDATE report_jobs SET state = 'ready'"))

"""Use cases of ordered reports: order, look, cancel, repeat, delete, download. The right is asked each time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, TypeVar

from sqlalchemy import Select, select, text, update
from sqlalchemy.orm import Session

from core import clock
from core.db import after_commit
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import N_, translate
from core.journal.entries import Entry, write
from core.queue import WakeUp
from rbac.actor import Actor
from reports.files import TYPES
from reports.journal import REPORT_DELETED, REPORT_DOWNLOADED, REPORT_ORDERED
from reports.models import OPEN, Format, JobState, ReportJob
from reports.order_params import Asked, check, may_order, require_report, still_sees
from reports.parts import Parts
from reports.report import Report

Row = TypeVar("Row")
MAKE = WakeUp("reports.jobs.make", queue="reports", seconds=3 * 3600)
PAGE = 50
MOST_OPEN = 5
"""Reports that one person may have waiting at once."""
NOT_WHOLE = N_("This file shows departments that you may not see any more. Order the report again.")
TOO_MANY = N_("You have %(most)s reports being made already. Wait for one of them, or cancel it.")


@dataclass(frozen=True)
class Download:
    """A file to send: its content, name, type and size."""

    stream: BinaryIO
    name: str
    type: str
    size: int


def catalogue(actor: Actor, parts: Parts) -> list[Report]:
    """The reports that the actor may order, in their order."""
    return [report for report in parts.reports.values() if may_order(actor, report)]


def file_format(text: str) -> Format:
    """The format of this name; raises InvalidInput."""
    if text not in set(Format):
        raise InvalidInput(N_("Check the parameters."), fields={"format": [N_("Excel (xlsx) or CSV (csv).")]})
    return Format(text)


def order(
    session: Session,
    actor: Actor,
    parts: Parts,
    code: str,
    params: Mapping[str, Any],
    *,
    columns: Sequence[str] = (),
    format: str = Format.XLSX,
) -> ReportJob:
    """Have a report made. Raises NotFound, NotAllowed, InvalidInput by field, or Conflict where too many wait."""
    asked = check(session, actor, parts.reports.of(code), params, columns)
    wanted = file_format(format)
    refuse_too_many(session, actor)
    return place(session, actor, parts, asked, wanted, actor.locale)


def place(
    session: Session,
    actor: Actor,
    parts: Parts,
    asked: Asked,
    format: Format,
    locale: str,
    schedule_id: int | None = None,
) -> ReportJob:
    """Write the order down and wake a worker once it is committed."""
    company_id = ordering_company(actor)
    job = ReportJob(
        company_id=company_id,
        code=asked.report.code,
        params=asked.stored(),
        columns=list(asked.columns),
        format=format,
        ordered_by=actor.user_id or 0,
        ordered_name=actor.name,
        staff_reason=actor.reason,
        locale=locale,
        schedule_id=schedule_id,
        created_at=clock.now(),
    )
    session.add(job)
    session.flush()
    described = {"report": job.code, "params": job.params, "format": job.format}
    write(session, actor, [Entry(REPORT_ORDERED, "report", job.id, None, described)])
    job_id = job.id
    after_commit(lambda: _wake(parts, company_id, job_id))
    return job


def _wake(parts: Parts, company_id: int, job_id: int) -> None:
    parts.queue.wake(MAKE, company_id, job_id)


QUOTA = text("SELECT pg_advisory_xact_lock(471101, CAST(:user % 2147483647 AS integer))")


def refuse_too_many(session: Session, actor: Actor) -> None:
    """Raise Conflict where as many of the actor's reports wait as may wait at once."""
    hold_quota(session, actor)
    own = select(ReportJob.id).where(
        ReportJob.company_id == ordering_company(actor),
        ReportJob.ordered_by == actor.user_id,
        ReportJob.state.in_(OPEN),
    )
    if len(session.scalars(own.limit(MOST_OPEN)).all()) >= MOST_OPEN:
        raise Conflict(TOO_MANY, code="too_many_open", most=MOST_OPEN)


def hold_quota(session: Session, actor: Actor) -> None:
    """Let no other request of this person count what it may have until this one is committed."""
    session.execute(QUOTA, {"user": actor.user_id or 0})


def jobs(session: Session, actor: Actor, *, before: int = 0, limit: int = PAGE) -> Sequence[ReportJob]:
    """The actor's own files, newest first."""
    statement = select(ReportJob).where(
        ReportJob.company_id == ordering_company(actor), ReportJob.ordered_by == actor.user_id
    )
    if before:
        statement = statement.where(ReportJob.id < before)
    return session.scalars(statement.order_by(ReportJob.id.desc()).limit(limit)).all()


def get_job(session: Session, actor: Actor, job_id: int, *, is_held: bool = False) -> ReportJob:
    """A file of the actor's own; raises NotFound, for those of others too."""
    statement = select(ReportJob).where(
        ReportJob.company_id == ordering_company(actor),
        ReportJob.id == job_id,
        ReportJob.ordered_by == actor.user_id,
    )
    return only(session, statement, is_held=is_held)


def only(session: Session, statement: Select[Row], *, is_held: bool) -> Row:
    """The row that a statement finds; raises NotFound.

    `is_held` is for what changes it: others are kept off until the end of this transaction, and those who came first
    are waited for, so that the row is as they left it. It comes before the journal, as everywhere.
    """
    if is_held:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    row = session.scalar(statement)
    if row is None:
        raise NotFound
    return row


def cancel(session: Session, actor: Actor, job_id: int) -> ReportJob:
    """Stop it: a worker that makes it notices within a second."""
    job = get_job(session, actor, job_id)
    ended = session.execute(
        update(ReportJob)
        .where(
            ReportJob.company_id == job.company_id,
            ReportJob.id == job.id,
            ReportJob.state.in_(OPEN),
        )
        .values(state=JobState.CANCELLED, finished_at=clock.now(), lease_until=None),
        execution_options={"synchronize_session": False},
    )
    if not ended.rowcount:  # type: ignore[attr-defined]
        raise Conflict(N_("This report is not being made any more."), code="not_open")
    session.refresh(job)
    return job


def repeat(session: Session, actor: Actor, parts: Parts, job_id: int) -> ReportJob:
    """Order the same once more, with the figures of now."""
    job = get_job(session, actor, job_id)
    return order(session, actor, parts, job.code, job.params, columns=job.columns, format=job.format)


def forget(session: Session, actor: Actor, parts: Parts, job_id: int) -> None:
    """Delete the file and its line in the list; what is being made is cancelled first."""
    job = get_job(session, actor, job_id, is_held=True)
    key = job.key
    session.delete(job)
    session.flush()  # the row before the journal, as everywhere
    write(session, actor, [Entry(REPORT_DELETED, "report", job_id, {"report": job.code}, None)])
    if key:
        after_commit(lambda: parts.storage.delete(key))


def open_file(session: Session, actor: Actor, parts: Parts, job_id: int) -> Download:
    """The file for its person. Raises NotFound, Conflict before it is ready, NotAllowed after a lost right."""
    job = get_job(session, actor, job_id)
    report = parts.reports.of(job.code)
    require_report(actor, report)
    if not still_sees(actor, report, job.paths):
        raise Conflict(NOT_WHOLE, code="seen_less")
    if job.state != JobState.READY or job.key is None:
        raise Conflict(N_("This file is not ready."), code="not_ready")
    write(session, actor, [Entry(REPORT_DOWNLOADED, "report", job.id, None, {"report": job.code})])
    name = file_name(report, job.locale, job.created_at, Format(job.format))
    size = parts.storage.size(job.key)
    return Download(parts.storage.open(job.key), name, TYPES[Format(job.format)], size)


def file_name(report: Report, locale: str, made: datetime, format: Format) -> str:
    """ "Numbers 2026-11-22.xlsx", in the reader's language."""
    return f"{translate(locale, report.title)} {made:%Y-%m-%d}.{format.value}"


def keys(session: Session) -> Iterable[str]:
    """The keys of all files of the company in scope."""
    return session.scalars(select(ReportJob.key).where(ReportJob.key.is_not(None)))


def ordering_company(actor: Actor) -> int:
    """The company acted in; raises NotFound outside of one, and for the system, which orders nothing."""
    if actor.company_id is None or actor.user_id is None:
        raise NotFound
    return actor.company_id

"""The making of one ordered report: claimed by a lease, counted, streamed into a file, stored, told of."""

from __future__ import annotations

import secrets
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_apart, unit_of_work
from core.errors import AppError, InvalidInput, NotAllowed, NotFound
from core.i18n import N_
from core.storage import full_disk_said, keep
from core.tenancy import company_scope
from rbac.actor import Actor
from reports import files, notifications
from reports.files import making_folder
from reports.models import Format, JobState, ReportJob
from reports.order_params import Asked, require_chosen, require_report, seen_paths, stored
from reports.parts import Parts
from users.actor import load_actor

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=120)
TELL_EVERY = 0.5
"""Seconds between two records of progress; each renews the lease and notices a cancelling."""
MOST_TRIES = 3
LOST_RIGHT = N_("You no longer have the right to this report.")
GAVE_UP = N_("The worker broke off several times while making this file.")
BROKEN = N_("This report cannot be made with these parameters any more.")
_APART: dict[str, Any] = {"synchronize_session": False}


class Ended(Exception):
    """The job is not this worker's any more: cancelled, deleted, or taken over after a silence."""


def make(parts: Parts, company_id: int, job_id: int, worker: str) -> None:
    """Make the report unless somebody else does or it has ended; every failure is written on the job."""
    token = f"{worker}/{secrets.token_hex(4)}"
    with company_scope(company_id):
        job = _claim(company_id, job_id, token)
        if job is None:
            return
        try:
            if job.tries > MOST_TRIES:
                raise InvalidInput(GAVE_UP)
            _make(parts, job)
        except Ended:
            log.info("report.ended", job=job_id)
        except (NotAllowed, NotFound):
            _fail(parts, job, LOST_RIGHT)
        except AppError as problem:
            _fail(parts, job, problem.message)
        except KeyError:
            _fail(parts, job, BROKEN)


def _claim(company_id: int, job_id: int, token: str) -> ReportJob | None:
    now = clock.now()
    with unit_of_work() as db:
        return db.scalar(
            update(ReportJob)
            .where(
                ReportJob.company_id == company_id,
                ReportJob.id == job_id,
                (ReportJob.state == JobState.ORDERED)
                | ((ReportJob.state == JobState.MAKING) & (ReportJob.lease_until < now)),
            )
            .values(
                state=JobState.MAKING,
                worker=token,
                lease_until=now + LEASE,
                tries=ReportJob.tries + 1,
                done=0,
                total=None,
                started_at=now,
            )
            .returning(ReportJob),
            execution_options=_APART,
        )


def _make(parts: Parts, job: ReportJob) -> None:
    with full_disk_said(), tempfile.TemporaryDirectory(dir=making_folder(parts), prefix="report-") as folder:
        path = Path(folder, f"report.{job.format}")
        with unit_of_work() as db:
            # One snapshot for counting, rows and totals, however long it takes.
            db.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            actor, asked = _asked(db, parts, job)
            rows = _write(db, actor, path, asked, job)
        _finish(parts, job, asked, path, rows=rows, paths=seen_paths(actor, asked.report))


def _asked(db: Session, parts: Parts, job: ReportJob) -> tuple[Actor, Asked]:
    """The person who ordered it, with the rights of this moment, and the order; NotAllowed after a lost right."""
    actor = load_actor(db, job.ordered_by, job.company_id, reason=job.staff_reason)
    asked = stored(parts.reports.of(job.code), job.params, job.columns)
    require_report(actor, asked.report)
    require_chosen(db, actor, asked)
    return actor, asked


def _write(db: Session, actor: Actor, path: Path, asked: Asked, job: ReportJob) -> int:
    total = files.count(db, actor, asked)
    _progress(job, done=0, total=total)
    last = time.monotonic()

    def tick(done: int) -> None:
        nonlocal last
        if time.monotonic() - last >= TELL_EVERY:
            last = time.monotonic()
            _progress(job, done=done)

    sums = files.write(
        db, actor, path, asked, format=Format(job.format), locale=job.locale, total=total, tick=tick
    )
    return sums.rows


def _progress(job: ReportJob, **values: int) -> None:
    with unit_apart() as apart:
        _change(apart, job, lease_until=clock.now() + LEASE, **values)


def _change(session: Session, job: ReportJob, **values: Any) -> None:
    """Write on the job while it is still this worker's; raises Ended where it is not."""
    kept = session.execute(
        update(ReportJob)
        .where(
            ReportJob.company_id == job.company_id,
            ReportJob.id == job.id,
            ReportJob.state == JobState.MAKING,
            ReportJob.worker == job.worker,
        )
        .values(**values),
        execution_options=_APART,
    )
    if not kept.rowcount:  # type: ignore[attr-defined]
        raise Ended


def _finish(parts: Parts, job: ReportJob, asked: Asked, path: Path, *, rows: int, paths: list[str]) -> None:
    size = path.stat().st_size
    with unit_of_work() as db:
        key = keep(parts.storage, job.company_id, path)
        now = clock.now()
        _change(
            db,
            job,
            state=JobState.READY,
            done=rows,
            total=rows,
            key=key,
            size=size,
            paths=paths,
            finished_at=now,
            expires_at=now + timedelta(days=parts.settings.file_days),
            lease_until=None,
        )
        notifications.ready(db, parts, job, asked.report, key=key, size=size, rows=rows)


def _fail(parts: Parts, job: ReportJob, trouble: str) -> None:
    log.warning("report.failed", job=job.id, trouble=trouble)
    try:
        with unit_of_work() as db:
            _change(
                db, job, state=JobState.FAILED, trouble=trouble, finished_at=clock.now(), lease_until=None
            )
            notifications.failed(db, parts, job, trouble)
    except Ended:
        log.info("report.ended", job=job.id)

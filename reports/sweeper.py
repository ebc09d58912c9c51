"""The sweep of the database for reports that wait or were left by a dead worker, and for files past their day."""

from __future__ import annotations

import time
from datetime import timedelta
from functools import partial

from sqlalchemy import select, text, update

from core import clock
from core.db import after_commit, unit_of_work
from core.tenancy import all_companies
from reports.files import making_folder
from reports.models import JobState, ReportJob
from reports.parts import Parts
from reports.service import MAKE

HOLD = timedelta(seconds=20)
"""For so long a report that was just enqueued is not enqueued again."""
LEFT_OVER = 24 * 3600
REASON = "reports of every company are looked after by one sweeper"
_APART = {"synchronize_session": False}

DUE = text("""
    UPDATE report_jobs SET wake_until = :hold
    WHERE state IN ('ordered', 'making') AND (wake_until IS NULL OR wake_until < :now)
      AND ((state = 'ordered' AND created_at < :late) OR (state = 'making' AND lease_until < :now))
    RETURNING company_id, id""")


def sweep(parts: Parts) -> int:
    """Wake a worker for every report that waits or was left; returns how many were woken."""
    now = clock.now()
    late = now - timedelta(seconds=2)  # the order itself wakes a worker first
    with all_companies(reason=REASON), unit_of_work() as db:
        due = db.execute(DUE, {"now": now, "hold": now + HOLD, "late": late}).all()
    woken = [parts.queue.wake(MAKE, company_id, job_id) for company_id, job_id in due]
    return sum(woken)


def worker_died(worker: str) -> None:
    """Free what a dead worker was making, so that another makes it now."""
    with all_companies(reason=REASON), unit_of_work() as db:
        db.execute(
            update(ReportJob)
            .where(ReportJob.state == JobState.MAKING, ReportJob.worker.startswith(f"{worker}/"))
            .values(lease_until=clock.now(), wake_until=None),
            execution_options=_APART,
        )


def expire(parts: Parts) -> int:
    """Forget files past their day, and what killed workers left on the bench; returns how many files."""
    with all_companies(reason=REASON), unit_of_work() as db:
        gone = db.scalars(select(ReportJob).where(ReportJob.expires_at < clock.now()).limit(1000)).all()
        for job in gone:
            if job.key:
                after_commit(partial(parts.storage.delete, job.key))
            db.delete(job)
    for folder in making_folder(parts).glob("report-*"):
        if time.time() - folder.stat().st_mtime > LEFT_OVER:
            for file in folder.iterdir():
                file.unlink(missing_ok=True)
            folder.rmdir()
    return len(gone)

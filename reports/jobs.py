"""The calls of the worker's jobs about reports: functions by dotted name, whose arguments are ids and nothing else."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from core.queue import worker_name
from reports import scheduling, sweeper, worker
from reports.parts import Parts

DATABASE_LOST = (OperationalError, InterfaceError, TimeoutError)
log = structlog.get_logger(__name__)


def make(parts: Parts, company_id: int, job_id: int) -> None:
    """Make one report; where the database is lost, the sweeper finds it again after its lease."""
    try:
        worker.make(parts, company_id, job_id, worker_name())
    except DATABASE_LOST as problem:
        log.warning("report.database_lost", job=job_id, problem=type(problem).__name__)


def sweep(parts: Parts) -> None:
    """Order what schedules want now, and wake workers for what waits."""
    scheduling.order_due(parts)
    sweeper.sweep(parts)


def tidy(parts: Parts) -> None:
    """Forget files past their day."""
    sweeper.expire(parts)

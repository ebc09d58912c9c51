"""What the worker's jobs call about reports: functions by dotted name, whose arguments are ids and nothing else."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from core.queue import worker_name
from reports import scheduling, sweeper, worker
from reports.workshop import Workshop

DATABASE_LOST = (OperationalError, InterfaceError, TimeoutError)
log = structlog.get_logger(__name__)
_workshop: list[Workshop] = []


def configure(workshop: Workshop) -> None:
    """Give this process its workshop; called once when a worker starts."""
    _workshop[:] = [workshop]


def make(company_id: int, job_id: int) -> None:
    """Make one report; where the database is lost, the sweeper finds it again after its lease."""
    for workshop in _workshop:
        try:
            worker.make(workshop, company_id, job_id, worker_name())
        except DATABASE_LOST as problem:
            log.warning("report.database_lost", job=job_id, problem=type(problem).__name__)


def sweep() -> None:
    """Order what schedules want now, and wake workers for what waits."""
    for workshop in _workshop:
        scheduling.order_due(workshop)
        sweeper.sweep(workshop)


def tidy() -> None:
    """Forget files past their day."""
    for workshop in _workshop:
        sweeper.expire(workshop)

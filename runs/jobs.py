"""The calls of the worker's jobs: functions by dotted name, whose arguments are ids and nothing else."""

from __future__ import annotations

from core.queue import DATABASE_LOST, worker_name
from runs.engine import runner, sweeper
from runs.parts import Parts
from runs.submission import WAKE


def wake_run(parts: Parts, company_id: int, run_id: int) -> None:
    """Carry a run on, and wake again where lines still wait."""
    try:
        more = runner.work_on(parts, company_id, run_id, worker_name())
    except DATABASE_LOST:
        _let_go()
        raise
    if more:
        parts.queue.wake(WAKE, company_id, run_id)


def _let_go() -> None:
    """End the sending of this process: the next one may look up now what it left in doubt."""
    try:
        sweeper.worker_died(worker_name())
    except DATABASE_LOST:
        return  # then its leases end by themselves


def sweep(parts: Parts) -> None:
    """Wake workers for what is due."""
    sweeper.sweep(parts)


def tidy(_parts: Parts) -> None:
    """Forget what nobody needs any more."""
    sweeper.forget_previews()

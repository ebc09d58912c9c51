"""What the worker's jobs call: functions by dotted name, whose arguments are ids and nothing else."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import OperationalError

from core.queue import worker_name
from runs import runner, sweeper
from runs.engine import Engine
from runs.service import WAKE

log = structlog.get_logger(__name__)
_engine: list[Engine] = []


def configure(engine: Engine) -> None:
    """Give this process its engine; called once when a worker starts."""
    _engine[:] = [engine]


def engine() -> Engine:
    """The engine of this process; raises RuntimeError before configure()."""
    if not _engine:
        raise RuntimeError("runs.jobs.configure() was not called")
    return _engine[0]


def wake_run(company_id: int, run_id: int) -> None:
    """Carry a run on, and wake again where lines still wait."""
    try:
        more = runner.work_on(engine(), company_id, run_id, worker_name())
    except OperationalError as problem:
        # The database was cut off: leases end by themselves, the sweeper goes on where this stopped.
        log.warning("run.database_lost", run=run_id, problem=type(problem).__name__)
        return
    if more:
        engine().queue.wake(WAKE, company_id, run_id)


def sweep() -> None:
    """Wake workers for what is due."""
    sweeper.sweep(engine())


def tidy() -> None:
    """Forget what nobody needs any more."""
    sweeper.forget_previews()

"""What the worker's jobs call: functions by dotted name, whose arguments are ids and nothing else."""

from __future__ import annotations

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError, TimeoutError

from core.queue import worker_name
from runs.engine import runner, sweeper
from runs.parts import Engine
from runs.submission import WAKE

DATABASE_LOST = (OperationalError, InterfaceError, TimeoutError)
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
    except DATABASE_LOST as problem:
        log.warning("run.database_lost", run=run_id, problem=type(problem).__name__)
        _let_go()
        return
    if more:
        engine().queue.wake(WAKE, company_id, run_id)


def _let_go() -> None:
    """This process sends nothing any more: what it left in doubt may be looked up by the next one now."""
    try:
        sweeper.worker_died(worker_name())
    except DATABASE_LOST:
        return  # then its leases end by themselves


def sweep() -> None:
    """Wake workers for what is due."""
    sweeper.sweep(engine())


def tidy() -> None:
    """Forget what nobody needs any more."""
    sweeper.forget_previews()

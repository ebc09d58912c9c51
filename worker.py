"""The worker: a supervisor that forks runners, a sweeper and a synchroniser, and replaces whichever dies."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

import structlog
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

import bootstrap
from core import db, logs, queue, storage_cleanup
from core.processes import die_with_parent
from core.settings import Settings
from forms.requests import jobs as form_jobs
from lines import jobs as line_jobs
from notices import jobs as notice_jobs
from reports import jobs as report_jobs
from reports import sweeper as report_sweeper
from reports.service import MAKE
from runs import jobs
from runs.engine import sweeper
from runs.submission import WAKE
from users import jobs as user_jobs

log = structlog.get_logger("worker")
SWEEP_SECONDS = 2
TIDY_SECONDS = 3600
SYNC_SECONDS = 60
MAIL_SECONDS = 2
RECONCILE_SECONDS = 3600
DAY_SECONDS = 24 * 3600
SOON = 5.0
"""A child that lived shorter than this is replaced only after a pause."""
SYSTEM_QUEUE = "system"
SYNC_QUEUE = "sync"
MAIL_QUEUE = "mail"
REPEATED = (
    (jobs.sweep, SWEEP_SECONDS, SYSTEM_QUEUE),
    (jobs.tidy, TIDY_SECONDS, SYNC_QUEUE),
    (line_jobs.synchronise, SYNC_SECONDS, SYNC_QUEUE),
    (form_jobs.report, SWEEP_SECONDS, SYSTEM_QUEUE),
    (report_jobs.sweep, SWEEP_SECONDS, SYSTEM_QUEUE),
    (report_jobs.tidy, TIDY_SECONDS, MAIL_QUEUE),
    (notice_jobs.send_due, MAIL_SECONDS, MAIL_QUEUE),
    (notice_jobs.tidy, TIDY_SECONDS, MAIL_QUEUE),
    (user_jobs.tidy, TIDY_SECONDS, MAIL_QUEUE),
    (line_jobs.reconcile, RECONCILE_SECONDS, SYNC_QUEUE),
    (storage_cleanup.tidy, DAY_SECONDS, MAIL_QUEUE),
)
FUNCTIONS = (WAKE.function, MAKE.function, *(queue.dotted_name(function) for function, _, _ in REPEATED))
"""All that a worker carries out: what else stands in Redis was put there by somebody else."""


@dataclass(frozen=True)
class Role:
    """What one child does, and how people find it in the log."""

    name: str
    run: Callable[[], None]


@dataclass(frozen=True)
class Child:
    """A running child and when it started (monotonic seconds)."""

    role: Role
    started: float


class Supervisor:
    """Keeps one child per role alive until told to stop; children are forked with everything imported."""

    def __init__(self, parts: bootstrap.Parts) -> None:
        self._parts = parts
        self._pid = os.getpid()
        self._children: dict[int, Child] = {}
        self._stopping = False
        runners = [self._role(f"runner-{n + 1}", WAKE.queue) for n in range(parts.settings.workers)]
        self._roles = [
            *runners,
            self._role("sweeper", SYSTEM_QUEUE),
            self._role("synchroniser", SYNC_QUEUE),
            self._role("reporter", MAKE.queue),
            self._role("postman", MAIL_QUEUE),
            Role("cron", lambda: queue.repeat(parts.settings.redis_url, REPEATED)),
        ]

    def _role(self, name: str, queue_name: str) -> Role:
        """A child that takes the jobs of one queue."""
        return Role(
            name, lambda: queue.work(self._parts.settings.redis_url, queue_name, self._parts, FUNCTIONS)
        )

    def run(self) -> int:
        """Until SIGTERM or SIGINT; returns the exit status."""
        signal.signal(signal.SIGTERM, self._stop)
        signal.signal(signal.SIGINT, self._stop)
        for role in self._roles:
            self._start(role)
        while self._children:
            try:
                pid, status = os.wait()
            except ChildProcessError:
                break
            self._ended(pid, status)
        return 0

    def _start(self, role: Role) -> None:
        # The parent holds no connection when it forks: a child would share it.
        db.engine().dispose()
        pid = os.fork()
        if pid == 0:
            os._exit(self._child(role))
        self._children[pid] = Child(role, time.monotonic())
        log.info("worker.started", role=role.name, pid=pid)

    def _child(self, role: Role) -> int:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        die_with_parent(self._pid)
        try:
            role.run()
        except RedisError as problem:
            log.warning("worker.redis_lost", role=role.name, problem=type(problem).__name__)
            return 1
        return 0

    def _ended(self, pid: int, status: int) -> None:
        child = self._children.pop(pid, None)
        if child is None or self._stopping:
            return
        log.warning("worker.ended", role=child.role.name, pid=pid, status=status)
        if time.monotonic() - child.started < SOON:
            time.sleep(0.5)
        if not self._stopping:
            self._start(child.role)
            self._end_leases(queue.worker_name(pid))

    def _end_leases(self, worker: str) -> None:
        """Known to be dead: its orders need not wait for the end of their leases."""
        try:
            sweeper.worker_died(worker)
            report_sweeper.worker_died(worker)
        except SQLAlchemyError as problem:
            log.warning("worker.leases_kept", worker=worker, problem=type(problem).__name__)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
        for pid in list(self._children):
            _signal(pid, signal.SIGTERM)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def main() -> int:
    """Start the supervisor with the settings of the environment."""
    logs.configure()
    supervisor = Supervisor(bootstrap.build(Settings.from_env()))
    # What start-up made stays for good: collections need not go through it, nor children copy it.
    gc.freeze()
    return supervisor.run()


if __name__ == "__main__":
    sys.exit(main())

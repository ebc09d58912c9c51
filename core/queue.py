"""The job queue: the only module that imports RQ. A job is an id, never data; the database is the truth."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.cron import CronJob, CronScheduler
from rq.job import Job
from rq.serializers import JSONSerializer
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from core import clock

MOST_WAITING = 3
JOB_SECONDS = 120
SLOW_SECONDS = 60
"""A job that repeats at least this slowly is one of the long ones: synchronisation, reconciliation."""
LONG_SECONDS = 6 * 3600
log = structlog.get_logger(__name__)


def connection(redis_url: str, *, timeout: float = 5.0) -> Redis:
    """A connection for commands; gives up after `timeout` seconds."""
    return Redis.from_url(redis_url, socket_timeout=timeout, socket_connect_timeout=timeout)


@dataclass(frozen=True)
class WakeUp:
    """The call that a worker is woken for: a function by its dotted name, its queue, and its limit in seconds."""

    function: str
    queue: str
    seconds: int = JOB_SECONDS


class JobQueue:
    """The queue of work for other processes: a job wakes a worker for a row. Losing it loses nothing (sweepers).

    Of one row no more than `most` wake-ups wait at a time, so that no run crowds out the others.
    """

    def __init__(self, redis_url: str, most: int = MOST_WAITING) -> None:
        self._most = most
        self._connection = connection(redis_url)

    def wake(self, job: WakeUp, company_id: int, object_id: int, copies: int = 1) -> bool:
        """Enqueue `function(parts, company_id, object_id)`; False where Redis does not answer."""
        prefix = f"{job.function.rpartition('.')[2]}-{company_id}-{object_id}-"
        queue = self._queue(job.queue)
        try:
            waiting = sum(key.startswith(prefix) for key in queue.job_ids)
            for _ in range(min(copies, self._most - waiting)):
                queue.enqueue(
                    job.function,
                    company_id,
                    object_id,
                    job_id=prefix + secrets.token_hex(8),
                    job_timeout=job.seconds,
                    result_ttl=60,
                    failure_ttl=3600,
                    ttl=3600,
                )
        except RedisError as problem:
            # The sweeper finds the run in the database and wakes a worker once Redis is back.
            log.warning("queue.unreachable", function=job.function, problem=type(problem).__name__)
            return False
        return True

    def length(self, queue: str) -> int:
        """Jobs waiting in this queue now; raises RedisError where the server is away."""
        return int(self._queue(queue).count)

    def _queue(self, name: str) -> Queue:
        return Queue(name, connection=self._connection, serializer=JSONSerializer)


class PatientWorker(SimpleWorker):
    """A worker that asks for Redis again every second instead of after a minute."""

    max_connection_wait_time = 1.0


class JobRefused(RuntimeError):
    """A job of Redis names what is no job of ours."""


class BareJob(Job):
    """A job that is nothing but a function and its arguments: whoever reaches Redis could name any other code."""

    success_callback = failure_callback = stopped_callback = None

    def send_webhooks(self, *_: Any, **__: Any) -> None:
        """Send nothing: our jobs have none."""


def dotted_name(function: Callable[..., object]) -> str:
    """The name under which a job names this function."""
    return f"{function.__module__}.{function.__qualname__}"


def work(redis_url: str, queue: str, parts: object, functions: Collection[str]) -> None:
    """Take jobs until told to stop (SIGTERM, SIGINT): one queue per process, since RQ pops several unsafely.

    Each job is called with the parts of this process first, and with the ids that the job carries. A job whose function
    is not one of `functions` (dotted names) fails before anything of it is imported.
    """

    class OwnJob(BareJob):
        """A job whose function is ours and gets the parts of the process."""

        @property
        def func(self) -> Any:
            if self.func_name not in functions or self.instance is not None:
                log.error("queue.refused", function=str(self.func_name)[:200], queue=queue)
                raise JobRefused(self.func_name)
            return partial(_call_quietly, super().func, parts)

    link = Redis.from_url(redis_url, socket_connect_timeout=5)
    # Never the name of a dead process with the same number, which RQ would take for a living double.
    name = f"{worker_name()}-{secrets.token_hex(4)}"
    worker = PatientWorker([queue], connection=link, serializer=JSONSerializer, name=name, job_class=OwnJob)
    worker.work(with_scheduler=False, logging_level="WARNING")


DATABASE_LOST = (OperationalError, InterfaceError, PoolTimeout)
"""What a job meets where the database is away, restarts, or does not answer."""
REMIND_SECONDS = 60.0


class _Outage:
    """The log entries of this process on an absent database: when (monotonic seconds), and which jobs it failed."""

    noted: float | None = None
    failed: ClassVar[set[str]] = set()


def _call_quietly(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a job's function; a database that is away is one line in the log, then one a minute.

    Nothing is lost by it: the database says what is due, and whoever repeats jobs asks it again.
    """
    name = getattr(function, "__qualname__", "")
    try:
        result = function(*arguments)
    except DATABASE_LOST as problem:
        now = time.monotonic()
        if _Outage.noted is None or now - _Outage.noted >= REMIND_SECONDS:
            _Outage.noted = now
            log.warning("database.away", job=name, problem=type(problem).__name__)
        _Outage.failed.add(name)
        return None
    if name in _Outage.failed:
        _Outage.noted = None
        _Outage.failed.clear()
        log.info("database.back", job=name)
    return result


class JsonCron(CronScheduler):
    """RQ's cron whose jobs carry JSON, like all of ours, and never pile up behind a worker that is away."""

    def enqueue_jobs(self) -> list[CronJob]:
        """Enqueue what is due, unless the same function still waits in its queue."""
        now, due = clock.now(), []
        for job in self.get_jobs():
            if not job.should_run():
                continue
            self._enqueue_once(job)
            job.set_enqueue_time(now)
            due.append(job)
        return due

    def _enqueue_once(self, job: CronJob) -> None:
        """A job that repeats slowly may also take long: it gets hours, and may wait as long as its interval."""
        queue = Queue(job.queue_name, connection=self.connection, serializer=JSONSerializer)
        prefix, interval = f"{job.func_name}-".replace(".", "_"), job.interval or 0
        if any(key.startswith(prefix) for key in queue.job_ids):
            return
        queue.enqueue(
            job.func_name,
            job_id=prefix + secrets.token_hex(8),
            job_timeout=JOB_SECONDS if interval < SLOW_SECONDS else LONG_SECONDS,
            result_ttl=0,
            failure_ttl=3600,
            ttl=max(60, interval),
        )


def repeat(redis_url: str, jobs: Sequence[tuple[Callable[..., None], int, str]]) -> None:
    """Enqueue each function every so many seconds on its queue, until told to stop."""
    scheduler = JsonCron(connection(redis_url), logging_level="WARNING")
    for function, seconds, queue in jobs:
        scheduler.register(function, queue, interval=seconds)
    scheduler.start()  # type: ignore[no-untyped-call]


def worker_name(pid: int | None = None) -> str:
    """The name under which a process of this machine (this one by default) holds leases."""
    return f"{os.uname().nodename}-{os.getpid() if pid is None else pid}"

"""The job queue: the only module that imports RQ. A job is an id, never data; the database is the truth."""

from __future__ import annotations

import os
from collections.abc import Callable

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

QUEUE = "runs"
JOB_SECONDS = 120
log = structlog.get_logger(__name__)


def connection(redis_url: str, *, timeout: float = 5.0) -> Redis:
    """A connection for commands; gives up after `timeout` seconds."""
    return Redis.from_url(redis_url, socket_timeout=timeout, socket_connect_timeout=timeout)


class JobQueue:
    """Where work leaves the process: wakes a worker for a run. Losing a job loses nothing (see runs.sweeper)."""

    def __init__(self, redis_url: str) -> None:
        self._queue = Queue(QUEUE, connection=connection(redis_url), serializer=JSONSerializer)

    def wake(self, function: str, company_id: int, object_id: int, copies: int = 1) -> bool:
        """Enqueue `function(company_id, object_id)` by its dotted name; False where Redis does not answer."""
        try:
            for _ in range(copies):
                self._queue.enqueue(
                    function, company_id, object_id, job_timeout=JOB_SECONDS, result_ttl=60, failure_ttl=3600, ttl=3600
                )
        except RedisError as problem:
            # The sweeper finds the run in the database and wakes a worker once Redis is back.
            log.warning("queue.unreachable", function=function, problem=type(problem).__name__)
            return False
        return True

    def length(self) -> int:
        """Jobs waiting now; raises RedisError where the server is away."""
        return int(self._queue.count)


def work(redis_url: str, *, on_start: Callable[[], None] | None = None) -> None:
    """Take jobs until told to stop (SIGTERM, SIGINT): one queue per process, since RQ pops several unsafely."""
    if on_start is not None:
        on_start()
    link = Redis.from_url(redis_url, socket_connect_timeout=5)
    worker = SimpleWorker([QUEUE], connection=link, serializer=JSONSerializer, name=worker_name())
    worker.work(with_scheduler=False, logging_level="WARNING")


def worker_name() -> str:
    """The name under which this process holds leases."""
    return f"{os.uname().nodename}-{os.getpid()}"

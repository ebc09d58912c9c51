"""Wake-ups in a real Redis: bounded per run, and none where it is away."""

from __future__ import annotations

from rq import Queue
from rq.job import Job
from rq.serializers import JSONSerializer

from core import clock
from core.queue import JobQueue, JsonCron, WakeUp, connection

WAKE = WakeUp("runs.jobs.wake_run", queue="runs")


def test_no_run_crowds_out_the_others(redis_url: str) -> None:
    queue = JobQueue(redis_url, most=2)
    for _ in range(10):
        assert queue.wake(WAKE, 1, 7, copies=2)
    assert queue.length(WAKE.queue) == 2
    assert queue.wake(WAKE, 1, 8)
    assert queue.wake(WAKE, 1, 71)
    assert queue.length(WAKE.queue) == 4


def test_redis_away_is_said(tmp_path: object) -> None:
    assert JobQueue(f"unix://{tmp_path}/nothing.sock").wake(WAKE, 1, 7) is False


def _repeated(redis_url: str, seconds: int) -> Job:
    cron = JsonCron(connection(redis_url), logging_level="WARNING")
    cron.register(clock.now, "sync", interval=seconds)
    for job in cron.get_jobs() * 3:
        cron._enqueue_once(job)
    queue = Queue("sync", connection=connection(redis_url), serializer=JSONSerializer)
    assert queue.count == 1
    (waiting,) = queue.jobs
    return waiting


def test_a_repeated_job_waits_once_and_quick_ones_end_soon(redis_url: str) -> None:
    job = _repeated(redis_url, 2)
    assert (job.timeout, job.ttl) == (120, 60)


def test_a_slow_job_has_hours_and_is_not_forgotten_before_its_next_turn(redis_url: str) -> None:
    job = _repeated(redis_url, 3600)
    assert (job.timeout, job.ttl) == (6 * 3600, 3600)

"""Wake-ups in a real Redis: bounded per run, and none where it is away."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from rq import Callback, Queue
from rq.job import Job, JobStatus
from rq.serializers import JSONSerializer
from rq.utils import import_attribute

import worker as supervisor
from core import clock
from core import queue as jobs
from core.queue import JobQueue, JsonCron, connection
from reports.service import MAKE
from runs.submission import WAKE


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


@pytest.fixture
def runner(redis_url: str) -> Iterator[Queue]:
    """A real worker in a process of its own that may call `note` only; returns its queue."""
    process = multiprocessing.get_context("fork").Process(
        target=jobs.work, args=(redis_url, "runs", Path("/"), [jobs.dotted_name(note)])
    )
    process.start()
    yield Queue("runs", connection=connection(redis_url), serializer=JSONSerializer)
    process.terminate()
    process.join(timeout=30)


def note(parts: Path, place: str) -> None:
    """A job: leaves a file that says what the process brought."""
    Path(place).write_text(str(parts))


def _ended(job: Job) -> JobStatus:
    deadline = time.monotonic() + 30
    while (status := job.get_status()) not in (JobStatus.FINISHED, JobStatus.FAILED):
        assert time.monotonic() < deadline, f"{job.func_name} is {status}"
        time.sleep(0.05)
    return status


def _problem(job: Job) -> str:
    result = job.latest_result()
    assert result is not None
    return str(result.exc_string)


@pytest.mark.parametrize(
    "function", ["os.mkdir", "os.system", "builtins.exec", "core.storage_cleanup.tidy", "runs.jobs"]
)
def test_no_function_but_ours_is_called(runner: Queue, tmp_path: Path, function: str) -> None:
    foreign = runner.enqueue(function, str(tmp_path / "foreign"))
    own = runner.enqueue(jobs.dotted_name(note), str(tmp_path / "own"))
    assert _ended(foreign) == JobStatus.FAILED
    assert _ended(own) == JobStatus.FINISHED
    assert [place.name for place in tmp_path.iterdir()] == ["own"]
    assert "JobRefused" in _problem(foreign)


def test_a_job_brings_no_other_code_with_it(runner: Queue, tmp_path: Path) -> None:
    """Callbacks are dotted names too, and a method of a value needs no import at all."""
    job = runner.enqueue(
        jobs.dotted_name(note),
        str(tmp_path / "own"),
        on_success=Callback("os.mkdir"),
        on_failure=Callback("os.mkdir"),
    )
    method = Job.create("format", args=["x"], connection=runner.connection, serializer=JSONSerializer)
    method._instance = "{0}"
    runner.enqueue_job(method)
    broken = runner.enqueue(jobs.dotted_name(note))
    assert _ended(job) == JobStatus.FINISHED
    assert _ended(method) == JobStatus.FAILED
    assert _ended(broken) == JobStatus.FAILED
    assert "note() missing" in _problem(broken)


def test_what_is_no_json_is_not_read(runner: Queue, redis_url: str, tmp_path: Path) -> None:
    pickled = Queue("runs", connection=connection(redis_url)).enqueue("os.mkdir", str(tmp_path / "foreign"))
    own = runner.enqueue(jobs.dotted_name(note), str(tmp_path / "own"))
    assert _ended(own) == JobStatus.FINISHED
    assert pickled.get_status() != JobStatus.FINISHED
    assert [place.name for place in tmp_path.iterdir()] == ["own"]


def test_the_worker_knows_every_job_that_is_asked_for() -> None:
    asked = {WAKE.function, MAKE.function} | {
        jobs.dotted_name(function) for function, _, _ in supervisor.REPEATED
    }
    assert set(supervisor.FUNCTIONS) == asked
    assert all(callable(import_attribute(name)) for name in asked)

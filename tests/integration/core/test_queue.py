"""Wake-ups in a real Redis: bounded per run, and none where it is away."""

from __future__ import annotations

from core.queue import JobQueue

WAKE = "runs.jobs.wake_run"


def test_no_run_crowds_out_the_others(redis_url: str) -> None:
    queue = JobQueue(redis_url, most=2)
    for _ in range(10):
        assert queue.wake(WAKE, 1, 7, copies=2)
    assert queue.length() == 2
    assert queue.wake(WAKE, 1, 8)
    assert queue.wake(WAKE, 1, 71)
    assert queue.length() == 4


def test_redis_away_is_said(tmp_path: object) -> None:
    assert JobQueue(f"unix://{tmp_path}/nothing.sock").wake(WAKE, 1, 7) is False

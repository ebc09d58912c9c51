"""The shared bucket over real processes and a real Redis: never above the rate, used to the full."""

from __future__ import annotations

import subprocess
import sys
import time

from redis import Redis

from devtools.services import ROOT
from operators.limiter import TokenBucket

RATE = 40.0
TAKER = """
import sys, time
from operators.limiter import TokenBucket

bucket, moments = TokenBucket(sys.argv[1], float(sys.argv[2])), []
deadline = time.monotonic() + float(sys.argv[3])
while time.monotonic() < deadline:
    if bucket.take(0.5):
        moments.append(time.time())
print(*moments)
"""


def _takers(url: str, seconds: float) -> list[subprocess.Popen[str]]:
    command = [sys.executable, "-c", TAKER, url, str(RATE), str(seconds)]
    return [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)]


def _moments(takers: list[subprocess.Popen[str]]) -> list[float]:
    """When the tokens were taken, by whichever process."""
    outputs = [taker.communicate(timeout=30)[0] for taker in takers]
    assert all(outputs)
    return sorted(float(moment) for text in outputs for moment in text.split())


def _most_in_a_second(moments: list[float]) -> int:
    return max(sum(1 for other in moments if 0 <= other - moment < 1.0) for moment in moments)


def _used(moments: list[float]) -> float:
    return (len(moments) - 1) / (moments[-1] - moments[0]) / RATE


def test_two_processes_share_the_rate_and_use_it_up(redis_url: str) -> None:
    moments = _moments(_takers(redis_url, 4.0))
    assert len(moments) > 3 * RATE
    burst = TokenBucket(redis_url, RATE).burst
    assert _most_in_a_second(moments) <= RATE + burst + 1
    assert 0.95 <= _used(moments) <= 1.02


def test_an_emptied_redis_does_not_let_more_through(redis_url: str) -> None:
    takers = _takers(redis_url, 4.0)
    with Redis.from_url(redis_url) as server:
        for _ in range(3):
            time.sleep(1.0)
            server.flushdb()
    moments = _moments(takers)
    assert len(moments) > 3 * RATE
    burst = TokenBucket(redis_url, RATE).burst
    # One token more: each new bucket starts with one.
    assert _most_in_a_second(moments) <= RATE + burst + 2
    assert _used(moments) >= 0.95


def test_a_new_bucket_starts_with_one_token(redis_url: str) -> None:
    bucket = TokenBucket(redis_url, 2.0, burst=10)
    assert bucket.take(0)
    assert not bucket.take(0)
    assert bucket.take(1.0)


def test_a_penalty_holds_everyone_back(redis_url: str) -> None:
    bucket, other = TokenBucket(redis_url, 100.0), TokenBucket(redis_url, 100.0)
    assert bucket.take(1)
    bucket.penalise(0.4)
    started = time.monotonic()
    assert not other.take(0.1)
    assert other.take(2.0)
    assert time.monotonic() - started >= 0.35


def test_the_wait_is_never_exceeded_by_a_token_too_late(redis_url: str) -> None:
    bucket = TokenBucket(redis_url, 1.0)
    assert bucket.take(0)
    slept: list[float] = []
    impatient = TokenBucket(redis_url, 1.0, sleep=slept.append)
    assert not impatient.take(0.2)
    assert sum(slept) <= 0.2
    assert bucket.take(2.0)


def test_without_redis_it_waits_and_then_says_no() -> None:
    bucket = TokenBucket("redis://127.0.0.1:9/0", 10.0)
    started = time.monotonic()
    assert not bucket.take(0.3)
    assert 0.25 <= time.monotonic() - started < 3
    bucket.penalise(1)


def test_a_rate_of_zero_is_no_limit_and_needs_no_redis() -> None:
    bucket = TokenBucket("redis://127.0.0.1:9/0", 0)
    assert bucket.take(0)

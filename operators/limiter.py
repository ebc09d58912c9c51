"""The operator's limit on requests per second: one token bucket in Redis, shared by every worker."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

KEY = "operator:bucket"
RETRY_EVERY = 0.1
AWAY_SECONDS = 1.0
SOCKET_SECONDS = 1.0
EXPIRES_MS = 600_000
log = structlog.get_logger(__name__)


class Tokens(Protocol):
    """Where a request asks whether it may leave."""

    def take(self, wait: float) -> bool:
        """Take one token; False where none came within `wait` seconds."""
        ...

    def due(self) -> float:
        """Seconds until a token could be had, as it looks now; takes none."""
        ...

    def penalise(self, seconds: float) -> None:
        """The operator asked for silence: give out nothing for so many seconds."""
        ...


# The bucket is one moment, `next`: when the token after all promised ones falls due, in microseconds of the
# server's clock. A new bucket is as if its burst had just been spent: it starts with one token. `born` tells
# whoever sleeps on a promise whether the bucket that made it still exists.
SETUP = """
local clock = redis.call('TIME')
local now = clock[1] * 1000000 + clock[2]
local step, slack = tonumber(ARGV[1]), tonumber(ARGV[2])
local bucket = redis.call('HMGET', KEYS[1], 'next', 'born')
local next, born = tonumber(bucket[1]), bucket[2]
if not next then next, born = now + slack, string.format('%.0f', now) end
local function keep(moment)
  redis.call('HSET', KEYS[1], 'next', string.format('%.0f', moment), 'born', born)
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
"""
RESERVE = (
    SETUP
    + """
local delay = math.max(0, next - slack - now)
if delay > tonumber(ARGV[3]) then return {-1, born} end
keep(math.max(next, now) + step)
return {math.floor(delay), born}
"""
)
PENALISE = (
    SETUP
    + """
keep(math.max(next, now + slack + tonumber(ARGV[3])))
return 1
"""
)


DUE = (
    SETUP
    + """
return math.floor(math.max(0, next - slack - now))
"""
)


class TokenBucket:
    """A bucket that gives out `rate` tokens a second over all processes; 0 is no limit.

    A token is reserved for its moment and the taker sleeps until then, so the rate is used to the full.
    The burst stays below a tenth of a second's worth, so that an operator who allows that much has room left
    for requests that arrive unevenly.
    """

    def __init__(
        self,
        redis_url: str,
        rate: float,
        *,
        burst: float | None = None,
        key: str = KEY,
        sleep: Callable[[float], None] = time.sleep,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rate = rate
        self.burst = max(1.0, 0.5 + rate / 20) if burst is None else max(1.0, burst)
        self._key = key
        self._sleep = sleep
        self._monotonic = monotonic
        # No retries of the client's own: they would outlast the time the caller is ready to wait.
        self._redis = Redis.from_url(
            redis_url,
            socket_timeout=SOCKET_SECONDS,
            socket_connect_timeout=SOCKET_SECONDS,
            retry=Retry(NoBackoff(), 0),
        )
        self._reserve = self._redis.register_script(RESERVE)
        self._penalise = self._redis.register_script(PENALISE)
        self._due = self._redis.register_script(DUE)
        self._is_away = False

    def take(self, wait: float) -> bool:
        """Take one token, sleeping for it; False where none came in `wait` seconds or Redis stayed away."""
        if self.rate <= 0:
            return True
        deadline = self._monotonic() + wait
        while True:
            seconds = deadline - self._monotonic()
            reserved = self._try_reserve(max(0.0, seconds))
            if reserved is not None:
                delay, born = reserved
                if delay < 0:
                    self._sleep(max(0.0, seconds))
                    return False
                if delay == 0:
                    return True
                self._sleep(delay)
                if self._still(born):
                    return True
            elif seconds <= 0:
                return False
            else:
                self._sleep(min(RETRY_EVERY, seconds))

    def due(self) -> float:
        """Seconds until a token could be had, as it looks now; AWAY_SECONDS where Redis is away."""
        if self.rate <= 0:
            return 0.0
        try:
            return int(self._due(keys=[self._key], args=self._arguments(0.0))) / 1_000_000
        except RedisError as problem:
            self._note_away(problem)
            return AWAY_SECONDS

    def penalise(self, seconds: float) -> None:
        """Give out no token to anyone for so many seconds; nothing happens where Redis is away."""
        if self.rate <= 0 or seconds <= 0:
            return
        try:
            self._penalise(keys=[self._key], args=self._arguments(seconds))
        except RedisError as problem:
            self._note_away(problem)

    def close(self) -> None:
        """Give the connections back."""
        self._redis.close()

    def _arguments(self, seconds: float) -> list[str]:
        step = 1_000_000 / self.rate
        slack = (self.burst - 1) * step
        return [f"{step:.0f}", f"{slack:.0f}", f"{seconds * 1_000_000:.0f}", str(EXPIRES_MS)]

    def _try_reserve(self, wait: float) -> tuple[float, bytes] | None:
        """Seconds until the reserved token (negative: too late) and its bucket; None where Redis is away."""
        try:
            delay, born = self._reserve(keys=[self._key], args=self._arguments(wait))
        except RedisError as problem:
            self._note_away(problem)
            return None
        self._is_away = False
        return (-1.0 if delay < 0 else delay / 1_000_000), born

    def _still(self, born: bytes) -> bool:
        """Whether the bucket that made the promise exists: a new one has promised to others."""
        try:
            return bool(self._redis.hget(self._key, "born") == born)
        except RedisError as problem:
            self._note_away(problem)
            return False

    def _note_away(self, problem: RedisError) -> None:
        if not self._is_away:
            log.warning("limiter.redis_away", problem=type(problem).__name__)
        self._is_away = True


class NoLimit:
    """The limiter of an operator without a limit."""

    def take(self, wait: float) -> bool:  # noqa: ARG002 - the protocol's
        """Take a token, always at once."""
        return True

    def due(self) -> float:
        """Now."""
        return 0.0

    def penalise(self, seconds: float) -> None:
        """Hold back nothing."""

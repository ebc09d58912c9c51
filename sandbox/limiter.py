"""The operator's limit on requests per second: a token bucket."""

import threading
import time
from collections.abc import Callable


class Limiter:
    """Admits `rate` requests a second with a small burst; a rate of 0 admits everything."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rate = 0.0
        self._burst = 1.0
        self._tokens = 1.0
        self._filled_at = clock()

    @property
    def rate(self) -> float:
        """Requests per second, 0 for no limit."""
        return self._rate

    def set_rate(self, rate: float) -> None:
        """Begin a new limit with a full bucket."""
        with self._lock:
            self._rate = rate
            self._burst = max(1.0, rate / 10)
            self._tokens = self._burst
            self._filled_at = self._clock()

    def wait_for_token(self) -> float:
        """Take a token and return 0, or return the seconds until there would be one."""
        with self._lock:
            if self._rate <= 0:
                return 0.0
            now = self._clock()
            self._tokens = min(self._burst, self._tokens + (now - self._filled_at) * self._rate)
            self._filled_at = now
            if self._tokens >= 1.0:
                self._tokens -= 1.0
                return 0.0
            return (1.0 - self._tokens) / self._rate

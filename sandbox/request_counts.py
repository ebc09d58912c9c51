"""Counts requests, so that a benchmark can see how much of the limit was used."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

KEPT_SECONDS = 3_600


class RequestCounts:
    """Requests admitted and refused, by second, and the rate between the first and the last order."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.reset()

    def reset(self) -> None:
        """Forget everything counted."""
        with self._lock:
            self._by_second: Counter[int] = Counter()
            self._admitted = 0
            self._refused = 0
            self._first: tuple[float, int] | None = None
            self._last: tuple[float, int] | None = None

    def admitted(self, *, is_order: bool) -> None:
        """One request passed the limiter."""
        with self._lock:
            now = self._clock()
            self._admitted += 1
            self._by_second[int(now)] += 1
            if len(self._by_second) > KEPT_SECONDS:
                del self._by_second[min(self._by_second)]
            if is_order:
                self._last = (now, self._admitted)
                self._first = self._first or self._last

    def refused(self) -> None:
        """One request was answered 429."""
        with self._lock:
            self._refused += 1

    def as_dict(self) -> dict[str, Any]:
        """Counts, and the requests per second from the first order to the last one."""
        with self._lock:
            used = 0.0
            if self._first and self._last and self._last[0] > self._first[0]:
                used = (self._last[1] - self._first[1]) / (self._last[0] - self._first[0])
            return {
                "requests": self._admitted + self._refused,
                "requestsAdmitted": self._admitted,
                "requestsRefused429": self._refused,
                "requestsBySecond": {str(second): n for second, n in sorted(self._by_second.items())},
                "requestsPerSecondUsed": round(used, 3),
            }

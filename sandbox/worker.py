"""A thread that does its work, sleeps until there is more, and survives a lost database."""

import logging
import threading

import psycopg
from psycopg_pool import PoolClosed, PoolTimeout

log = logging.getLogger("sandbox")

AFTER_TROUBLE = 1.0


class Worker(threading.Thread):
    """Calls `work` until stopped; `work` returns the seconds to sleep, cut short by `wake`."""

    def __init__(self, name: str, wake: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self._wake = wake
        self._stopping = threading.Event()

    def work(self) -> float:
        """Do what is due; return how long there is nothing to do."""
        raise NotImplementedError

    def run(self) -> None:
        """The thread itself."""
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                pause = self.work()
            except (psycopg.Error, PoolTimeout, PoolClosed) as error:
                log.warning("%s: %s", self.name, error)
                pause = AFTER_TROUBLE
                self._stopping.wait(pause)
            if pause > 0 and not self._stopping.is_set():
                self._wake.wait(pause)

    def stop(self) -> None:
        """Finish the work in hand and end."""
        self._stopping.set()
        self._wake.set()
        if self.is_alive():
            self.join(timeout=10)

"""Starts the stand-in operator: one gunicorn process with many threads and two background workers."""

import sys
import time
from email.utils import formatdate
from typing import Any

from flask import Flask
from gunicorn import util  # type: ignore[import-untyped]
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from sandbox.config import Config, MissingSetting
from sandbox.db import create_schema, open_pool
from sandbox.events.sender import Sender
from sandbox.processing.processor import Processor
from sandbox.seed.stock import stock_up
from sandbox.services import Services
from sandbox.web.app import create_app


class Server(BaseApplication):  # type: ignore[misc]  # gunicorn is not annotated
    """gunicorn with its settings given here; limiter and faults live in its only worker."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self._workers: list[Processor | Sender] = []
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn what the environment told us."""
        settings: dict[str, Any] = {
            "bind": f"{self._config.host}:{self._config.port}",
            "workers": 1,
            "worker_class": "gthread",
            "threads": self._config.threads,
            "worker_connections": 1_000,
            "keepalive": 75,
            "timeout": 0,
            "graceful_timeout": 1,
            "proc_name": "sandbox-operator",
            "loglevel": "warning",
            "control_socket_disable": True,
            "worker_exit": lambda _server, _worker: self._stop(),
        }
        for name, value in settings.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Build everything inside the worker process: threads and connections do not survive a fork."""
        pool = open_pool(self._config.database_url)
        create_schema(pool)
        stock_up(pool)
        parts = Services(self._config, pool)
        _show_clock_of(parts)
        self._workers = [Processor(parts), Sender(parts)]
        for worker in self._workers:
            worker.start()
        return create_app(parts)

    def _stop(self) -> None:
        for worker in self._workers:
            worker.stop()


def _show_clock_of(parts: Services) -> None:
    """Date the answers by the operator's own clock: gunicorn lets no application set that header."""
    util.http_date = lambda timestamp=None: formatdate(
        time.time() + parts.ahead_seconds if timestamp is None else timestamp, usegmt=True
    )


def main() -> int:
    """Run until SIGTERM or SIGINT."""
    try:
        config = Config.from_env()
    except MissingSetting as error:
        sys.stderr.write(f"{error}\n")
        return 2
    Server(config).run()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())

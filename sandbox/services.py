"""The parts of one running operator, handed to every request."""

import threading
from dataclasses import dataclass, field
from typing import cast

from flask import current_app
from psycopg_pool import ConnectionPool

from sandbox.config import Config
from sandbox.faults import Faults
from sandbox.limiter import Limiter
from sandbox.request_counts import RequestCounts


@dataclass(slots=True)
class Services:
    """Everything that lives as long as the process; `completion_delay` in seconds.

    `ahead_seconds`: by how much its clock goes wrong, as answers and the taking of orders show it.
    """

    config: Config
    pool: ConnectionPool
    limiter: Limiter = field(default_factory=Limiter)
    faults: Faults = field(default_factory=Faults)
    request_counts: RequestCounts = field(default_factory=RequestCounts)
    completion_delay: float = 0.3
    ahead_seconds: float = 0.0
    orders_waiting: threading.Event = field(default_factory=threading.Event)
    events_waiting: threading.Event = field(default_factory=threading.Event)
    # Totals of lists are kept as long as no line changed.
    line_version: int = 0
    line_totals: dict[object, int] = field(default_factory=dict)

    def lines_changed(self) -> None:
        """Forget totals that may be wrong now."""
        self.line_version += 1
        self.line_totals.clear()


def services() -> Services:
    """The services of the present request."""
    return cast(Services, current_app.extensions["sandbox"])

"""The one place that wires everything: the engine for the web server and the worker."""

from __future__ import annotations

from core import db
from core.queue import JobQueue
from core.settings import Settings
from lines.operations import OPERATIONS
from lines.target import LineTarget
from operators.tmf import adapter
from runs.engine import Engine


def build(settings: Settings) -> Engine:
    """Bind the process to its database and wire the engine. Opens no connection by itself."""
    db.connect(settings.database_url)
    return Engine(
        settings=settings,
        queue=JobQueue(settings.redis_url),
        gateway=adapter.connect(settings),
        target=LineTarget(),
        operations={operation.code: operation for operation in sorted(OPERATIONS, key=lambda one: one.order)},
    )

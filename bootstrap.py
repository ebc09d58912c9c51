"""The one place that wires everything: the engine for the web server and the worker."""

from __future__ import annotations

from collections.abc import Callable

from core import db
from core.queue import REPORT_QUEUE, REPORT_SECONDS, JobQueue
from core.settings import Settings
from core.storage import LocalStorage
from lines.operations import OPERATIONS
from lines.target import LineTarget
from operators.records import Source
from operators.tmf import adapter, hub
from operators.tmf.reading import TmfSource
from reports.catalogue import REPORTS
from reports.workshop import Workshop
from runs.engine import Engine


def build(settings: Settings) -> Engine:
    """Bind the process to its database and wire the engine. Opens no connection by itself."""
    db.connect(settings.database_url)
    return Engine(
        settings=settings,
        queue=JobQueue(settings.redis_url, most=settings.workers),
        gateway=adapter.connect(settings),
        target=LineTarget(),
        operations={operation.code: operation for operation in sorted(OPERATIONS, key=lambda one: one.order)},
        storage=LocalStorage(settings.data_dir / "files"),
    )


def workshop(engine: Engine) -> Workshop:
    """What reports are made with, beside the engine of the same process."""
    settings = engine.settings
    return Workshop(
        settings=settings,
        queue=JobQueue(settings.redis_url, queue=REPORT_QUEUE, seconds=REPORT_SECONDS),
        storage=engine.storage,
        catalogue={report.code: report for report in REPORTS},
    )


def synchronisation(settings: Settings) -> tuple[Source, Callable[[], None]]:
    """How a process reads the operator, and how it registers the console for the operator's events."""
    client = adapter.connect(settings).client
    return TmfSource(client), lambda: hub.register(client, f"{settings.console_url}/operator/events")

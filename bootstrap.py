"""The one place that wires everything: the engine for the web server and the worker."""

from __future__ import annotations

from collections.abc import Callable

from core import db
from core.i18n import N_
from core.queue import REPORT_QUEUE, REPORT_SECONDS, JobQueue
from core.settings import Settings
from core.storage import LocalStorage
from core.storage_cleanup import Keys
from forms.requests import attachments, deadline_report, execution
from lines.bulk.target import LineTarget
from lines.operations import OPERATIONS
from notices import service as notices
from operators.records import Source
from operators.tmf import adapter, hub
from operators.tmf.reading import TmfSource
from rbac.permissions import Permission
from reports import service as report_service
from reports.catalogue import REPORTS
from reports.catalogue.common import RECORDS
from reports.report import Report
from reports.workshop import Workshop
from runs.parts import Engine

REQUEST_REPORT = Report(
    code="requests",
    title=N_("Requests and deadlines"),
    lead=N_("Submitted requests with their account manager, deadline and whether it was kept."),
    group=RECORDS,
    permission=Permission.REQUESTS_VIEW,
    schema=deadline_report.DeadlineParams,
    columns=deadline_report.COLUMNS,
    rows=deadline_report.rows,
    cells=deadline_report.cells,
    totals=("lines", "complaints"),
    icon="inbox",
)
"""Put together here, for forms and reports are siblings that never import each other."""
ALL_REPORTS = (*REPORTS, REQUEST_REPORT)

KEPT_FILES: tuple[Keys, ...] = (attachments.keys, report_service.keys, notices.keys)
"""Whose rows name files of the storage; a file that none of them names is an orphan."""


def build(settings: Settings) -> Engine:
    """Bind the process to its database and wire the engine. Opens no connection by itself."""
    db.connect(settings.database_url)
    return Engine(
        settings=settings,
        queue=JobQueue(settings.redis_url, most=settings.workers),
        gateway=adapter.connect(settings),
        target=LineTarget({execution.KIND: execution.is_named}),
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
        catalogue={report.code: report for report in ALL_REPORTS},
    )


def synchronisation(settings: Settings) -> tuple[Source, Callable[[], None]]:
    """How a process reads the operator, and how it registers the console for the operator's events."""
    client = adapter.connect(settings).client
    return TmfSource(client), lambda: hub.register(client, f"{settings.console_url}/operator/events")

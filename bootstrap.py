"""The one place that wires everything: the parts of the web server's and the worker's processes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from core import db
from core.i18n import N_
from core.queue import JobQueue
from core.settings import Settings, SettingUnknown
from core.storage import LocalStorage, Storage
from core.storage_cleanup import Keys
from forms.requests import attachments, deadline_report, execution
from lines.bulk.account_target import AccountTarget
from lines.bulk.target import LineTarget
from lines.operations import OPERATIONS
from notices import service as notices
from operators import tmf
from operators.port import Operator
from rbac.permissions import Permission
from reports import service as report_service
from reports.catalogue import REPORTS
from reports.catalogue.common import RECORDS
from reports.report import Report, Reports
from runs.operation import Operations, Target
from runs.selection import Selections

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

ADAPTERS: dict[str, Callable[[Settings], Operator]] = {"tmf": tmf.connect}
"""How an operator is spoken to, by the value of OPERATOR_ADAPTER; one process has one operator."""

KEPT_FILES: tuple[Keys, ...] = (attachments.keys, report_service.keys, notices.keys)
"""Whose rows name files of the storage; a file that none of them names is an orphan."""

TARGETS: Mapping[str, Target] = {target.kind: target for target in (LineTarget(), AccountTarget())}
"""What operations are carried out on, by kind."""


@dataclass(frozen=True)
class Parts:
    """All parts of a process; each package asks for its own by a protocol (core.parts.Parts and those above)."""

    settings: Settings
    queue: JobQueue
    storage: Storage
    operator: Operator
    targets: Mapping[str, Target]
    selections: Selections
    operations: Operations
    reports: Reports
    kept_files: Sequence[Keys]


def connect_operator(settings: Settings) -> Operator:
    """The operator that the settings name; raises SettingUnknown where there is no such adapter."""
    connect = ADAPTERS.get(settings.operator_adapter)
    if connect is None:
        raise SettingUnknown("OPERATOR_ADAPTER", settings.operator_adapter, ADAPTERS)
    return connect(settings)


def build(settings: Settings) -> Parts:
    """Bind the process to its database and put its parts together. Opens no connection by itself."""
    operator = connect_operator(settings)
    db.connect(settings.database_url)
    return Parts(
        settings=settings,
        queue=JobQueue(settings.redis_url, most=settings.workers),
        storage=LocalStorage(settings.data_dir / "files"),
        operator=operator,
        targets=TARGETS,
        selections=Selections([execution.OfRequest]),
        operations=Operations(OPERATIONS),
        reports=Reports(ALL_REPORTS),
        kept_files=KEPT_FILES,
    )

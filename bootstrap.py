"""The one place that wires everything: the parts of the web server's and the worker's processes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import forms.requests.journal
import hierarchy.journal
import lines.journal
import operators.journal
import rbac.journal
import reports.journal
import runs.journal
import users.journal
from core import db
from core.i18n import N_
from core.journal.actions import JournalRegistry, JournalWords
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
from reports.catalogue import journal as journal_report
from reports.catalogue.common import RECORDS
from reports.report import Report, Reports
from runs.operation import Operation, Operations, Target
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

JOURNAL: tuple[JournalWords, ...] = (
    lines.journal.WORDS,
    runs.journal.WORDS,
    hierarchy.journal.WORDS,
    users.journal.PEOPLE,
    rbac.journal.WORDS,
    users.journal.SIGN_IN,
    users.journal.STAFF,
    forms.requests.journal.WORDS,
    operators.journal.WORDS,
    reports.journal.WORDS,
)
"""What each domain writes into the journal; people choose an area in this order."""


def journal_registry(operations: Iterable[Operation]) -> JournalRegistry:
    """The words of the journal, with those of these operations."""
    return JournalRegistry((*JOURNAL, runs.journal.operation_words(operations)))


def all_reports(journal: JournalRegistry) -> tuple[Report, ...]:
    """Every report, in the order of the catalogue."""
    return (*REPORTS, journal_report.make(journal), REQUEST_REPORT)


ALL_REPORTS = all_reports(journal_registry(OPERATIONS))

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
    journal: JournalRegistry
    reports: Reports
    kept_files: Sequence[Keys]


def connect_operator(settings: Settings) -> Operator:
    """The operator that the settings name; raises SettingUnknown where there is no such adapter."""
    connect = ADAPTERS.get(settings.operator_adapter)
    if connect is None:
        raise SettingUnknown("OPERATOR_ADAPTER", settings.operator_adapter, ADAPTERS)
    return connect(settings)


def build(settings: Settings, *, is_impatient: bool = False) -> Parts:
    """Bind the process to its database and put its parts together. Opens no connection by itself.

    `is_impatient`: people wait for what the process answers, see core.db.connect.
    """
    operator = connect_operator(settings)
    db.connect(settings.database_url, is_impatient=is_impatient)
    journal = journal_registry(OPERATIONS)
    return Parts(
        settings=settings,
        queue=JobQueue(settings.redis_url, most=settings.workers),
        storage=LocalStorage(settings.data_dir / "files"),
        operator=operator,
        targets=TARGETS,
        selections=Selections([execution.OfRequest]),
        operations=Operations(OPERATIONS),
        journal=journal,
        reports=Reports(all_reports(journal)),
        kept_files=KEPT_FILES,
    )

"""Every number with what belongs to it: the attributes of a line that have a column in the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import case, select

from core.excel import Column
from core.excel.columns import Kind as CellKind
from core.fields import choice
from core.i18n import N_
from hierarchy.models import BillingAccount, Department
from lines.attribute import Attribute, Kind, ReportColumn
from lines.attributes import ATTRIBUTES
from lines.models import IN_DEPARTMENT, Line
from lines.words import STATES
from operators.models import Tariff
from rbac.actor import Actor, company_of
from rbac.decision import visible
from rbac.permissions import Permission
from reports.catalogue.common import ANY, NUMBERS, department_names, places
from reports.params import DepartmentParams
from reports.report import Cells, Params, Report, Rows, Speech

EXPORTED: tuple[tuple[Attribute, ReportColumn], ...] = tuple(
    sorted(
        ((attribute, attribute.in_report) for attribute in ATTRIBUTES if attribute.in_report),
        key=lambda exported: exported[1].place,
    )
)
CELL_KINDS: dict[Kind, CellKind] = {
    Kind.MONEY: "decimal",
    Kind.PERCENT: "int",
    Kind.NUMBER: "int",
    Kind.DAY: "date",
}


class LinesParams(DepartmentParams):
    """The department and the state of the numbers."""

    state = choice(N_("State"), {ANY: N_("Any state"), **STATES}, required=False)


def rows(actor: Actor, params: Params) -> Rows:
    """One row per number, by number."""
    selected = [_selected(actor, attribute, column) for attribute, column in EXPORTED]
    lines = (
        select(*selected)
        .select_from(Line)
        .join(Department, IN_DEPARTMENT)
        .outerjoin(Tariff, Tariff.id == Line.tariff_id)
        .outerjoin(
            BillingAccount,
            (BillingAccount.company_id == Line.company_id) & (BillingAccount.id == Line.account_id),
        )
        .where(Line.company_id == company_of(actor), *places(actor, Permission.LINES_VIEW, params))
        .order_by(Line.msisdn)
    )
    return lines if params["state"] == ANY else lines.where(Line.state == params["state"])


def _selected(actor: Actor, attribute: Attribute, column: ReportColumn) -> Any:
    """The expression of a cell; empty in departments where the actor may not read the attribute."""
    value = getattr(Line, attribute.column) if column.select is None else column.select
    if attribute.permission is None:
        return value
    return case((visible(actor, attribute.permission, Department.path), value)).label(column.key)


class _Known(dict[Any, Any]):
    """Words by code; a code without words stands for itself."""

    def __missing__(self, code: Any) -> Any:
        self[code] = code
        return code


def cells(speech: Speech) -> Cells:
    """Names and words for ids and codes: only the columns that need it are touched, each by one call."""
    writers = [
        (index, writer)
        for index, (attribute, column) in enumerate(EXPORTED)
        if (writer := _writer(attribute, column, speech)) is not None
    ]

    def made(row: Any) -> Sequence[object]:
        values = list(row)
        for index, writer in writers:
            values[index] = writer(values[index])
        return values

    return made


def _writer(attribute: Attribute, column: ReportColumn, speech: Speech) -> Callable[[Any], Any] | None:
    """The function that makes the cell of a value; None where the value is the cell."""
    if column.words == "department":
        return department_names(speech.session, speech.actor).get
    if attribute.kind is Kind.MSISDN:
        return lambda number: None if number is None else f"+{number}"
    if attribute.kind is Kind.WORDS:
        return _Known(speech.words(attribute.words)).__getitem__
    return None


def _column(attribute: Attribute, column: ReportColumn) -> Column:
    kind: CellKind = CELL_KINDS.get(attribute.kind, "text")
    return Column(column.title or attribute.label, column.key, kind, column.width)


REPORT = Report(
    code="lines",
    title=N_("Numbers"),
    lead=N_("Every number with its SIM card, employee, department, tariff, state, limit and spending."),
    group=NUMBERS,
    permission=Permission.LINES_VIEW,
    schema=LinesParams,
    columns=tuple(_column(attribute, column) for attribute, column in EXPORTED),
    rows=rows,
    cells=cells,
    totals=tuple(column.key for _, column in EXPORTED if column.is_summed),
    icon="sim",
)

"""Reports: the catalogue, a report with its parameters and first rows, ordering it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _

from console.fields.drawn import errors_in_words, labels_of
from console.reports import form as report_form
from console.web.i18n import locale, text
from console.web.routing import ResponseReturnValue, actor, db, go_to, parts, render, route
from core.errors import InvalidInput
from core.excel import Column
from rbac.permissions import Permission
from reports import files, service
from reports.order_params import check, require_report
from reports.report import Report

blueprint = Blueprint("reports", __name__, url_prefix="/reports")
PREVIEW = 50


@route(blueprint, "", permission=Permission.REPORTS_ORDER)
def index() -> ResponseReturnValue:
    """The catalogue, by group."""
    catalogue = service.catalogue(actor(), parts())
    groups = [(name, list(reports)) for name, reports in groupby(catalogue, key=lambda report: report.group)]
    return render("reports/index.html", groups=groups)


@route(blueprint, "/<report_code>", permission=Permission.REPORTS_ORDER)
def show(report_code: str) -> ResponseReturnValue:
    """Parameters and the first rows; everything chosen stands in the address."""
    report = parts().reports.of(report_code)
    require_report(actor(), report)
    return page(report, report_form.read(report, request.args), {})


@route(
    blueprint, "/<report_code>/order", permission=Permission.REPORTS_ORDER, methods=("POST",), is_costly=True
)
def order(report_code: str) -> ResponseReturnValue:
    """Have it made: it appears in "My files" at once."""
    report = parts().reports.of(report_code)
    typed, name = report_form.read(report, request.form), text(report.title)
    try:
        service.order(
            db(), actor(), parts(), report_code, typed.params, columns=typed.columns, format=typed.format
        )
    except InvalidInput as problem:
        return page(report, typed, problem.fields), 422
    flash(
        _("“%(report)s” is being made. You may go on working: a notice tells when it is ready.", report=name),
        "success",
    )
    return go_to(url_for("files.index"))


def page(report: Report, typed: report_form.Typed, errors: Mapping[str, list[str]]) -> str:
    """The report's page with what was typed; the first rows where it fits."""
    wrong = dict(errors)
    columns: Sequence[Column] = ()
    rows: Sequence[Sequence[object]] = ()
    if not wrong:
        try:
            asked = check(db(), actor(), report, typed.params, typed.columns)
            columns, rows = files.preview(db(), actor(), asked, locale(), PREVIEW)
        except InvalidInput as problem:
            wrong = dict(problem.fields)
    return render(
        "reports/show.html",
        report=report,
        fields=report_form.fields_of(report, typed, wrong),
        errors=errors_in_words(report.schema, wrong),
        labels=labels_of(report.schema),
        typed=typed,
        formats=[(code, text(name)) for code, name in report_form.FORMATS.items()],
        columns=columns,
        rows=rows,
        cell=report_form.cell,
        most=PREVIEW,
    )

"""The first step of a bulk run: an operation's parameters for the chosen lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request, url_for
from marshmallow import ValidationError

from console.fields import drawn, reading
from console.runs import row_values, selection
from console.runs.targets import LISTS, shown_target
from console.web.downloads import send_rows
from console.web.i18n import text
from console.web.routing import ResponseReturnValue, actor, db, go_to, parts, render, route
from core import fields
from core.errors import InvalidInput, NotFound
from core.excel import Column
from core.i18n import N_
from core.spreadsheets import ReadLimits
from lines.bulk.items import asked_lines, count_chosen
from rbac.decision import holds, require
from rbac.permissions import Permission
from runs import previews
from runs.models import LINE
from runs.operation import Operation
from runs.parts import target_of
from runs.row_value_kind import StockSearch
from runs.selection import Selection

blueprint = Blueprint("operations", __name__, url_prefix="/operations")
LONGEST_ADDRESS = 1500
LONGEST_SEARCH = 15


def allowed_operations(kind: str = LINE) -> list[Operation]:
    """The operations on things of this kind that the actor may carry out somewhere, in their order."""
    return [operation for operation in parts().operations.on(kind) if holds(actor(), operation.permission)]


@route(blueprint, "/<code>/new", permission=Permission.LINES_VIEW, methods=("GET", "POST"))
def new(code: str) -> ResponseReturnValue:
    """The form. The list posts its ticks here; where they fit into an address, the page gets one."""
    operation = parts().operations.of(code)
    require(actor(), operation.permission)
    values = request.form if request.method == "POST" else request.args
    try:
        chosen = selection.read(values)
    except InvalidInput:
        if operation.target == LINE or request.method == "GET":
            raise
        flash(text(target_of(parts(), operation).words.nothing_chosen), "warning")
        return go_to(LISTS[operation.target])
    typed = fields.without_empty(reading.read(operation.schema, values))
    if request.method == "POST" and not operation.schema().fields and operation.row_value is None:
        return preview(code)
    given = row_values.read(operation, values)
    if request.method == "POST":
        address = (
            f"{url_for('operations.new', code=code)}?{urlencode([*selection.pairs(chosen), *typed.items()])}"
        )
        if len(address) < LONGEST_ADDRESS and not given:
            return redirect(address, code=303)
    return _form(
        operation, chosen, typed, {}, row_values_form=row_values.make(operation, chosen, given, None)
    )


@route(blueprint, "/<code>/preview", permission=Permission.LINES_VIEW, methods=("POST",), is_costly=True)
def preview(code: str) -> ResponseReturnValue:
    """Say beforehand what would happen; what does not fit is said at its field."""
    operation = parts().operations.of(code)
    require(actor(), operation.permission)
    chosen = selection.read(request.form)
    typed = fields.without_empty(reading.read(operation.schema, request.form))
    given = row_values.read(operation, request.form)
    try:
        run = previews.create_preview(db(), actor(), parts(), code, {**typed, **given}, chosen)
    except InvalidInput as problem:
        errors = _errors(operation, problem)
        if not errors:
            raise
        row_values_form = row_values.make(operation, chosen, given, problem)
        if row_values_form is not None and row_values_form.summary:
            errors = row_values_form.summary
        return _form(operation, chosen, request.form.to_dict(), errors, row_values_form=row_values_form), 422
    return go_to(url_for("previews.show", run_id=run.id))


@route(blueprint, "/<code>/list.xlsx", permission=Permission.LINES_VIEW, methods=("GET", "POST"))
def list_to_fill_in(code: str) -> ResponseReturnValue:
    """The chosen numbers as a workbook with an empty column for what each is to get: filled in, it is uploaded."""
    operation = parts().operations.of(code)
    require(actor(), operation.permission)
    if operation.row_value is None:
        raise NotFound
    chosen = selection.read(request.form if request.method == "POST" else request.args)
    row_value = operation.row_value
    lines = asked_lines(db(), actor(), parts(), chosen, row_value, ReadLimits().rows)
    columns = (
        Column(N_("Number"), "msisdn", "text", 18),
        Column(N_("Employee"), "employee", "text", 30),
        Column(N_("Department"), "department", "text", 30),
        Column(row_value.present_label, "present", "text", 26),
        Column(row_value.label, "new", "text", 26),
    )
    rows = ((f"+{line.title}", line.employee, line.department, line.present, "") for line in lines)
    return send_rows(f"{code}.xlsx", columns, rows, total=len(lines), sheet=N_("Numbers"))


@route(blueprint, "/<code>/offers", permission=Permission.LINES_VIEW)
def offered(code: str) -> ResponseReturnValue:
    """The stock by a part of its value and its class: a fragment of choices for the form."""
    operation = parts().operations.of(code)
    require(actor(), operation.permission)
    if operation.row_value is None or operation.row_value.stock is None:
        raise NotFound
    criteria = StockSearch(request.args.get("containing", "")[:LONGEST_SEARCH], request.args.get("class", ""))
    stock = operation.row_value.stock
    return render(
        "runs/row_value_offers.html",
        offered=row_values.offers(stock, criteria),
        stock=stock,
        most=row_values.MOST_OFFERED,
    )


def _errors(operation: Operation, problem: InvalidInput) -> Mapping[str, Sequence[str]]:
    """The problems by field; nothing where the selection was refused, which has no field."""
    if not isinstance(problem.__cause__, ValidationError):
        return problem.fields
    declared = operation.schema().fields
    return {name: messages for name, messages in problem.fields.items() if name in declared}


def _form(
    operation: Operation,
    chosen: Selection,
    typed: Mapping[str, Any],
    errors: Mapping[str, Sequence[str]],
    *,
    row_values_form: row_values.RowValuesForm | None,
) -> str:
    target = target_of(parts(), operation)
    count = count_chosen(db(), actor(), target, chosen)
    origin, back = selection.origin(chosen, operation.target)
    return render(
        "runs/parameters.html",
        operation=operation,
        target=shown_target(operation),
        fields=drawn.draw(operation.schema, operation.permission, typed, errors),
        errors=drawn.errors_in_words(operation.schema, errors),
        labels=drawn.labels_of(operation.schema),
        pairs=selection.pairs(chosen),
        count=count,
        row_values=row_values_form,
        most=row_values.MOST_OFFERED,
        origin=origin,
        back=back,
        ticked_in_list=selection.is_ticked(chosen, operation.target),
        numbers=selection.first_numbers(chosen) if operation.target == LINE and count > 1 else (),
    )

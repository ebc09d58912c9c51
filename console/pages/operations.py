"""The first step of a bulk run: an operation's parameters for the chosen lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, request, url_for

from console import param_form, selection
from console.web import ResponseReturnValue, actor, engine, go_to, render, route
from console.web import session as opened
from core.errors import InvalidInput
from lines.run_lines import count_chosen
from rbac.decision import holds, require
from rbac.permissions import Permission
from runs import service
from runs.operation import Operation

blueprint = Blueprint("operations", __name__, url_prefix="/operations")
LONGEST_ADDRESS = 1500


def allowed_operations() -> list[Operation]:
    """The operations that the actor may carry out somewhere, in their order."""
    return [one for one in engine().operations.values() if holds(actor(), one.permission)]


@route(blueprint, "/<code>/new", permission=Permission.LINES_VIEW, methods=("GET", "POST"))
def new(code: str) -> ResponseReturnValue:
    """The form. The list posts its ticks here; where they fit into an address, the page gets one."""
    operation = engine().operation(code)
    require(actor(), operation.permission)
    values = request.form if request.method == "POST" else request.args
    chosen = selection.read(values)
    typed = param_form.read_params(operation, values)
    if request.method == "POST" and not operation.schema().fields:
        return preview(code)
    if request.method == "POST":
        address = (
            f"{url_for('operations.new', code=code)}?{urlencode([*selection.pairs(chosen), *typed.items()])}"
        )
        if len(address) < LONGEST_ADDRESS:
            return redirect(address, code=303)
    return _form(operation, chosen, typed, {})


@route(blueprint, "/<code>/preview", permission=Permission.LINES_VIEW, methods=("POST",))
def preview(code: str) -> ResponseReturnValue:
    """Say beforehand what would happen; what does not fit is said at its field."""
    operation = engine().operation(code)
    require(actor(), operation.permission)
    chosen = selection.read(request.form)
    typed = param_form.read_params(operation, request.form)
    try:
        run = service.create_preview(engine(), actor(), code, typed, chosen)
    except InvalidInput as problem:
        errors = param_form.errors_of(operation, problem)
        if not errors:
            raise
        return _form(operation, chosen, request.form.to_dict(), errors), 422
    return go_to(url_for("previews.show", run_id=run.id))


def _form(
    operation: Operation,
    chosen: Mapping[str, Any],
    typed: Mapping[str, Any],
    errors: Mapping[str, Sequence[str]],
) -> str:
    count = count_chosen(engine(), actor(), opened(), chosen)
    origin, back = selection.origin(chosen)
    return render(
        "runs/parameters.html",
        operation=operation,
        fields=param_form.form_fields(operation, typed, errors),
        errors=errors,
        pairs=selection.pairs(chosen),
        count=count,
        origin=origin,
        back=back,
    )

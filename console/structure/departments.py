"""Departments to choose from in a form, found by name while one types: a fragment."""

from __future__ import annotations

from flask import Blueprint, request

from console.fields import departments as department_choice
from console.web.routing import (
    ResponseReturnValue,
    SignedIn,
    actor,
    db,
    is_fragment,
    parts,
    render,
    route,
)
from core.bounds import whole
from core.errors import NotFound
from core.fields import info_of
from forms.documents.types import TYPES
from hierarchy.queries import get_department
from lines.fields import DEPARTMENT, EVERYTHING
from rbac.permissions import Permission

blueprint = Blueprint("departments", __name__, url_prefix="/departments")
FIELDS = ("department", "target")
"""Of forms that are made by hand: roles, placing, moving."""


@route(blueprint, "/choices", permission=SignedIn())
def choices() -> ResponseReturnValue:
    """Departments on which the person holds the right that the form is about; the one chosen stays chosen."""
    name, right = request.args.get("field", ""), request.args.get("right", "")
    if not is_fragment() or name not in (*FIELDS, *_declared()) or right not in set(Permission):
        raise NotFound
    permission, without = Permission(right), request.args.get("without", type=whole)
    field = department_choice.make(
        name,
        permission,
        request.args.get(name, ""),
        find=request.args.get("find", ""),
        none=department_choice.NONES.get(request.args["none"], EVERYTHING) if "none" in request.args else "",
        without=None if without is None else get_department(db(), actor(), without, permission),
    )
    return render("parts/department_choices.html", field=field)


def _declared() -> set[str]:
    """The names of all fields of operations, reports and documents in which a department is chosen."""
    schemas = [
        *(operation.schema for operation in parts().operations.values()),
        *(report.schema for report in parts().reports.values()),
        *(form.schema for form in TYPES),
    ]
    fields = [pair for schema in schemas for pair in schema().fields.items()]
    return {name for name, field in fields if info_of(field).widget == DEPARTMENT}

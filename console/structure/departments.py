"""Departments to choose from in a form, found by name while one types: a fragment."""

from __future__ import annotations

from flask import Blueprint, request

from console.fields import departments as department_choice
from console.web.i18n import text
from console.web.routing import ResponseReturnValue, SignedIn, actor, db, is_fragment, render, route
from core.bounds import whole
from core.errors import NotFound
from hierarchy.queries import get_department
from rbac.permissions import Permission

blueprint = Blueprint("departments", __name__, url_prefix="/departments")
FIELDS = ("department", "target")


@route(blueprint, "/choices", permission=SignedIn())
def choices() -> ResponseReturnValue:
    """Departments on which the person holds the right that the form is about; the one chosen stays chosen."""
    name, right = request.args.get("field", ""), request.args.get("right", "")
    if not is_fragment() or name not in FIELDS or right not in {one.value for one in Permission}:
        raise NotFound
    permission, without = Permission(right), request.args.get("without", type=whole)
    field = department_choice.make(
        name,
        permission,
        request.args.get(name, ""),
        find=request.args.get("find", ""),
        none=text(department_choice.EVERYTHING) if "none" in request.args else "",
        without=None if without is None else get_department(db(), actor(), without, permission),
    )
    return render("parts/department_choices.html", field=field)

"""Placing the chosen numbers in a department: a page to choose it, then done at once."""

from __future__ import annotations

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _

from console.fields import departments as department_choice
from console.lines import words as line_words
from console.runs import selection
from console.web.routing import ResponseReturnValue, actor, db, go_to, parts, render, route
from core.bounds import whole
from core.errors import InvalidInput
from core.i18n import N_
from lines.bulk.items import count_chosen
from lines.placing import place_lines
from rbac.permissions import Permission

blueprint = Blueprint("placing", __name__, url_prefix="/lines/place")


@route(blueprint, "/new", permission=Permission.LINES_PLACE, methods=("POST",))
def new() -> ResponseReturnValue:
    """Where to? Departments are found by name."""
    return _form()


def _form(problem: InvalidInput | None = None) -> ResponseReturnValue:
    chosen = selection.read(request.form)
    origin, back = selection.origin(chosen)
    page = render(
        "lines/place.html",
        pairs=selection.pairs(chosen),
        count=count_chosen(db(), actor(), parts(), chosen),
        field=department_choice.make(
            "target",
            Permission.LINES_PLACE,
            request.form.get("target", ""),
            find=request.form.get("find", ""),
        ),
        origin=origin,
        back=back,
        problem=problem,
    )
    return (page, 422) if problem else page


@route(blueprint, "", permission=Permission.LINES_PLACE, methods=("POST",))
def place() -> ResponseReturnValue:
    """Do it: immediate, with totals and journal."""
    chosen = selection.read(request.form)
    target = request.form.get("target", type=whole)
    if target is None:
        return _form(
            InvalidInput(N_("Choose a department."), fields={"target": [N_("Choose a department.")]})
        )
    lines = parts().target.chosen(db(), actor(), Permission.LINES_PLACE, chosen)
    placed = place_lines(db(), actor(), lines, target)
    name = placed.department.name
    said = _("%(numbers)s placed in “%(name)s”.", numbers=line_words.counted(placed.moved), name=name)
    if placed.stayed:
        said += " " + _("%(numbers)s stood there already.", numbers=line_words.counted(placed.stayed))
    flash(said, "success")
    return go_to(url_for("lines.index", department=placed.department.id))

"""Fragments of the tree beside the list of numbers: a branch that is opened, departments found by name."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for

from console.fields import tree as tree_view
from console.web.routing import ResponseReturnValue, is_fragment, render, route
from lines import filters
from rbac.permissions import Permission

blueprint = Blueprint("tree", __name__, url_prefix="/lines/tree")


@route(blueprint, "/<int:department_id>", permission=Permission.LINES_VIEW)
def branch(department_id: int) -> ResponseReturnValue:
    """The departments right below one."""
    if not is_fragment():
        return redirect(url_for("lines.index", department=department_id))
    tree = tree_view.lines_tree(filters.parse(dict(request.args.lists())))
    return render("parts/branches.html", branches=tree_view.branches_below(tree, department_id))


@route(blueprint, "/search", permission=Permission.LINES_VIEW)
def search() -> ResponseReturnValue:
    """Departments by name, with the filter of the list kept; the whole tree for an empty name."""
    if not is_fragment():
        return redirect(url_for("lines.index"))
    tree = tree_view.lines_tree(filters.parse(dict(request.args.lists()), besides=("name",)))
    name = request.args.get("name", "").strip()[:100]
    if not name:
        return render("parts/branches.html", branches=tree_view.open_tree(tree))
    return render("parts/found.html", matches=tree_view.found_by_name(tree, name), name=name)

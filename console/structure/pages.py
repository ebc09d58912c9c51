"""The structure: the company's own tree to build and change, and the operator's hierarchy to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _

from console.fields import departments as department_choice
from console.fields import tree as tree_view
from console.lines import words as line_words
from console.runs.operations import allowed_operations
from console.web.i18n import text
from console.web.routing import ResponseReturnValue, actor, db, go_to, may, render, route
from core.bounds import whole
from core.errors import InvalidInput, NotFound
from core.i18n import N_
from hierarchy import queries, service
from hierarchy.models import Department
from lines import departments
from lines.accounts import count_by_account, seen_accounts
from lines.bulk.account_target import ACCOUNT
from lines.words import DELIVERY_CHANNELS, STATES_OF_MANY
from rbac.decision import is_allowed, is_everywhere
from rbac.permissions import Permission

blueprint = Blueprint("structure", __name__, url_prefix="/structure")
VIEW, EDIT = Permission.STRUCTURE_VIEW, Permission.STRUCTURE_EDIT
CHOOSE = N_("Choose a department.")


@route(blueprint, "", permission=VIEW)
def index() -> ResponseReturnValue:
    """The tree with one department opened beside it."""
    return _page(request.args.get("department", type=whole), {})


def _page(department_id: int | None, errors: Mapping[str, Mapping[str, list[str]]]) -> str:
    tops = queries.top_nodes(db(), actor(), VIEW)
    if not tops:
        raise NotFound
    chosen = department_id or tops[0].department.id
    department = queries.get_department(db(), actor(), chosen)
    tree = tree_view.structure_tree(department.id)
    return render(
        "structure/index.html",
        tree=tree_view.open_tree(tree),
        department=department,
        node=queries.nodes(db(), department.company_id, [department])[0],
        way=queries.crumbs(db(), actor(), department, VIEW),
        may_edit=is_allowed(actor(), EDIT, department.path),
        may_move=not department.is_root and is_allowed(actor(), EDIT, service.above(department)),
        states=STATES_OF_MANY,
        errors=errors,
        typed=request.form.get("name", ""),
        form=request.form.get("form", ""),
    )


@route(blueprint, "/<int:department_id>/branch", permission=VIEW)
def branch(department_id: int) -> ResponseReturnValue:
    """The departments right below one: a fragment."""
    tree = tree_view.structure_tree(None)
    return render("parts/branches.html", branches=tree_view.branches_below(tree, department_id))


@route(blueprint, "/search", permission=VIEW)
def search() -> ResponseReturnValue:
    """Departments by name: a fragment; the tree for an empty name."""
    tree = tree_view.structure_tree(None)
    name = request.args.get("name", "").strip()[:100]
    if not name:
        return render("parts/branches.html", branches=tree_view.open_tree(tree))
    return render("parts/found.html", matches=tree_view.found_by_name(tree, name), name=name)


@route(blueprint, "/operator", permission=Permission.ACCOUNTS_VIEW)
def operator() -> ResponseReturnValue:
    """Contract, billing account, numbers: as the operator has them, with what can be done to accounts."""
    counts = count_by_account(db(), actor()) if may(Permission.LINES_VIEW) else {}
    return render(
        "structure/operator.html",
        contracts=queries.operator_hierarchy(db(), actor(), seen_accounts(actor())),
        counts=counts,
        channels=DELIVERY_CHANNELS,
        # An account is the whole company's: a right on a branch changes none.
        operations=[
            operation
            for operation in allowed_operations(ACCOUNT)
            if is_everywhere(actor(), operation.permission)
        ],
    )


@route(blueprint, "/<int:department_id>/create", permission=EDIT, methods=("POST",))
def create(department_id: int) -> ResponseReturnValue:
    """A new department below this one."""
    try:
        made = service.create_department(db(), actor(), department_id, request.form.get("name", ""))
    except InvalidInput as problem:
        return _page(department_id, {"create": _said(problem)}), 422
    flash(_("“%(name)s” is created.", name=made.name), "success")
    return go_to(url_for("structure.index", department=department_id))


@route(blueprint, "/<int:department_id>/rename", permission=EDIT, methods=("POST",))
def rename(department_id: int) -> ResponseReturnValue:
    """A new name."""
    try:
        service.rename_department(db(), actor(), department_id, request.form.get("name", ""))
    except InvalidInput as problem:
        return _page(department_id, {"rename": _said(problem)}), 422
    flash(_("The name is changed."), "success")
    return go_to(url_for("structure.index", department=department_id))


@route(blueprint, "/<int:department_id>/move", permission=EDIT, methods=("GET", "POST"))
def move(department_id: int) -> ResponseReturnValue:
    """Where to hang the branch."""
    target = request.form.get("target", type=whole)
    if target is None:
        return _targets(department_id, "move")
    try:
        moved = service.move_department(db(), actor(), department_id, target)
    except InvalidInput as problem:
        return _targets(department_id, "move", problem)
    flash(_("“%(name)s” is moved; who may see what follows at once.", name=moved.name), "success")
    return go_to(url_for("structure.index", department=department_id))


@route(blueprint, "/<int:department_id>/merge", permission=EDIT, methods=("GET", "POST"))
def merge(department_id: int) -> ResponseReturnValue:
    """Into which department to put what this one holds."""
    target = request.form.get("target", type=whole)
    if target is None:
        return _targets(department_id, "merge")
    name = queries.get_department(db(), actor(), department_id).name
    try:
        lines = departments.merge_department(db(), actor(), department_id, target)
    except InvalidInput as problem:
        return _targets(department_id, "merge", problem)
    moved = line_words.counted(lines)
    flash(_("“%(name)s” is merged: %(numbers)s moved.", name=name, numbers=moved), "success")
    return go_to(url_for("structure.index", department=target))


@route(blueprint, "/<int:department_id>/delete", permission=EDIT, methods=("GET", "POST"))
def delete(department_id: int) -> ResponseReturnValue:
    """What would happen; then do it."""
    department = queries.get_department(db(), actor(), department_id)
    if request.method == "GET":
        return _delete_page(department)
    parent, name = department.parent_id, department.name
    lines = departments.delete_department(db(), actor(), department_id)
    flash(
        _("“%(name)s” is deleted: %(numbers)s went up.", name=name, numbers=line_words.counted(lines)),
        "success",
    )
    return go_to(url_for("structure.index", department=parent))


def _delete_page(department: Department) -> str:
    way = queries.crumbs(db(), actor(), department, VIEW)
    company_id = department.company_id
    below = len(db().scalars(queries.branch(company_id, department.path)).all()) - 1
    return render(
        "structure/delete.html",
        department=department,
        above=way[-2] if len(way) > 1 else None,
        node=queries.nodes(db(), company_id, [department])[0],
        below=below,
    )


def _targets(department_id: int, deed: str, problem: InvalidInput | None = None) -> ResponseReturnValue:
    department = queries.get_department(db(), actor(), department_id)
    if problem is None and request.method == "POST":
        problem = InvalidInput(CHOOSE)
    page = render(
        "structure/target.html",
        department=department,
        deed=deed,
        field=department_choice.make(
            "target",
            EDIT,
            request.form.get("target", ""),
            find=request.args.get("find", ""),
            without=department,
        ),
        errors={"find": [message for said in _said(problem).values() for message in said]} if problem else {},
    )
    return (page, 422) if problem else page


def _said(problem: InvalidInput) -> dict[str, Any]:
    fields = {name: [text(message) for message in messages] for name, messages in problem.fields.items()}
    return fields or {"name": [text(problem.message, **problem.params)]}

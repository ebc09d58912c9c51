"""People of the company: the list, one person with roles, creating, blocking, passwords."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from console.fields import departments as department_choice
from console.web.i18n import text
from console.web.routing import ResponseReturnValue, actor, db, go_to, may, render, route
from core.bounds import whole
from core.errors import InvalidInput
from rbac.permissions import Permission
from users import roles, service

blueprint = Blueprint("people", __name__, url_prefix="/people")
FIELDS = ("login", "name", "email", "phone", "locale")


@route(blueprint, "", permission=Permission.USERS_VIEW)
def index() -> ResponseReturnValue:
    """Everyone with their roles, by name, a page at a time."""
    search = request.args.get("q", "")
    after = request.args.get("after", type=whole)
    users = service.people(db(), actor(), text=search, after=after)
    user_roles = roles.held_roles(db(), actor(), [user.id for user in users])
    more = None
    if len(users) == service.PAGE:
        more = url_for("people.index", q=search or None, after=users[-1].id)
    return render(
        "people/index.html",
        people=users,
        user_roles=user_roles,
        search=search,
        more=more,
        locks=service.locks_of(db(), users),
    )


@route(blueprint, "/new", permission=Permission.USERS_EDIT)
def new() -> ResponseReturnValue:
    """The form for a new person."""
    return render("people/new.html", values={"locale": actor().locale}, errors={})


@route(blueprint, "", methods=("POST",), permission=Permission.USERS_EDIT)
def create() -> ResponseReturnValue:
    """Create a person; a refusal shows the form with everything typed save the password."""
    values = {name: request.form.get(name, "") for name in FIELDS}
    try:
        user = service.create_user(db(), actor(), password=request.form.get("password", ""), **values)
    except InvalidInput as problem:
        return render("people/new.html", values=values, errors=_translated(problem)), 422
    flash(
        _("%(name)s can sign in now. Grant a role so that there is something to see.", name=user.name),
        "success",
    )
    return redirect(url_for("people.show", user_id=user.id), code=303)


@route(blueprint, "/<int:user_id>", permission=Permission.USERS_VIEW)
def show(user_id: int) -> ResponseReturnValue:
    """One person: what is known, the roles held, what can be done."""
    return _person(user_id, {})


def _person(user_id: int, errors: dict[str, list[str]]) -> str:
    user = service.get_user(db(), actor(), user_id)
    user_roles = roles.held_roles(db(), actor(), [user.id]).get(user.id, [])
    departments = None
    if may(Permission.ROLES_GRANT):
        typed, wrong = request.form.get("department", ""), errors.get("department", ())
        departments = department_choice.make("department", Permission.ROLES_GRANT, typed, errors=wrong)
    return render(
        "people/show.html",
        user=user,
        user_roles=user_roles,
        errors=errors,
        roles=roles.grantable_roles(db(), actor()) if departments else (),
        role=request.form.get("role", ""),
        departments=departments,
        locks=service.locks_of(db(), [user]),
    )


@route(blueprint, "/<int:user_id>/block", methods=("POST",), permission=Permission.USERS_EDIT)
def block(user_id: int) -> ResponseReturnValue:
    """Shut a person out."""
    user = service.block_user(db(), actor(), user_id)
    flash(_("%(name)s is blocked and signed out everywhere.", name=user.name), "success")
    return _back(user_id)


@route(blueprint, "/<int:user_id>/unblock", methods=("POST",), permission=Permission.USERS_EDIT)
def unblock(user_id: int) -> ResponseReturnValue:
    """Let a person in again."""
    user = service.unblock_user(db(), actor(), user_id)
    flash(_("%(name)s may sign in again.", name=user.name), "success")
    return _back(user_id)


@route(blueprint, "/<int:user_id>/password", methods=("POST",), permission=Permission.USERS_EDIT)
def password(user_id: int) -> ResponseReturnValue:
    """Set a new password for a person."""
    try:
        user = service.reset_password(db(), actor(), user_id, request.form.get("password", ""))
    except InvalidInput as problem:
        return _person(user_id, _translated(problem)), 422
    flash(_("The password of %(name)s is set; all their sessions have ended.", name=user.name), "success")
    return _back(user_id)


@route(blueprint, "/<int:user_id>/grants", methods=("POST",), permission=Permission.ROLES_GRANT)
def grant(user_id: int) -> ResponseReturnValue:
    """Give a role on a department."""
    service.get_user(db(), actor(), user_id, Permission.ROLES_GRANT)
    role_id, department_id = request.form.get("role", type=whole), request.form.get("department", type=whole)
    if role_id is None or department_id is None:
        return _person(user_id, {"department": [_("Choose a role and a department.")]}), 422
    roles.grant_role(db(), actor(), user_id, role_id, department_id)
    flash(_("The role is granted."), "success")
    return _back(user_id)


@route(
    blueprint,
    "/<int:user_id>/grants/<int:grant_id>/revoke",
    methods=("POST",),
    permission=Permission.ROLES_GRANT,
)
def revoke(user_id: int, grant_id: int) -> ResponseReturnValue:
    """Take a role away."""
    roles.revoke_role(db(), actor(), user_id, grant_id)
    flash(_("The role is revoked."), "success")
    return _back(user_id)


def _back(user_id: int) -> ResponseReturnValue:
    return go_to(url_for("people.show", user_id=user_id))


def _translated(problem: InvalidInput) -> dict[str, list[str]]:
    return {name: [text(message) for message in messages] for name, messages in problem.fields.items()}

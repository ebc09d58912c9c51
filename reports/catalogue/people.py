"""People with their roles and where these hold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, select

from core.excel import Column
from core.fields import FieldSchema, choice
from core.i18n import N_
from hierarchy.models import Department
from rbac.actor import Actor, company_of
from rbac.models import Grant, Role
from rbac.permissions import Permission
from rbac.presets import get_preset
from reports.catalogue.common import ANY, RECORDS
from reports.report import Cells, Params, Report, Rows, Speech
from users.models import User

BLOCKED = {ANY: N_("Everybody"), "no": N_("Who may sign in"), "yes": N_("Blocked")}


class PeopleParams(FieldSchema):
    """The people to list."""

    people = choice(N_("People"), BLOCKED, required=False, default=ANY)


def rows(actor: Actor, params: Params) -> Rows:
    """One row per role of a person; who has none has one row all the same."""
    company = company_of(actor)
    statement = (
        select(
            User.name,
            User.login,
            User.email,
            User.phone,
            User.is_blocked,
            Role.preset,
            Role.title,
            Department.name,
            Grant.path,
            Grant.valid_from,
            Grant.valid_until,
            Grant.granted_at,
        )
        .select_from(User)
        .outerjoin(Grant, and_(Grant.company_id == company, Grant.user_id == User.id))
        .outerjoin(Role, and_(Role.company_id == Grant.company_id, Role.id == Grant.role_id))
        .outerjoin(Department, and_(Department.company_id == Grant.company_id, Department.path == Grant.path))
        .where(User.company_id == company)
        .order_by(User.name, User.id, Grant.path, Role.title)
    )
    return (
        statement
        if params["people"] == ANY
        else statement.where(User.is_blocked == (params["people"] == "yes"))
    )


def cells(speech: Speech) -> Cells:
    """Words for states and for the roles that every company has."""
    state = {True: speech.text(N_("Blocked")), False: speech.text(N_("May sign in"))}

    def made(row: Any) -> Sequence[object]:
        name, login, mail, phone, blocked, preset, title, place, path, since, until, granted = row
        role = speech.text(get_preset(preset).title) if preset else title
        return (name, login, mail, phone, state[blocked], role, place or path, since, until, granted)

    return made


REPORT = Report(
    code="people",
    title=N_("People and rights"),
    lead=N_("Who may sign in, with which roles, on which departments and until when."),
    group=RECORDS,
    permission=Permission.USERS_VIEW,
    schema=PeopleParams,
    columns=(
        Column(N_("Name"), "name", "text", 30),
        Column(N_("Login"), "login", "text", 22),
        Column(N_("E-mail"), "email", "text", 28),
        Column(N_("Phone"), "phone", "text", 16),
        Column(N_("State"), "state", "text", 18),
        Column(N_("Role"), "role", "text", 28),
        Column(N_("Department"), "department", "text", 34),
        Column(N_("Valid from"), "valid_from", "datetime"),
        Column(N_("Valid until"), "valid_until", "datetime"),
        Column(N_("Granted"), "granted", "datetime"),
    ),
    rows=rows,
    cells=cells,
    icon="people",
)

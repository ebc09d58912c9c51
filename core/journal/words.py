"""How people speak of what the journal holds: areas, actions, fields."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import N_

AREAS: dict[str, str] = {
    "line": N_("Numbers"),
    "account": N_("Billing accounts"),
    "run": N_("Runs"),
    "department": N_("Structure"),
    "user": N_("People"),
    "role": N_("Roles"),
    "signin": N_("Signing in"),
    "staff": N_("Operator staff"),
    "request": N_("Requests"),
    "company": N_("Company"),
    "report": N_("Reports"),
    "schedule": N_("Schedules"),
}
"""Areas to search by: the part of an action before its dot."""

ACTIONS: dict[str, str] = {
    "run.submitted": N_("Run started"),
    "run.stopped": N_("Run stopped"),
    "run.finished": N_("Run finished"),
    "list.uploaded": N_("List uploaded"),
    "line.placed": N_("Number placed in a department"),
    "line.changed": N_("Changed by the operator"),
    "line.appeared": N_("Number came from the operator"),
    "department.created": N_("Department created"),
    "department.renamed": N_("Department renamed"),
    "department.moved": N_("Department moved"),
    "department.merged": N_("Department merged into another"),
    "department.deleted": N_("Department removed"),
    "user.created": N_("Person created"),
    "user.blocked": N_("Person blocked"),
    "user.unblocked": N_("Person unblocked"),
    "user.password_reset": N_("Password set by an administrator"),
    "user.password_changed": N_("Password changed"),
    "user.settings": N_("Own settings changed"),
    "user.signed_out_everywhere": N_("Signed out everywhere"),
    "role.granted": N_("Role granted"),
    "role.revoked": N_("Role revoked"),
    "signin.done": N_("Signed in"),
    "signin.failed": N_("Wrong password"),
    "signin.locked": N_("Locked after wrong tries"),
    "signin.blocked": N_("A blocked person tried to sign in"),
    "company.added": N_("Company came from the operator"),
    "company.changed": N_("Company changed by the operator"),
    "staff.entered": N_("Operator staff entered"),
    "staff.left": N_("Operator staff left"),
    "request.submit": N_("Request submitted"),
    "request.take": N_("Request taken"),
    "request.pass": N_("Request passed on"),
    "request.ask": N_("Customer asked back"),
    "request.answer": N_("Customer answered"),
    "request.comment": N_("Message on a request"),
    "request.resolve": N_("Request resolved"),
    "request.refuse": N_("Request refused"),
    "request.withdraw": N_("Request withdrawn"),
    "request.reopen": N_("Request reopened"),
    "request.complain": N_("Complaint about a request"),
    "request.report": N_("Outcome of a request reported"),
    "report.ordered": N_("Report ordered"),
    "report.downloaded": N_("Report downloaded"),
    "report.deleted": N_("File of a report deleted"),
    "schedule.created": N_("Schedule of a report created"),
    "schedule.paused": N_("Schedule of a report paused"),
    "schedule.sent": N_("Schedule of a report sent at once"),
    "schedule.resumed": N_("Schedule of a report resumed"),
    "schedule.deleted": N_("Schedule of a report deleted"),
}

FIELDS: dict[str, str] = {
    "state": N_("State"),
    "block_reason": N_("Block reason"),
    "limit_amount": N_("Limit"),
    "limit_period": N_("Limit period"),
    "limit_warn": N_("Warning at, %"),
    "tariff_id": N_("Tariff"),
    "planned_tariff_id": N_("Tariff from the next period"),
    "department": N_("Department"),
    "department_id": N_("Department"),
    "parent": N_("Belongs to"),
    "into": N_("Merged into"),
    "inn": N_("INN"),
    "kpp": N_("KPP"),
    "ogrn": N_("OGRN"),
    "path": N_("Department"),
    "name": N_("Name"),
    "login": N_("Login"),
    "email": N_("E-mail"),
    "phone": N_("Phone"),
    "locale": N_("Language"),
    "theme": N_("Theme"),
    "role": N_("Role"),
    "is_blocked": N_("Is blocked"),
    "is_locked": N_("Locked after wrong tries"),
    "tries": N_("Wrong tries"),
    "until": N_("Until"),
    "sessions": N_("Sessions ended"),
    "reason": N_("Reason"),
    "operation": N_("Operation"),
    "params": N_("Parameters"),
    "total": N_("Numbers"),
    "filename": N_("File"),
    "rows": N_("Rows"),
    "found": N_("Found"),
    "allowed": N_("Go through"),
    "cancelled": N_("Not sent"),
    "employee": N_("Employee"),
    "msisdn": N_("Number"),
    "iccid": N_("SIM card"),
    "report": N_("Report"),
    "format": N_("Format"),
    "every": N_("How often"),
    "addresses": N_("Addresses"),
    "delivery_channel": N_("Invoices come"),
    "delivery_address": N_("Delivery address"),
}


OF_OPERATIONS = ("line", "account")
"""Areas of what operations are carried out on."""


def action_text(action: str, operation_titles: Mapping[str, str]) -> str:
    """Message id of an action; what was done to a line or an account is called as its operation is."""
    area, _, name = action.partition(".")
    if area in OF_OPERATIONS and name in operation_titles:
        return operation_titles[name]
    return ACTIONS.get(action, action)


def field_text(name: str) -> str:
    """Message id of a field, or the field's own name."""
    return FIELDS.get(name, name)

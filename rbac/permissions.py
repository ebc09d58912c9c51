"""Every permission word of the product, with its label and its group: `area:action`."""

from __future__ import annotations

from enum import StrEnum

from core.i18n import N_


class Permission(StrEnum):
    """What a role may allow. The role editor, menus, buttons, API and tests all read this list."""

    LINES_VIEW = "lines:view"
    LINES_BLOCK = "lines:block"
    LINES_UNBLOCK = "lines:unblock"
    LINES_LIMIT = "lines:limit"
    LINES_TARIFF = "lines:tariff"
    LINES_SIM = "lines:sim"
    LINES_NUMBER = "lines:number"
    LINES_PLACE = "lines:place"
    STRUCTURE_VIEW = "structure:view"
    STRUCTURE_EDIT = "structure:edit"
    RUNS_VIEW = "runs:view"
    RUNS_STOP = "runs:stop"
    USERS_VIEW = "users:view"
    USERS_EDIT = "users:edit"
    ROLES_GRANT = "roles:grant"
    ACCOUNTS_VIEW = "accounts:view"
    ACCOUNTS_DELIVERY = "accounts:delivery"
    JOURNAL_VIEW = "journal:view"
    REPORTS_ORDER = "reports:order"
    REPORTS_SCHEDULE = "reports:schedule"
    REQUESTS_VIEW = "requests:view"
    REQUESTS_SUBMIT = "requests:submit"
    DESK_WORK = "desk:work"
    COMPANIES_ENTER = "companies:enter"
    COMPANIES_EDIT = "companies:edit"

    @property
    def label(self) -> str:
        """Message id of the label."""
        return LABELS[self]

    @property
    def group(self) -> str:
        """Message id of the group, by the word's area."""
        return GROUPS[self.value.split(":")[0]]


LABELS: dict[Permission, str] = {
    Permission.LINES_VIEW: N_("See numbers"),
    Permission.LINES_BLOCK: N_("Block numbers"),
    Permission.LINES_UNBLOCK: N_("Unblock numbers"),
    Permission.LINES_LIMIT: N_("Set and remove limits"),
    Permission.LINES_TARIFF: N_("Change tariffs"),
    Permission.LINES_SIM: N_("Replace SIM cards"),
    Permission.LINES_NUMBER: N_("Change phone numbers"),
    Permission.LINES_PLACE: N_("Place numbers in departments"),
    Permission.STRUCTURE_VIEW: N_("See the structure"),
    Permission.STRUCTURE_EDIT: N_("Change the structure"),
    Permission.RUNS_VIEW: N_("See runs"),
    Permission.RUNS_STOP: N_("Stop runs of others"),
    Permission.USERS_VIEW: N_("See people"),
    Permission.USERS_EDIT: N_("Invite and change people"),
    Permission.ROLES_GRANT: N_("Grant roles"),
    Permission.ACCOUNTS_VIEW: N_("See billing accounts and contracts"),
    Permission.ACCOUNTS_DELIVERY: N_("Say where invoices go"),
    Permission.JOURNAL_VIEW: N_("See the journal"),
    Permission.REPORTS_ORDER: N_("Order reports on what may be seen"),
    Permission.REPORTS_SCHEDULE: N_("Schedule reports and send them by e-mail"),
    Permission.REQUESTS_VIEW: N_("See requests"),
    Permission.REQUESTS_SUBMIT: N_("Fill in and submit requests"),
    Permission.DESK_WORK: N_("Work the requests of customers"),
    Permission.COMPANIES_ENTER: N_("Enter a company of the portfolio"),
    Permission.COMPANIES_EDIT: N_("Create and change companies"),
}

GROUPS: dict[str, str] = {
    "lines": N_("Numbers"),
    "structure": N_("Structure"),
    "runs": N_("Runs"),
    "users": N_("People"),
    "roles": N_("People"),
    "accounts": N_("Money"),
    "journal": N_("Journal"),
    "reports": N_("Reports"),
    "requests": N_("Requests"),
    "desk": N_("Operator"),
    "companies": N_("Operator"),
}

OPERATOR_ONLY = frozenset({Permission.COMPANIES_ENTER, Permission.COMPANIES_EDIT, Permission.DESK_WORK})
"""Words that only operator staff can hold: never offered in a company's role editor."""

"""Every permission word of the product, `area:action`, each declared once with its label and who begins with it."""

from __future__ import annotations

from enum import Enum, StrEnum
from typing import Self

from core.i18n import N_


class For(Enum):
    """Whom a word is made for, beside the global administrators, who hold every word of their company."""

    SOME_ROLES = "some roles"  # rbac/presets.py names them
    MANAGERS_OF_NUMBERS = (
        "managers of numbers"  # what changes numbers: their preset role has it from the start
    )
    OPERATOR = "operator"  # staff of the operator alone: never offered in a company's role editor


class Permission(StrEnum):
    """A permission that a role may hold. The role editor, menus, buttons, API and tests all read this list.

    `label` is a message id: what people read of the word, and what they are told where they lack it.
    """

    label: str
    made_for: For

    LINES_VIEW = "lines:view", N_("See numbers")
    LINES_BLOCK = "lines:block", N_("Block numbers"), For.MANAGERS_OF_NUMBERS
    LINES_UNBLOCK = "lines:unblock", N_("Unblock numbers"), For.MANAGERS_OF_NUMBERS
    LINES_LIMIT = "lines:limit", N_("Set and remove limits"), For.MANAGERS_OF_NUMBERS
    LINES_TARIFF = "lines:tariff", N_("Change tariffs"), For.MANAGERS_OF_NUMBERS
    LINES_SIM = "lines:sim", N_("Replace SIM cards"), For.MANAGERS_OF_NUMBERS
    LINES_NUMBER = "lines:number", N_("Change phone numbers"), For.MANAGERS_OF_NUMBERS
    LINES_PLACE = "lines:place", N_("Place numbers in departments"), For.MANAGERS_OF_NUMBERS
    STRUCTURE_VIEW = "structure:view", N_("See the structure")
    STRUCTURE_EDIT = "structure:edit", N_("Change the structure")
    RUNS_VIEW = "runs:view", N_("See runs")
    RUNS_STOP = "runs:stop", N_("Stop runs of others")
    USERS_VIEW = "users:view", N_("See people")
    USERS_EDIT = "users:edit", N_("Invite and change people")
    ROLES_GRANT = "roles:grant", N_("Grant roles")
    ACCOUNTS_VIEW = "accounts:view", N_("See billing accounts and contracts")
    ACCOUNTS_DELIVERY = "accounts:delivery", N_("Say where invoices go")
    JOURNAL_VIEW = "journal:view", N_("See the journal")
    REPORTS_ORDER = "reports:order", N_("Order reports on what may be seen")
    REPORTS_SCHEDULE = "reports:schedule", N_("Schedule reports and send them by e-mail")
    REQUESTS_VIEW = "requests:view", N_("See requests")
    REQUESTS_SUBMIT = "requests:submit", N_("Fill in and submit requests")
    DESK_WORK = "desk:work", N_("Work the requests of customers"), For.OPERATOR
    COMPANIES_ENTER = "companies:enter", N_("Enter a company of the portfolio"), For.OPERATOR
    COMPANIES_EDIT = "companies:edit", N_("Create and change companies"), For.OPERATOR

    def __new__(cls, word: str, label: str = "", made_for: For = For.SOME_ROLES) -> Self:
        """A word with what is said of it; the word alone is its value, by which it is found."""
        member = str.__new__(cls, word)
        member._value_ = word
        member.label = label
        member.made_for = made_for
        return member

    @property
    def group(self) -> str:
        """Message id of the group, by the word's area."""
        return GROUPS[self.value.split(":")[0]]


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


def made_for(whom: For) -> frozenset[Permission]:
    """The words that are made for these people."""
    return frozenset(permission for permission in Permission if permission.made_for is whom)


OPERATOR_ONLY = made_for(For.OPERATOR)
"""Words that only operator staff can hold."""

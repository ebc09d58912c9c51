"""The preset roles, as values: which permission words each one holds."""

from __future__ import annotations

from dataclasses import dataclass

from core.i18n import N_
from rbac.permissions import OPERATOR_ONLY, For, made_for
from rbac.permissions import Permission as P


@dataclass(frozen=True)
class Preset:
    """A role that every company has from the first day and cannot change, only copy."""

    code: str
    title: str
    permissions: frozenset[P]
    for_operator: bool = False


SEE = frozenset({P.LINES_VIEW, P.STRUCTURE_VIEW, P.RUNS_VIEW, P.ACCOUNTS_VIEW})
CHANGE_LINES = made_for(For.MANAGERS_OF_NUMBERS)
REPORTS = frozenset({P.REPORTS_ORDER, P.REPORTS_SCHEDULE})
REQUESTS = frozenset({P.REQUESTS_VIEW, P.REQUESTS_SUBMIT})
EVERYTHING = frozenset(P) - OPERATOR_ONLY

PRESETS: tuple[Preset, ...] = (
    Preset("global_admin", N_("Global administrator"), EVERYTHING),
    Preset(
        "numbers_manager",
        N_("Manager of numbers"),
        SEE - {P.ACCOUNTS_VIEW} | CHANGE_LINES | REPORTS | REQUESTS,
    ),
    Preset(
        "account_manager_role",
        N_("Manager of the account"),
        SEE | {P.LINES_TARIFF, P.JOURNAL_VIEW} | REPORTS | REQUESTS,
    ),
    Preset(
        "accountant",
        N_("Accountant"),
        frozenset({P.LINES_VIEW, P.ACCOUNTS_VIEW, P.STRUCTURE_VIEW}) | REPORTS | REQUESTS,
    ),
    Preset(
        "viewer", N_("View only"), frozenset({P.LINES_VIEW, P.STRUCTURE_VIEW, P.RUNS_VIEW, P.REPORTS_ORDER})
    ),
    Preset("auditor", N_("Auditor"), SEE | {P.USERS_VIEW, P.JOURNAL_VIEW, P.REQUESTS_VIEW} | REPORTS),
    Preset("own_number", N_("Manager of the own number"), frozenset({P.LINES_VIEW, P.LINES_BLOCK})),
    Preset(
        "operator_manager",
        N_("Account manager of the operator"),
        EVERYTHING | {P.COMPANIES_ENTER, P.DESK_WORK},
        True,
    ),
    Preset("operator_admin", N_("Operator administrator"), frozenset(P), True),
)


def get_preset(code: str) -> Preset:
    """The preset of this code; raises KeyError."""
    return {preset.code: preset for preset in PRESETS}[code]

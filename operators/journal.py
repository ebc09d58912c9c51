"""The journal of companies as the operator tells of them, with its words."""

from __future__ import annotations

from core.i18n import N_
from core.journal.actions import Action, Area, JournalWords

OPERATOR = "operator"
"""The name of what is written as the operator tells it."""

COMPANY_ADDED = Action("company.added", N_("Company came from the operator"))
COMPANY_CHANGED = Action("company.changed", N_("Company changed by the operator"))

WORDS = JournalWords(
    areas=(Area("company", N_("Company")),),
    actions=(COMPANY_ADDED, COMPANY_CHANGED),
    fields={
        "name": N_("Name"),
        "inn": N_("INN"),
        "kpp": N_("KPP"),
        "ogrn": N_("OGRN"),
    },
    systems={OPERATOR: N_("The operator")},
)

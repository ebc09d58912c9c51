"""The journal of roles: what is written of granting and revoking them, with its words."""

from __future__ import annotations

from core.i18n import N_
from core.journal.actions import Action, Area, JournalWords

ROLE_GRANTED = Action("role.granted", N_("Role granted"))
ROLE_REVOKED = Action("role.revoked", N_("Role revoked"))

WORDS = JournalWords(
    areas=(Area("role", N_("Roles")),),
    actions=(ROLE_GRANTED, ROLE_REVOKED),
    fields={"role": N_("Role"), "path": N_("Department")},
)

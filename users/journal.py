"""The journal of people: what is written of them, of signing in and of the operator's staff, with its words."""

from __future__ import annotations

from core.i18n import N_
from core.journal.actions import Action, Area, JournalWords

USER_CREATED = Action("user.created", N_("Person created"))
USER_BLOCKED = Action("user.blocked", N_("Person blocked"))
USER_UNBLOCKED = Action("user.unblocked", N_("Person unblocked"))
PASSWORD_RESET = Action("user.password_reset", N_("Password set by an administrator"))
PASSWORD_WRONG = Action("user.password_wrong", N_("Wrong present password"))
PASSWORD_CHANGED = Action("user.password_changed", N_("Password changed"))
SETTINGS_CHANGED = Action("user.settings", N_("Own settings changed"))
SIGNED_OUT_EVERYWHERE = Action("user.signed_out_everywhere", N_("Signed out everywhere"))
SESSION_ENDED = Action("user.session_ended", N_("Own session ended"))

SIGNED_IN = Action("signin.done", N_("Signed in"))
SIGN_IN_FAILED = Action("signin.failed", N_("Wrong password"))
SIGN_IN_LOCKED = Action("signin.locked", N_("Locked after wrong tries"))
SIGN_IN_BLOCKED = Action("signin.blocked", N_("A blocked person tried to sign in"))

COMMAND_LINE = "command line"
"""The name of who works at the machine of the product, by its commands."""

STAFF_ENTERED = Action("staff.entered", N_("Operator staff entered"))
STAFF_LEFT = Action("staff.left", N_("Operator staff left"))

PEOPLE = JournalWords(
    areas=(Area("user", N_("People")),),
    actions=(
        USER_CREATED,
        USER_BLOCKED,
        USER_UNBLOCKED,
        PASSWORD_RESET,
        PASSWORD_WRONG,
        PASSWORD_CHANGED,
        SETTINGS_CHANGED,
        SIGNED_OUT_EVERYWHERE,
        SESSION_ENDED,
    ),
    fields={
        "name": N_("Name"),
        "login": N_("Login"),
        "email": N_("E-mail"),
        "phone": N_("Phone"),
        "locale": N_("Language"),
        "theme": N_("Theme"),
        "role": N_("Role"),
        "is_blocked": N_("Is blocked"),
        "is_locked": N_("Locked after wrong tries"),
        "sessions": N_("Sessions ended"),
        "tries": N_("Wrong tries"),
    },
    systems={COMMAND_LINE: N_("Command line")},
)
SIGN_IN = JournalWords(
    areas=(Area("signin", N_("Signing in")),),
    actions=(SIGNED_IN, SIGN_IN_FAILED, SIGN_IN_LOCKED, SIGN_IN_BLOCKED),
    fields={"tries": N_("Wrong tries"), "until": N_("Until")},
)
STAFF = JournalWords(
    areas=(Area("staff", N_("Operator staff")),),
    actions=(STAFF_ENTERED, STAFF_LEFT),
    fields={"reason": N_("Reason")},
)

"""The journal of lines: what is written of them, its words, and what of the journal a person may read."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from core.i18n import N_
from core.journal.actions import Action, Area, JournalWords
from core.journal.entries import JournalEntry
from hierarchy.models import Department
from lines.changes import JOURNAL_FIELDS, JOURNAL_VALUES
from lines.models import IN_DEPARTMENT, Line
from lines.words import VALUES
from rbac.actor import ANYWHERE, Actor
from rbac.decision import roots, visible
from rbac.permissions import Permission

LINE_PLACED = Action("line.placed", N_("Number placed in a department"))
"""In older entries only: placing is an operation by now."""
LINE_CHANGED = Action("line.changed", N_("Changed by the operator"))
LINE_APPEARED = Action("line.appeared", N_("Number came from the operator"))
LIST_UPLOADED = Action("list.uploaded", N_("List uploaded"))

WORDS = JournalWords(
    areas=(Area("line", N_("Numbers")), Area("account", N_("Billing accounts"))),
    actions=(LINE_PLACED, LINE_CHANGED, LINE_APPEARED, LIST_UPLOADED),
    fields={
        **JOURNAL_FIELDS,
        "department": N_("Department"),
        "delivery_channel": N_("Invoices come"),
        "delivery_address": N_("Delivery address"),
        "filename": N_("File"),
        "rows": N_("Rows"),
        "found": N_("Found"),
    },
    values={**JOURNAL_VALUES, **VALUES},
)


def narrower(actor: Actor) -> list[ColumnElement[bool]]:
    """Conditions on entries: who reads for a department only sees its lines and the own deeds."""
    paths = roots(actor, Permission.JOURNAL_VIEW)
    # The root's path names one id alone: "/1/".
    reads_all = any(path == ANYWHERE or path.count("/") == 2 for path in paths)
    return [] if reads_all else [below(actor)]


def below(actor: Actor) -> ColumnElement[bool]:
    """Entries about lines of the actor's departments, and the actor's own deeds."""
    seen = (
        select(Line.id)
        .join(Department, IN_DEPARTMENT)
        .where(Line.company_id == actor.company_id, visible(actor, Permission.JOURNAL_VIEW, Department.path))
    )
    about_lines = (JournalEntry.object_kind == "line") & JournalEntry.object_id.in_(seen)
    return or_(about_lines, JournalEntry.actor_id == actor.user_id)

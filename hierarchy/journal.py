"""The journal of the tree: what is written of departments, with its words."""

from __future__ import annotations

from core.i18n import N_
from core.journal.actions import Action, Area, JournalWords

DEPARTMENT_CREATED = Action("department.created", N_("Department created"))
DEPARTMENT_RENAMED = Action("department.renamed", N_("Department renamed"))
DEPARTMENT_MOVED = Action("department.moved", N_("Department moved"))
DEPARTMENT_MERGED = Action("department.merged", N_("Department merged into another"))
DEPARTMENT_DELETED = Action("department.deleted", N_("Department removed"))

WORDS = JournalWords(
    areas=(Area("department", N_("Structure")),),
    actions=(
        DEPARTMENT_CREATED,
        DEPARTMENT_RENAMED,
        DEPARTMENT_MOVED,
        DEPARTMENT_MERGED,
        DEPARTMENT_DELETED,
    ),
    fields={
        "name": N_("Name"),
        "parent": N_("Belongs to"),
        "into": N_("Merged into"),
        "lines": N_("Numbers"),
        "departments": N_("Departments"),
    },
)

"""Choosing a department in a form: a plain list where they are few, found by name on the server where they are many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from console.web.i18n import text
from console.web.routing import actor, db
from core.i18n import N_
from hierarchy import queries
from hierarchy import search as choosing
from hierarchy.models import Department
from lines.fields import EVERYTHING, NO_DEPARTMENT
from rbac.actor import company_of
from rbac.decision import is_allowed
from rbac.permissions import Permission

LONGEST_NAME, LONGEST_ID = 100, 18
INDENT = "\u2007\u2007"
"""Two spaces as wide as digits: what stands below is set in."""
ROOTS: Mapping[Permission, str] = {Permission.LINES_PLACE: N_("not placed in any department")}
"""What is said of the root where a choice of it means something of its own."""
COMPANY = N_("the whole company")
NONES: Mapping[str, str] = {"everything": EVERYTHING, "nothing": NO_DEPARTMENT}
"""What choosing none means, by the word that stands for it in an address."""


@dataclass(frozen=True)
class Choice:
    """A department as it is offered; `place` says where it stands."""

    value: str
    name: str
    place: str
    depth: int

    @property
    def option(self) -> tuple[str, str]:
        """As a line of a plain list."""
        return self.value, INDENT * self.depth + self.name


@dataclass(frozen=True)
class Chooser:
    """The field of a form named `name`. `offered` of the choices were found or are there from the beginning.

    `none` is the text of the choice of no department, where that is one, and `none_code` what stands for it in
    addresses. `is_asked`: nothing is chosen beforehand.
    """

    name: str
    permission: Permission
    value: str
    choices: Sequence[Choice]
    offered: int
    is_whole: bool
    is_found: bool
    find: str = ""
    none: str = ""
    none_code: str | None = None
    without: int | None = None
    errors: Sequence[str] = ()
    hint: str = ""
    is_asked: bool = False

    @property
    def is_plain(self) -> bool:
        """True where everything fits into a plain list."""
        return self.is_whole and not self.is_found

    @property
    def options(self) -> list[tuple[str, str]]:
        """The plain list."""
        blank = self.none or ("—" if self.is_asked else "")
        return [*([("", blank)] if blank else []), *(choice.option for choice in self.choices)]


def make(
    name: str,
    permission: Permission,
    value: str = "",
    *,
    find: str = "",
    none: str = "",
    without: Department | None = None,
    errors: Sequence[str] = (),
    hint: str = "",
    is_asked: bool = False,
) -> Chooser:
    """The field with what is offered now; what was chosen stays, on top of what was found.

    `none` is the message id of choosing none, one of NONES.
    """
    find = find.strip()[:LONGEST_NAME]
    offered = choosing.offer(db(), actor(), permission, find, without=without)
    departments = list(offered.departments)
    chosen = _chosen(permission, value)
    if chosen is not None and (offered.is_found or not offered.is_whole):
        departments = [chosen, *(department for department in departments if department.id != chosen.id)]
    return Chooser(
        name=name,
        permission=permission,
        value="" if chosen is None else str(chosen.id),
        choices=_choices(departments, permission),
        offered=len(offered.departments),
        is_whole=offered.is_whole,
        is_found=offered.is_found,
        find=find,
        none=text(none),
        none_code=next((code for code, msgid in NONES.items() if msgid == none), None),
        without=None if without is None else without.id,
        errors=errors,
        hint=hint,
        is_asked=is_asked,
    )


def _chosen(permission: Permission, value: str) -> Department | None:
    if not value.isdecimal() or len(value) > LONGEST_ID:
        return None
    departments = queries.with_ids(db(), company_of(actor()), [int(value)])
    return next(
        (department for department in departments if is_allowed(actor(), permission, department.path)), None
    )


def _choices(departments: Sequence[Department], permission: Permission) -> list[Choice]:
    above = queries.names_by_path(db(), company_of(actor()), departments)
    root = text(ROOTS.get(permission, COMPANY))
    highest = min((department.depth for department in departments), default=0)
    return [
        Choice(
            str(department.id),
            department.name,
            root if department.is_root else above[department.id],
            department.depth - highest,
        )
        for department in departments
    ]

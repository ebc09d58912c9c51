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
from rbac.actor import company_of
from rbac.decision import is_allowed
from rbac.permissions import Permission

LONGEST_NAME, LONGEST_ID = 100, 18
INDENT = "\u2007\u2007"
"""Two spaces as wide as digits: what stands below is set in."""
ROOTS: Mapping[Permission, str] = {Permission.LINES_PLACE: N_("not placed in any department")}
"""What is said of the root where a choice of it means something of its own."""
COMPANY = N_("the whole company")
EVERYTHING = N_("All that you may see")


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

    `none` is the text of the choice of no department, where that is one.
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
    without: int | None = None
    errors: Sequence[str] = ()

    @property
    def is_plain(self) -> bool:
        """True where everything fits into a plain list."""
        return self.is_whole and not self.is_found

    @property
    def options(self) -> list[tuple[str, str]]:
        """The plain list."""
        return [*([("", self.none)] if self.none else []), *(one.option for one in self.choices)]


def make(
    name: str,
    permission: Permission,
    value: str = "",
    *,
    find: str = "",
    none: str = "",
    without: Department | None = None,
    errors: Sequence[str] = (),
) -> Chooser:
    """The field with what is offered now; what was chosen stays, on top of what was found."""
    find = find.strip()[:LONGEST_NAME]
    offered = choosing.offer(db(), actor(), permission, find, without=without)
    departments = list(offered.departments)
    chosen = _chosen(permission, value)
    if chosen is not None and (offered.is_found or not offered.is_whole):
        departments = [chosen, *(one for one in departments if one.id != chosen.id)]
    return Chooser(
        name=name,
        permission=permission,
        value="" if chosen is None else str(chosen.id),
        choices=_choices(departments, permission),
        offered=len(offered.departments),
        is_whole=offered.is_whole,
        is_found=offered.is_found,
        find=find,
        none=none,
        without=None if without is None else without.id,
        errors=errors,
    )


def _chosen(permission: Permission, value: str) -> Department | None:
    if not value.isdecimal() or len(value) > LONGEST_ID:
        return None
    found = queries.with_ids(db(), company_of(actor()), [int(value)])
    return next((one for one in found if is_allowed(actor(), permission, one.path)), None)


def _choices(departments: Sequence[Department], permission: Permission) -> list[Choice]:
    above = queries.names_by_path(db(), company_of(actor()), departments)
    root = text(ROOTS.get(permission, COMPANY))
    highest = min((one.depth for one in departments), default=0)
    return [
        Choice(str(one.id), one.name, root if one.is_root else above[one.id], one.depth - highest)
        for one in departments
    ]

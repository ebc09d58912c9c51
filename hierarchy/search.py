"""Departments to choose from: every one of a small tree, the upper levels of a large one, or those found by name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from hierarchy.models import Department
from hierarchy.queries import MOST_FOUND, by_name, name_matches, outside_of
from hierarchy.tree import ids_of
from rbac.actor import Actor, company_of
from rbac.decision import visible
from rbac.permissions import Permission

FEW = 200
"""So many are offered at once; of more, people find one by its name."""


@dataclass(frozen=True)
class Offer:
    """Departments to choose from; `is_whole` where there are no others, `is_found` where a name was asked for."""

    departments: Sequence[Department]
    is_whole: bool
    is_found: bool = False


def offer(
    session: Session,
    actor: Actor,
    permission: Permission,
    name: str = "",
    *,
    without: Department | None = None,
) -> Offer:
    """The departments that this permission lets the actor choose from; `without` this one and all below it."""
    seen: list[ColumnElement[bool]] = [
        Department.company_id == company_of(actor),
        visible(actor, permission, Department.path.expression),
    ]
    if without is not None:
        seen.append(outside_of(without))
    if name.strip():
        return _matches(session, [*seen, name_matches(name)])
    few = session.scalars(select(Department).where(*seen).limit(FEW + 1)).all()
    if len(few) <= FEW:
        return Offer(down_the_tree(few), is_whole=True)
    return _upper_levels(session, seen)


def _matches(session: Session, conditions: Sequence[ColumnElement[bool]]) -> Offer:
    rows = session.scalars(
        select(Department)
        .where(*conditions)
        .order_by(func.length(Department.path), *by_name())
        .limit(MOST_FOUND + 1)
    ).all()
    return Offer(rows[:MOST_FOUND], is_whole=len(rows) <= MOST_FOUND, is_found=True)


def _upper_levels(session: Session, seen: Sequence[ColumnElement[bool]]) -> Offer:
    """As many whole levels as are few; of a first level that is larger, its beginning."""
    depth = func.length(Department.path) - func.length(func.replace(Department.path, "/", ""))
    sizes = session.execute(select(depth, func.count()).where(*seen).group_by(depth).order_by(depth)).all()
    deepest, total = sizes[0][0], 0
    for level, size in sizes:
        total += size
        if total > FEW:
            break
        deepest = level
    upper = select(Department).where(*seen, depth <= deepest).order_by(depth, *by_name()).limit(FEW)
    return Offer(down_the_tree(session.scalars(upper).all()), is_whole=False)


def down_the_tree(departments: Sequence[Department]) -> list[Department]:
    """The departments, each after the one above it, siblings by name."""
    names = {department.id: department.name.lower().replace("ё", "е") for department in departments}

    def way(department: Department) -> list[tuple[str, int]]:
        return [(names.get(part, ""), part) for part in ids_of(department.path)]

    return sorted(departments, key=way)

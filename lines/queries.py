"""Selects over lines: those that match a filter, a page of them by keyset, and their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, false, func, literal, or_, select, true
from sqlalchemy.orm import Session

from core.errors import NotFound
from hierarchy.models import Department, DepartmentTotal
from lines import keyset, search
from lines.filters import FILTER_PERMISSIONS, LineFilter, from_query
from lines.models import IN_DEPARTMENT, Line
from lines.search import LineEntity
from operators.models import Tariff
from rbac.actor import ANYWHERE, Actor, company_of
from rbac.decision import below, is_everywhere, require, roots, visible
from rbac.permissions import Permission

PAGE = 50
COUNTED = 10_000
CLUSTERED = 10
"""How much worse an ordered scan may be than with evenly spread departments: their numbers often stand together."""


class Row(NamedTuple):
    """A row of the list."""

    line: Line
    department: str
    tariff: str | None


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next ones begin (None at the end)."""

    rows: Sequence[Row]
    after: str | None


@dataclass(frozen=True)
class Count:
    """The number of matches; where it is not exact there are more than `number`."""

    number: int
    is_exact: bool = True


@dataclass(frozen=True)
class Scope:
    """The branches of the tree a list is narrowed to; none of them means the whole company.

    With `only` it is this one department without what is below it.
    """

    paths: tuple[str, ...]
    is_empty: bool = False
    only: int | None = None

    @property
    def condition(self) -> ColumnElement[bool]:
        """The condition on the path of departments."""
        if self.is_empty:
            return false()
        if self.only is not None:
            return Department.id == self.only
        return or_(*(below(Department.path, path) for path in self.paths)) if self.paths else true()


def select_matching(actor: Actor, permission: Permission, line_filter: LineFilter | str) -> Select[Line]:
    """Every line that matches the filter (or its query string) and on which the actor holds the permission.

    Joined to the line's department, whose path may be used by further conditions. Unordered.
    """
    line_filter = from_query(line_filter) if isinstance(line_filter, str) else line_filter
    lines = _allowed(actor, permission).where(*conditions(actor, line_filter))
    if line_filter.department is None:
        return lines
    if line_filter.direct:
        return lines.where(Line.department_id == line_filter.department)
    return lines.where(within(company_of(actor), line_filter.department))


def select_department(actor: Actor, permission: Permission, department_id: int) -> Select[Line]:
    """Every line of a department with all below it on which the actor holds the permission."""
    return select_matching(actor, permission, LineFilter(department=department_id))


def _allowed(actor: Actor, permission: Permission) -> Select[Line]:
    return (
        select(Line)
        .join(Department, IN_DEPARTMENT)
        .where(Line.company_id == company_of(actor), visible(actor, permission, Department.path))
    )


def within(company_id: int, department_id: int) -> ColumnElement[bool]:
    """The condition on departments to be this one or below it, without reading its path beforehand."""
    top = Department.__table__.alias("top")
    path = (
        select(top.c.path).where(top.c.company_id == company_id, top.c.id == department_id).scalar_subquery()
    )
    return and_(Department.path >= path, Department.path < func.rtrim(path, "/").concat("0"))


def conditions(actor: Actor, line_filter: LineFilter, line: LineEntity = Line) -> list[ColumnElement[bool]]:
    """The conditions of the filter on a line itself, its department apart.

    What a filter needs a permission for is compared where the actor holds it; raises NotAllowed where that is nowhere.
    """
    clauses: list[ColumnElement[bool]] = []
    if line_filter.q:
        clauses.append(search.condition(line_filter.q, company_of(actor), line))
    for attribute_filter, value in line_filter.attribute_filters():
        clauses += attribute_filter.conditions(line, value)
        permission = FILTER_PERMISSIONS.get(attribute_filter.name)
        if permission is not None:
            require(actor, permission)
            clauses += _held_on(actor, line, permission)
    return clauses


def _held_on(actor: Actor, line: LineEntity, permission: Permission) -> list[ColumnElement[bool]]:
    """The condition on a line that the actor holds the permission on its department; none on the whole company."""
    if is_everywhere(actor, permission):
        return []
    held = Department.__table__.alias("held")
    departments = select(held.c.id).where(
        held.c.company_id == company_of(actor), visible(actor, permission, held.c.path)
    )
    return [line.department_id.in_(departments)]


def find_scope(session: Session, actor: Actor, permission: Permission, line_filter: LineFilter) -> Scope:
    """The branches that the filter and the actor's grants leave; raises NotFound for a department out of sight."""
    paths = roots(actor, permission)
    if line_filter.department is not None:
        top = session.scalar(
            select(Department.path).where(
                Department.company_id == company_of(actor), Department.id == line_filter.department
            )
        )
        if top is None:
            raise NotFound
        if paths == [ANYWHERE] or any(top.startswith(path) for path in paths):
            paths = [top]
        else:
            paths = [path for path in paths if path.startswith(top)]
            if not paths:
                raise NotFound
        if line_filter.direct:
            return Scope((top,), is_empty=top not in paths, only=line_filter.department)
    if paths == [ANYWHERE] or any(path.count("/") == 2 for path in paths):
        return Scope(())
    return Scope(tuple(paths), is_empty=not paths)


def page_of_lines(
    session: Session, actor: Actor, line_filter: LineFilter, *, after: str | None = None, limit: int = PAGE
) -> Page:
    """The next rows that the actor may see, as quick in a company of a million lines as in one of a thousand."""
    scope = find_scope(session, actor, Permission.LINES_VIEW, line_filter)
    if scope.is_empty:
        return Page((), None)
    company_id = company_of(actor)
    order = keyset.order_of(line_filter.sort)
    query = _with_names(company_id)
    if (
        scope.paths
        and line_filter.sort_name == "number"
        and not line_filter.q
        and _by_department(session, company_id, scope)
    ):
        keys = _merged_keys(actor, scope, line_filter, order, after, limit + 1).subquery("keys")
        query = query.join(keys, Line.msisdn == keys.c.msisdn)
    else:
        query = query.where(*conditions(actor, line_filter), *order.beyond(after))
        if scope.paths:
            inside = select(Department.id).where(Department.company_id == company_id, scope.condition)
            query = query.where(Line.department_id.in_(inside))
    rows = session.execute(query.order_by(*order.clauses()).limit(limit + 1)).all()
    shown = [Row(*row) for row in rows[:limit]]
    return Page(shown, order.cursor(shown[-1].line) if len(rows) > limit else None)


def _with_names(company_id: int) -> Select[Any]:
    """Lines with the names of what they refer to, read for the rows shown only."""
    department = (
        select(Department.name).where(IN_DEPARTMENT).correlate(Line).scalar_subquery().label("department")
    )
    tariff = select(Tariff.name).where(Tariff.id == Line.tariff_id).correlate(Line).scalar_subquery()
    return select(Line, department, tariff.label("tariff")).where(Line.company_id == company_id)


def _merged_keys(
    actor: Actor, scope: Scope, line_filter: LineFilter, order: keyset.Order, after: str | None, limit: int
) -> Select[str]:
    """The first numbers of the branches: the first of every department by its own index, then merged."""
    line, company_id = keyset.KeyLine, company_of(actor)
    first = (
        select(line.msisdn)
        .where(line.company_id == company_id, line.department_id == Department.id)
        .where(*conditions(actor, line_filter, line), *order.beyond(after, line))
        .order_by(*order.clauses(line))
        .limit(limit)
        .correlate(Department)
        .lateral("first")
    )
    filled = select(literal(1)).where(
        DepartmentTotal.company_id == company_id,
        DepartmentTotal.department_id == Department.id,
        DepartmentTotal.lines > 0,
    )
    merged = (
        select(first.c.msisdn)
        .select_from(Department)
        .join(first, true())
        .where(Department.company_id == company_id, scope.condition, filled.correlate(Department).exists())
    )
    key = first.c.msisdn
    return merged.order_by(key.desc() if order.is_descending else key).limit(limit)


def _by_department(session: Session, company_id: int, scope: Scope) -> bool:
    filled, lines = session.execute(
        select(func.count(func.distinct(Department.id)), func.coalesce(func.sum(DepartmentTotal.lines), 0))
        .join(Department, _of_total())
        .where(DepartmentTotal.company_id == company_id, DepartmentTotal.lines > 0, scope.condition)
    ).one()
    company = session.scalar(
        select(func.coalesce(func.sum(DepartmentTotal.lines), 0)).where(
            DepartmentTotal.company_id == company_id
        )
    )
    return is_by_department_cheaper(int(filled), int(lines), int(company or 0), PAGE)


def is_by_department_cheaper(departments: int, lines: int, company: int, page: int) -> bool:
    """Whether to merge the departments' own indexes rather than to walk the company's and drop what is outside."""
    merging = min(lines, departments * page) + 2 * departments
    walking = page * company / max(lines, 1) * CLUSTERED
    return merging <= walking or departments <= 100


def count_matching(
    session: Session, actor: Actor, permission: Permission, line_filter: LineFilter, *, most: int = COUNTED
) -> Count:
    """The number of matches: from the kept totals where they hold the answer, else counted up to `most`."""
    scope = find_scope(session, actor, permission, line_filter)
    if scope.is_empty:
        return Count(0)
    company_id = company_of(actor)
    if line_filter.is_counted:
        totals = (
            select(func.coalesce(func.sum(DepartmentTotal.lines), 0))
            .join(Department, _of_total())
            .where(DepartmentTotal.company_id == company_id, scope.condition)
        )
        if line_filter.state:
            totals = totals.where(DepartmentTotal.state.in_(line_filter.state))
        return Count(int(session.scalar(totals) or 0))
    query = select(literal(1)).select_from(Line).where(Line.company_id == company_id)
    query = query.where(*conditions(actor, line_filter))
    if scope.paths:
        inside = select(Department.id).where(Department.company_id == company_id, scope.condition)
        query = query.where(Line.department_id.in_(inside))
    number = session.scalar(select(func.count()).select_from(query.limit(most + 1).subquery())) or 0
    return Count(min(number, most), number <= most)


def _of_total() -> ColumnElement[bool]:
    return and_(
        Department.company_id == DepartmentTotal.company_id, Department.id == DepartmentTotal.department_id
    )

"""Selects over departments, their totals, and the operator's own hierarchy of contracts and accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import Session, aliased
from sqlalchemy.orm.util import AliasedClass

from core.errors import NotFound
from hierarchy.errors import NoDepartment
from hierarchy.models import BillingAccount, Contract, Department, DepartmentTotal
from hierarchy.tree import ids_of
from rbac.actor import ANYWHERE, Actor, company_of
from rbac.decision import is_allowed, is_everywhere, roots, visible
from rbac.permissions import Permission

MOST_FOUND = 100
BETWEEN = "«»„“”\"'()-–—/."
"""After each of these a word of a name begins, as after a blank."""


@dataclass(frozen=True)
class Node:
    """A department in the tree: lines by state with all below, how many of them stand right here."""

    department: Department
    children: int
    below: Mapping[str, int] = field(default_factory=dict)
    direct: int = 0

    @property
    def total(self) -> int:
        """All lines of the branch."""
        return sum(self.below.values())


@dataclass(frozen=True)
class ContractNode:
    """A contract with its billing accounts."""

    contract: Contract | None
    accounts: Sequence[BillingAccount]


def get_department(
    session: Session, actor: Actor, department_id: int, permission: Permission = Permission.STRUCTURE_VIEW
) -> Department:
    """A department that the actor may see by this permission; raises NoDepartment."""
    department = session.scalar(
        select(Department).where(Department.company_id == company_of(actor), Department.id == department_id)
    )
    if department is None or not is_allowed(actor, permission, department.path):
        raise NoDepartment
    return department


def get_root(session: Session, company_id: int) -> Department:
    """The department that stands for the company; raises NotFound."""
    root = session.scalar(
        select(Department).where(Department.company_id == company_id, Department.parent_id.is_(None))
    )
    if root is None:
        raise NotFound
    return root


def top_nodes(session: Session, actor: Actor, permission: Permission) -> list[Node]:
    """The topmost departments that the actor sees: the root, or the departments of the grants."""
    paths = roots(actor, permission)
    if paths == [ANYWHERE]:
        tops = [get_root(session, company_of(actor))]
    else:
        tops = list(
            session.scalars(
                select(Department)
                .where(Department.company_id == company_of(actor), Department.path.in_(paths))
                .order_by(*by_name())
            )
        )
    return nodes(session, company_of(actor), tops)


def children(session: Session, actor: Actor, department_id: int, permission: Permission) -> list[Node]:
    """The departments right below one, by name; raises NoDepartment."""
    get_department(session, actor, department_id, permission)
    departments = session.scalars(
        select(Department)
        .where(Department.company_id == company_of(actor), Department.parent_id == department_id)
        .order_by(*by_name())
    )
    return nodes(session, company_of(actor), list(departments))


def by_name() -> tuple[ColumnElement[str], ColumnElement[int]]:
    """The order of siblings: Russian "ё" stands with "е"."""
    return func.translate(func.lower(Department.name), "ё", "е"), Department.id.expression


def nodes(session: Session, company_id: int, departments: Sequence[Department]) -> list[Node]:
    """The departments with their totals and numbers of children: two statements for all of them."""
    if not departments:
        return []
    ids = [department.id for department in departments]
    top, under = aliased(Department), aliased(Department)
    sums = session.execute(
        select(top.id, DepartmentTotal.state, func.sum(DepartmentTotal.lines), _direct_lines(top))
        .select_from(top)
        .join(under, and_(under.company_id == company_id, _under(under, top)))
        .join(
            DepartmentTotal,
            and_(DepartmentTotal.company_id == company_id, DepartmentTotal.department_id == under.id),
        )
        .where(top.company_id == company_id, top.id.in_(ids))
        .group_by(top.id, DepartmentTotal.state)
    )
    below: dict[int, dict[str, int]] = {}
    direct: dict[int, int] = {}
    for department_id, state, lines, directly in sums:
        if lines:
            below.setdefault(department_id, {})[state] = int(lines)
        direct[department_id] = direct.get(department_id, 0) + int(directly or 0)
    counted = session.execute(
        select(Department.parent_id, func.count())
        .where(Department.company_id == company_id, Department.parent_id.in_(ids))
        .group_by(Department.parent_id)
    )
    offspring = {row[0]: row[1] for row in counted}
    return [
        Node(
            department,
            offspring.get(department.id, 0),
            below.get(department.id, {}),
            direct.get(department.id, 0),
        )
        for department in departments
    ]


def _under(under: type[Department], top: type[Department]) -> ColumnElement[bool]:
    return and_(under.path >= top.path, under.path < func.rtrim(top.path, "/").concat("0"))


def _direct_lines(top: type[Department]) -> ColumnElement[int]:
    return func.sum(DepartmentTotal.lines).filter(DepartmentTotal.department_id == top.id)


def crumbs(
    session: Session, actor: Actor, department: Department, permission: Permission
) -> list[Department]:
    """The departments from the topmost that the actor sees down to this one."""
    by_id = {
        ancestor.id: ancestor for ancestor in with_ids(session, company_of(actor), ids_of(department.path))
    }
    way = [by_id[department_id] for department_id in ids_of(department.path) if department_id in by_id]
    return [ancestor for ancestor in way if is_allowed(actor, permission, ancestor.path)]


def with_ids(session: Session, company_id: int, ids: Iterable[int]) -> Sequence[Department]:
    """The departments of these ids, in no order."""
    query = select(Department).where(Department.company_id == company_id, Department.id.in_(list(ids)))
    return session.scalars(query).all()


def find_by_name(session: Session, actor: Actor, text: str, permission: Permission) -> list[Department]:
    """Departments of which a word begins with the text, the shortest way down first; at most a hundred."""
    query = (
        select(Department)
        .where(
            Department.company_id == company_of(actor), visible(actor, permission, Department.path.expression)
        )
        .where(name_matches(text))
        .order_by(func.length(Department.path), *by_name())
        .limit(MOST_FOUND)
    )
    return list(session.scalars(query))


def name_matches(
    text: str, department: type[Department] | AliasedClass[Department] = Department
) -> ColumnElement[bool]:
    """The condition that a word of the department's name begins with the text; signs between words begin none."""
    words = func.concat(
        " ", func.translate(func.lower(department.name), "ё" + BETWEEN, "е" + " " * len(BETWEEN))
    )
    sought = text.lower().translate(str.maketrans("ё" + BETWEEN, "е" + " " * len(BETWEEN))).strip()
    if text.strip() and not sought:
        return false()
    return words.contains(" " + sought, autoescape=True)


def outside_of(department: Department) -> ColumnElement[bool]:
    """The condition to be neither this department nor below it."""
    return or_(Department.path < department.path, Department.path >= department.path[:-1] + "0")


def branch(company_id: int, path: str) -> Select[Department]:
    """A department with all below it, from the top down."""
    return (
        select(Department)
        .where(
            Department.company_id == company_id, Department.path >= path, Department.path < path[:-1] + "0"
        )
        .order_by(Department.path)
    )


def names_by_path(session: Session, company_id: int, departments: Iterable[Department]) -> dict[int, str]:
    """For each department the names of those above it, "Branch › City", without the root."""
    listed = list(departments)
    above = {part for department in listed for part in ids_of(department.path)[1:-1]}
    names = (
        {department.id: department.name for department in with_ids(session, company_id, above)}
        if above
        else {}
    )
    return {
        department.id: " › ".join(names[part] for part in ids_of(department.path)[1:-1] if part in names)
        for department in listed
    }


def operator_hierarchy(session: Session, actor: Actor, seen: ColumnElement[bool]) -> list[ContractNode]:
    """Contracts with their billing accounts as the operator has them; accounts without a contract come last.

    `seen` is the condition on accounts that the actor sees them. A contract is shown for its accounts, and one
    without any to people who may see the whole company's.
    """
    company_id = company_of(actor)
    accounts = session.scalars(
        select(BillingAccount)
        .where(BillingAccount.company_id == company_id, seen)
        .order_by(BillingAccount.number)
    ).all()
    contracts = session.scalars(
        select(Contract).where(Contract.company_id == company_id).order_by(Contract.number)
    ).all()
    contract_nodes = [
        ContractNode(item, [a for a in accounts if a.contract_id == item.id]) for item in contracts
    ]
    if not is_everywhere(actor, Permission.ACCOUNTS_VIEW):
        contract_nodes = [item for item in contract_nodes if item.accounts]
    loose = [item for item in accounts if item.contract_id is None]
    return [*contract_nodes, ContractNode(None, loose)] if loose else contract_nodes

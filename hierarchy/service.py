"""Use cases of the tree: create, rename, move, merge, delete departments. Each asks for the right at both ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from core.errors import Conflict
from core.i18n import N_
from core.journal.actions import Action
from core.journal.entries import Entry, write
from hierarchy import totals, tree
from hierarchy.errors import BadName, RootStays
from hierarchy.journal import (
    DEPARTMENT_CREATED,
    DEPARTMENT_DELETED,
    DEPARTMENT_MERGED,
    DEPARTMENT_MOVED,
    DEPARTMENT_RENAMED,
)
from hierarchy.models import Department, DepartmentTotal
from hierarchy.queries import get_department
from rbac import grants
from rbac.actor import Actor, company_of
from rbac.decision import path_end, require
from rbac.models import Grant
from rbac.permissions import Permission

EDIT = Permission.STRUCTURE_EDIT
# Structure changes of one company wait for each other: two crosswise moves would else make a circle.
LOCK = text("SELECT pg_advisory_xact_lock(471100, CAST(:company % 2147483647 AS integer))")
REPATH = text("""
    UPDATE departments SET path = :new || substr(path, length(:old) + 1)
    WHERE company_id = :company AND path >= :old AND path < :past""")
MoveLines = Callable[[Session, int, Sequence[int], int], Mapping[str, int]]
"""Moves all lines of departments: session, company, departments, target; returns how many by state."""


def above(department: Department) -> str:
    """The path of what is above: where the right to move or delete a department is needed."""
    return tree.parent_path(department.path)


def create_department(session: Session, actor: Actor, parent_id: int, name: str) -> Department:
    """A new department below `parent_id`; raises NoDepartment, NotAllowed, BadName."""
    parent = _locked(session, actor, parent_id)
    require(actor, EDIT, at=parent.path)
    if parent.depth + 1 > tree.MOST_LEVELS:
        raise BadName(N_("The tree would have more than 30 levels."))
    company_id, name = company_of(actor), tree.clean_name(name)
    _refuse_twin(session, parent, name)
    new_id = session.scalar(select(func.nextval(func.pg_get_serial_sequence("departments", "id"))))
    assert new_id is not None
    department = Department(
        company_id=company_id,
        id=new_id,
        parent_id=parent.id,
        path=tree.path_below(parent, new_id),
        name=name,
    )
    session.add(department)
    session.flush()
    _note(session, actor, DEPARTMENT_CREATED, department, None, {"name": name, "parent": parent.name})
    return department


def rename_department(session: Session, actor: Actor, department_id: int, name: str) -> Department:
    """A new name; the same name changes nothing. Raises NoDepartment, NotAllowed, BadName."""
    department = _locked(session, actor, department_id)
    require(actor, EDIT, at=department.path)
    name, before = tree.clean_name(name), department.name
    if name == before:
        return department
    if department.parent_id is not None:
        _refuse_twin(session, _fresh_department(session, actor, department.parent_id), name)
    department.name = name
    session.flush()
    _note(session, actor, DEPARTMENT_RENAMED, department, {"name": before}, {"name": name})
    return department


def move_department(session: Session, actor: Actor, department_id: int, target_id: int) -> Department:
    """Hang a branch below another department; who may see what follows at once.

    The right is needed where the branch hangs now and where it goes. Raises NoDepartment, NotAllowed, Circle,
    RootStays, BadName where a department of that name is there already.
    """
    branch, target = _locked(session, actor, department_id), _fresh_department(session, actor, target_id)
    if branch.is_root:
        raise RootStays
    require(actor, EDIT, at=tree.parent_path(branch.path))
    require(actor, EDIT, at=target.path)
    tree.check_move(branch, target, height=_height(session, branch))
    if branch.parent_id == target.id:
        return branch
    _refuse_twin(session, target, branch.name)
    came_from = _department_name(session, branch)
    _hang(session, branch, target)
    names = {"parent": came_from}, {"parent": target.name}
    _note(session, actor, DEPARTMENT_MOVED, branch, *names)
    return branch


def merge_department(
    session: Session, actor: Actor, department_id: int, target_id: int, move_lines: MoveLines
) -> int:
    """Put lines and branches of one department into another and delete it; returns how many lines moved.

    The package of lines calls it (lines.departments), with its way to move them.
    """
    gone, target = _locked(session, actor, department_id), _fresh_department(session, actor, target_id)
    if gone.is_root:
        raise RootStays
    require(actor, EDIT, at=tree.parent_path(gone.path))
    require(actor, EDIT, at=target.path)
    tree.check_move(gone, target, height=_height(session, gone))
    lines = _move_lines(session, company_of(actor), [gone.id], target.id, move_lines)
    for child in _children(session, gone):
        _refuse_twin(session, target, child.name)
        _hang(session, child, target)
    _forget(session, gone)
    after = {"into": target.name, "lines": lines}
    _note(session, actor, DEPARTMENT_MERGED, gone, {"name": gone.name}, after)
    return lines


def delete_department(session: Session, actor: Actor, department_id: int, move_lines: MoveLines) -> int:
    """Delete a department with all below it; its lines go up to the one above. Returns how many lines went up.

    Refused while people hold roles on it, since their rights would silently end. The package of lines calls it
    (lines.departments), with its way to move them.
    """
    gone = _locked(session, actor, department_id)
    if gone.is_root or gone.parent_id is None:
        raise RootStays
    require(actor, EDIT, at=tree.parent_path(gone.path))
    _refuse_grants(session, gone)
    company_id = company_of(actor)
    branch = session.scalars(
        select(Department.id).where(
            Department.company_id == company_id,
            Department.path >= gone.path,
            Department.path < path_end(gone.path),
        )
    ).all()
    lines = _move_lines(session, company_id, branch, gone.parent_id, move_lines)
    below = (Department.path >= gone.path) & (Department.path < path_end(gone.path))
    session.execute(
        delete(Department).where(Department.company_id == company_id, below),
        execution_options={"synchronize_session": False},
    )
    session.expunge(gone)
    before = {"name": gone.name, "departments": len(branch), "lines": lines}
    _note(session, actor, DEPARTMENT_DELETED, gone, before, None)
    return lines


def lock_tree(session: Session, company_id: int) -> None:
    """Keep the tree as it is until the transaction ends."""
    session.execute(LOCK, {"company": company_id})


def _locked(session: Session, actor: Actor, department_id: int) -> Department:
    lock_tree(session, company_of(actor))
    return _fresh_department(session, actor, department_id)


def _fresh_department(session: Session, actor: Actor, department_id: int) -> Department:
    department = get_department(session, actor, department_id)
    session.refresh(department)
    return department


def _department_name(session: Session, branch: Department) -> str:
    name = session.scalar(
        select(Department.name).where(
            Department.company_id == branch.company_id, Department.id == branch.parent_id
        )
    )
    return name or ""


def _children(session: Session, department: Department) -> list[Department]:
    query = select(Department).where(
        Department.company_id == department.company_id, Department.parent_id == department.id
    )
    return list(session.scalars(query.order_by(Department.id)))


def _height(session: Session, branch: Department) -> int:
    """The number of levels below."""
    deepest = session.scalar(
        select(func.max(func.length(func.regexp_replace(Department.path, "[^/]", "", "g")))).where(
            Department.company_id == branch.company_id,
            Department.path >= branch.path,
            Department.path < path_end(branch.path),
        )
    )
    return (deepest or branch.path.count("/")) - branch.path.count("/")


def _hang(session: Session, branch: Department, target: Department) -> None:
    """Write the paths of the whole branch in one statement, and the grants on it in another."""
    old, new = branch.path, tree.path_below(target, branch.id)
    session.execute(
        update(Department)
        .where(Department.company_id == branch.company_id, Department.id == branch.id)
        .values(parent_id=target.id),
        execution_options={"synchronize_session": False},
    )
    params: dict[str, Any] = {"company": branch.company_id, "old": old, "new": new, "past": path_end(old)}
    session.execute(REPATH, params)
    grants.repath(session, branch.company_id, old, new)
    session.expire_all()


def _move_lines(
    session: Session, company_id: int, departments: Sequence[int], target_id: int, move_lines: MoveLines
) -> int:
    """All lines of these departments to another, with the totals; returns how many."""
    moved = move_lines(session, company_id, departments, target_id)
    totals.add(session, company_id, {(target_id, state): lines for state, lines in moved.items()})
    session.execute(
        delete(DepartmentTotal).where(
            DepartmentTotal.company_id == company_id, DepartmentTotal.department_id.in_(departments)
        ),
        execution_options={"synchronize_session": False},
    )
    return sum(moved.values())


def _forget(session: Session, gone: Department) -> None:
    _refuse_grants(session, gone)
    session.execute(
        delete(Department).where(Department.company_id == gone.company_id, Department.id == gone.id),
        execution_options={"synchronize_session": False},
    )
    session.expunge(gone)


def _refuse_grants(session: Session, gone: Department) -> None:
    count = session.scalar(
        select(func.count()).where(
            Grant.company_id == gone.company_id, Grant.path >= gone.path, Grant.path < path_end(gone.path)
        )
    )
    if count:
        message = N_("People hold roles on this department (%(count)s). Move or take these roles first.")
        raise Conflict(message, code="has_grants", count=count)


def _refuse_twin(session: Session, parent: Department, name: str) -> None:
    twin_id = session.scalar(
        select(Department.id).where(
            Department.company_id == parent.company_id,
            Department.parent_id == parent.id,
            func.lower(Department.name) == func.lower(name),
        )
    )
    if twin_id is not None:
        raise BadName(N_("A department of this name is already there."))


def _note(
    session: Session,
    actor: Actor,
    action: Action,
    department: Department,
    before: dict[str, Any] | None,
    after: dict[str, Any] | None,
) -> None:
    write(session, actor, [Entry(action, "department", department.id, before, after, label=department.name)])

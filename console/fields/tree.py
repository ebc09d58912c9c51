"""The tree of departments as pages show it: what is open, what leads where, what was found by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from flask import url_for

from console.web.routing import actor, db
from hierarchy import queries
from hierarchy.models import Department
from hierarchy.queries import Node
from hierarchy.tree import ids_of
from lines.filters import LineFilter
from rbac.actor import company_of
from rbac.permissions import Permission


@dataclass(frozen=True)
class Tree:
    """A tree on some page: who may see what of it, and where its departments lead.

    `load` gives the address that brings a department's children; `direct` that of what stands right in it.
    """

    permission: Permission
    address: Callable[[int], str]
    load: Callable[[int], str]
    current: int | None = None
    direct: Callable[[int], str] | None = None
    is_direct: bool = False


@dataclass(frozen=True)
class Branch:
    """A department as it is drawn: open ones bring their children, others the address that brings them."""

    node: Node
    address: str
    load: str
    direct: str
    is_current: bool
    is_direct: bool
    is_open: bool
    children: Sequence[Branch]

    @property
    def department(self) -> Department:
        """The department itself."""
        return self.node.department


@dataclass(frozen=True)
class Found:
    """A department found by name, with those above it in words."""

    department: Department
    above: str
    address: str


def lines_tree(wanted: LineFilter) -> Tree:
    """Beside the list of numbers, whose filter it keeps."""
    narrowed = wanted.without("direct", "department")
    kept = f"?{wanted.query()}" if wanted.query() else ""

    def address(department_id: int) -> str:
        return f"{url_for('lines.index')}?{narrowed.query(department=department_id)}"

    def direct(department_id: int) -> str:
        return f"{url_for('lines.index')}?{narrowed.query(department=department_id, direct='yes')}"

    def load(department_id: int) -> str:
        return url_for("tree.branch", department_id=department_id) + kept

    return Tree(Permission.LINES_VIEW, address, load, wanted.department, direct, bool(wanted.direct))


def structure_tree(current: int | None) -> Tree:
    """On the page of the structure."""
    return Tree(
        Permission.STRUCTURE_VIEW,
        lambda department_id: url_for("structure.index", department=department_id),
        lambda department_id: url_for("structure.branch", department_id=department_id),
        current,
    )


def open_tree(tree: Tree) -> list[Branch]:
    """The tops that the actor sees, opened down to the current department and what is right below it."""
    way: set[int] = set()
    if tree.current is not None:
        departments = queries.with_ids(db(), company_of(actor()), [tree.current])
        way = {part for department in departments for part in ids_of(department.path)}
    tops = queries.top_nodes(db(), actor(), tree.permission)
    if len(tops) == 1:
        way.add(tops[0].department.id)
    return [_branch(node, tree, way) for node in tops]


def branches_below(
    tree: Tree, department_id: int, way: frozenset[int] | set[int] = frozenset()
) -> list[Branch]:
    """The departments right below one, closed but for those on the way."""
    below = queries.children(db(), actor(), department_id, tree.permission)
    return [_branch(node, tree, way) for node in below]


def _branch(node: Node, tree: Tree, way: frozenset[int] | set[int]) -> Branch:
    department = node.department
    is_open = node.children > 0 and department.id in way
    is_here = department.id == tree.current
    return Branch(
        node=node,
        address=tree.address(department.id),
        load=tree.load(department.id) if node.children else "",
        direct=tree.direct(department.id) if tree.direct and node.direct else "",
        is_current=is_here and not tree.is_direct,
        is_direct=is_here and tree.is_direct,
        is_open=is_open,
        children=branches_below(tree, department.id, way) if is_open else (),
    )


def found_by_name(tree: Tree, text: str) -> list[Found]:
    """Departments of which a word begins with the text."""
    departments = queries.find_by_name(db(), actor(), text, tree.permission)
    above = queries.names_by_path(db(), company_of(actor()), departments)
    return [
        Found(department, above[department.id], tree.address(department.id)) for department in departments
    ]

"""The decision: may this actor do that here? The only place that builds a Flask-Principal permission."""

from __future__ import annotations

from flask_principal import Permission as PrincipalPermission
from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from core.errors import NotAllowed
from rbac.actor import ANYWHERE, Actor, Granted
from rbac.permissions import Permission


def ancestors(path: str) -> list[str]:
    """The path itself and every path above it: "/1/4/" gives ["/1/", "/1/4/"]."""
    parts = [part for part in path.split("/") if part]
    return ["/" + "/".join(parts[: depth + 1]) + "/" for depth in range(len(parts))]


def is_allowed(actor: Actor, permission: Permission, at: str) -> bool:
    """True where the permission is granted on the path or above it."""
    needs = [Granted(permission.value, path) for path in ancestors(at)]
    needs.append(Granted(permission.value, ANYWHERE))
    # An empty Principal permission would allow everyone; ANYWHERE keeps the list from being empty.
    return bool(PrincipalPermission(*needs).allows(actor.identity))


def holds(actor: Actor, permission: Permission) -> bool:
    """True where the permission is granted anywhere at all: for menus and buttons."""
    return any(granted.permission == permission.value for granted in actor.grants)


def require(actor: Actor, permission: Permission, *, at: str | None = None) -> None:
    """Raise NotAllowed unless the actor holds the permission at the path; without a path, anywhere."""
    allowed = holds(actor, permission) if at is None else is_allowed(actor, permission, at)
    if not allowed:
        raise NotAllowed(permission.value)


def is_everywhere(actor: Actor, permission: Permission) -> bool:
    """True where the permission is granted on the whole company: at the root, whose path has one part."""
    return any(path == ANYWHERE or path.count("/") == 2 for path in roots(actor, permission))


def require_everywhere(actor: Actor, permission: Permission) -> None:
    """Raise NotAllowed unless the permission is granted on the whole company."""
    if not is_everywhere(actor, permission):
        raise NotAllowed(permission.value)


def roots(actor: Actor, permission: Permission) -> list[str]:
    """The topmost paths on which the permission is granted, sorted; [ANYWHERE] for the system."""
    paths = sorted(granted.path for granted in actor.grants if granted.permission == permission.value)
    if ANYWHERE in paths:
        return [ANYWHERE]
    topmost: list[str] = []
    for path in paths:
        if not topmost or not path.startswith(topmost[-1]):
            topmost.append(path)
    return topmost


def below(column: ColumnElement[str] | InstrumentedAttribute[str], path: str) -> ColumnElement[bool]:
    """The path or anything below it, as a range comparison that an index serves under row-level security."""
    return and_(column >= path, column < path_end(path))


def path_end(path: str) -> str:
    """The first text after every path that starts with this one: "/1/4/" gives "/1/40" ("0" follows "/")."""
    return path[:-1] + "0"


def visible(
    actor: Actor, permission: Permission, column: ColumnElement[str] | InstrumentedAttribute[str]
) -> ColumnElement[bool]:
    """The same right as a condition on a column of paths; false() where it is granted nowhere."""
    paths = roots(actor, permission)
    if paths == [ANYWHERE]:
        return true()
    if not paths:
        return false()
    return or_(*(below(column, path) for path in paths))

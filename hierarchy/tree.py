"""Rules of the tree on plain values: names, paths, and where a branch may hang. No session."""

from __future__ import annotations

from core.i18n import N_
from core.looks import INVISIBLE, has_invisible
from hierarchy.errors import BadName, Circle, RootStays
from hierarchy.models import Department

LONGEST_NAME = 120
MOST_LEVELS = 30


def clean_name(name: str) -> str:
    """The name without blanks around and doubled within; raises BadName."""
    cleaned = " ".join(name.split())
    if not cleaned:
        raise BadName(N_("Enter a name."))
    if has_invisible(cleaned):
        raise BadName(INVISIBLE)
    if len(cleaned) > LONGEST_NAME:
        raise BadName(N_("The name is longer than 120 characters."))
    return cleaned


def path_below(parent: Department, department_id: int) -> str:
    """The path of a child."""
    return f"{parent.path}{department_id}/"


def parent_path(path: str) -> str:
    """The path of what is above: "/1/4/" gives "/1/"."""
    return path[: path.rstrip("/").rfind("/") + 1]


def ids_of(path: str) -> list[int]:
    """The ids from the root down: "/1/4/" gives [1, 4]."""
    return [int(part) for part in path.split("/") if part]


def check_move(branch: Department, target: Department, *, height: int) -> None:
    """Raise RootStays, Circle or BadName where the branch (of `height` levels below it) may not hang there."""
    if branch.is_root:
        raise RootStays
    if target.path.startswith(branch.path):
        raise Circle
    if target.depth + 1 + height > MOST_LEVELS:
        raise BadName(N_("The tree would have more than 30 levels."))

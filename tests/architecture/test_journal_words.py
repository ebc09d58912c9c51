"""Whatever is written into the journal can be read there by people."""

from __future__ import annotations

import ast
import re

from core.journal.words import ACTIONS, AREAS
from tests.architecture.source import ROOT

WRITERS = {"Entry", "_note", "_write"}
ACTION = re.compile(r"[a-z]+\.[a-z_]+")
PACKAGES = (
    "core",
    "rbac",
    "hierarchy",
    "users",
    "operators",
    "runs",
    "lines",
    "forms",
    "reports",
    "notices",
    "console",
)


def _actions() -> dict[str, str]:
    """Every action that is written out in a call that makes an entry, with its place."""
    found: dict[str, str] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call) and _name(node.func) in WRITERS:
                    for value in node.args:
                        if isinstance(value, ast.Constant) and ACTION.fullmatch(str(value.value)):
                            found[str(value.value)] = f"{path.relative_to(ROOT)}:{node.lineno}"
    return found


def _name(called: ast.expr) -> str:
    if isinstance(called, ast.Attribute):
        return called.attr
    return called.id if isinstance(called, ast.Name) else ""


def test_every_action_has_words() -> None:
    actions = _actions()
    assert "company.added" in actions
    assert not {name: place for name, place in actions.items() if name not in ACTIONS}
    assert not {name for name in actions if name.partition(".")[0] not in {*AREAS, "list"}}

"""What is written into the journal is a declared action: a value with its words, declared once beside its services."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import bootstrap
from core.journal.actions import Action
from forms.requests.journal import STEPS
from forms.requests.transitions import TRANSITIONS
from lines.operations import OPERATIONS
from tests.architecture.source import product_files, shown, tree

WITHOUT_AREA = {"list"}
"""Areas by which nobody searches."""
REGISTRY = bootstrap.journal_registry(OPERATIONS)


def _calls(name: str) -> Iterator[tuple[Path, ast.Call]]:
    for path in product_files():
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and _called(node.func) == name:
                yield path, node


def _called(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def _first(call: ast.Call, name: str) -> ast.expr | None:
    if call.args:
        return call.args[0]
    return next((keyword.value for keyword in call.keywords if keyword.arg == name), None)


def _declared() -> list[str]:
    """Codes of the actions that the source declares one by one."""
    codes = [_first(call, "code") for _, call in _calls("Action")]
    return [str(code.value) for code in codes if isinstance(code, ast.Constant)]


def test_no_entry_is_written_with_a_text_for_an_action() -> None:
    entries = list(_calls("Entry"))
    assert len(entries) > 15
    texts = [
        f"{shown(path)}:{call.lineno}"
        for path, call in entries
        if isinstance(_first(call, "action"), ast.Constant | ast.JoinedStr | ast.BinOp | None)
    ]
    assert not texts, f"give these a declared Action: {texts}"


def test_actions_are_declared_in_the_journal_module_of_their_domain() -> None:
    elsewhere = sorted({shown(path) for path, _ in _calls("Action") if path.name != "journal.py"})
    assert not elsewhere


def test_no_two_actions_have_one_code() -> None:
    twice = [code for code, count in Counter(_declared()).items() if count > 1]
    assert "company.added" in _declared()
    assert not twice


def test_every_declared_action_is_gathered() -> None:
    assert not set(_declared()) - REGISTRY.actions.keys()


def test_every_action_has_an_area() -> None:
    areas = {Action(code, "").area for code in REGISTRY.actions}
    assert areas - WITHOUT_AREA == REGISTRY.areas.keys()


def test_every_step_of_a_request_has_its_action() -> None:
    assert STEPS.keys() == {row.name for row in TRANSITIONS}
    assert all(action.code == f"request.{name}" for name, action in STEPS.items())

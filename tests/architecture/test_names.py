"""No value and no function has a name that says nothing of it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import ROOT, product_files, shown, tree

EMPTY = {"found", "one", "told", "opened"}
TEST_FILES = sorted((ROOT / "tests").rglob("*.py"))


def _names(module: ast.Module) -> Iterator[tuple[str, int]]:
    """The names that a module gives, with their lines, however they are given."""
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, node.lineno
            case ast.arg(arg=name) | ast.alias(asname=str(name)) | ast.ExceptHandler(name=str(name)):
                yield name, node.lineno
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
                yield name, node.lineno
            case (
                ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)) | ast.MatchMapping(rest=str(name))
            ):
                yield name, node.lineno


def _faults(path: Path) -> list[str]:
    return [f"{shown(path)}:{line}: {name}" for name, line in _names(tree(path)) if name in EMPTY]


def test_values_are_named_after_what_they_hold() -> None:
    faults = [fault for path in [*product_files(), *TEST_FILES] for fault in _faults(path)]
    assert faults == [], "name each by the noun for what it holds"


@pytest.mark.parametrize(
    "source",
    [
        "found = 1",
        "rows = [one for one in ()]",
        "def told(): ...",
        "async def told(): ...",
        "def f(*, opened): ...",
        "f = lambda *one: 0",
        "self.found = 1",
        "with f() as opened: ...",
        "for one, _ in (): ...",
        "(found := 1)",
        "import re as found",
        "try: ...\nexcept OSError as told: ...",
        "match f():\n    case [one, *_]: ...",
    ],
)
def test_every_way_to_give_a_name_is_seen(source: str) -> None:
    assert EMPTY & {name for name, _ in _names(ast.parse(source))}

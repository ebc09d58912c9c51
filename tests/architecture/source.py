"""The product's own source as the architecture tests read it: folders, files, syntax trees."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    "core",
    "rbac",
    "hierarchy",
    "users",
    "operators",
    "notices",
    "runs",
    "lines",
    "billing",
    "forms",
    "reports",
    "console",
    "sandbox",
)
TOP_FILES = ("bootstrap.py", "wsgi.py", "worker.py")


@lru_cache(maxsize=1)
def product_files() -> tuple[Path, ...]:
    """Every Python file of the product, without tests, migrations, tools and benchmarks."""
    paths = [ROOT / name for name in TOP_FILES if (ROOT / name).exists()]
    for package in PACKAGES:
        paths += sorted((ROOT / package).rglob("*.py"))
    return tuple(path for path in paths if "__pycache__" not in path.parts)


@lru_cache(maxsize=1024)
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def shown(path: Path) -> str:
    """A path as messages show it."""
    return str(path.relative_to(ROOT))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a file, nested ones too."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def imported_modules(path: Path) -> Iterator[str]:
    """The modules that a file imports, wherever the import stands."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            yield node.module

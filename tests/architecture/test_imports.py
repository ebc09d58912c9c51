"""Who may import what: the layers by import-linter, and the modules that alone know a library."""

from __future__ import annotations

import ast
import subprocess
import sys

import pytest

from tests.architecture.source import ROOT, TOP_FILES, imported_modules, product_files, shown, tree

ALONE: dict[str, tuple[str, ...]] = {
    "rq": ("core/queue.py",),
    "flask_principal": ("rbac/",),
    "openpyxl": ("core/excel",),
    "python_calamine": ("core/spreadsheets",),
    "rustpy_xlsxwriter": ("core/excel",),
}
"""Libraries that only one place of the product knows."""


def test_layers_hold() -> None:
    run = subprocess.run(
        [
            sys.executable,
            "-c",
            "from importlinter.cli import lint_imports_command; lint_imports_command()",
            "--no-cache",
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr


def test_nothing_imports_the_entry_points() -> None:
    entries = {name.removesuffix(".py") for name in TOP_FILES}
    wrong = [
        (shown(path), name)
        for path in product_files()
        for name in imported_modules(path)
        if name in entries
        and not (name == "bootstrap" and shown(path) in {*TOP_FILES, "console/cli/__main__.py"})
    ]
    assert not wrong


@pytest.mark.parametrize("library", ALONE)
def test_only_one_place_knows(library: str) -> None:
    allowed = ALONE[library]
    wrong = [
        shown(path)
        for path in product_files()
        if any(name == library or name.startswith(f"{library}.") for name in imported_modules(path))
        and not shown(path).startswith(allowed)
    ]
    assert not wrong, f"{library} belongs to {allowed} alone"


def test_flask_stays_in_the_console() -> None:
    wrong = [
        (shown(path), name)
        for path in product_files()
        for name in imported_modules(path)
        if name.split(".")[0].startswith("flask")
        and not shown(path).startswith(("console/", "sandbox/"))
        and not (name == "flask_principal" and shown(path).startswith("rbac/"))
    ]
    assert not wrong


def test_no_import_hides_in_a_function() -> None:
    wrong = []
    for path in product_files():
        for function in ast.walk(tree(path)):
            if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
                wrong += [
                    f"{shown(path)}:{node.lineno}"
                    for node in ast.walk(function)
                    if isinstance(node, ast.Import | ast.ImportFrom)
                ]
    assert not wrong


def test_only_the_unit_of_work_commits() -> None:
    wrong = []
    for path in product_files():
        if shown(path) == "core/db.py" or shown(path).startswith("sandbox/"):
            continue
        wrong += [
            f"{shown(path)}:{node.lineno}"
            for node in ast.walk(tree(path))
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "commit"
        ]
    assert not wrong, "commit() stands in core/db.py alone"


BORDERS: dict[str, str] = {
    "runs/": "the runner's item boundary",
    "notices/": "the boundary of one mail: its error is not that of the mails after it",
    "console/web/errors.py": "the handler of what nobody thought of",
    "core/excel/write_workbook.py": "a panic of the Rust writer is no Exception; everything else is raised again",
    "sandbox/": "no part of the product",
}
"""Where everything may be caught, and why."""


def test_broad_except_only_at_the_borders() -> None:
    allowed = tuple(BORDERS)
    wrong = []
    for path in product_files():
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.ExceptHandler):
                continue
            is_broad = node.type is None or (
                isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}
            )
            if is_broad and not shown(path).startswith(allowed):
                wrong.append(f"{shown(path)}:{node.lineno}")
    assert not wrong

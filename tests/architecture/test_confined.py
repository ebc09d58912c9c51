"""Functions that run in a child process with bounds: all of them stand here, and import neither database nor web."""

from __future__ import annotations

import re
import subprocess
import sys

from tests.architecture.source import ROOT, product_files

CHILDREN = {"lines/uploads/child.py"}
HEAVY = {"sqlalchemy", "flask", "openpyxl", "redis", "rq", "structlog", "babel"}


def test_modules_with_functions_for_children_are_known() -> None:
    declared = {
        path.relative_to(ROOT).as_posix()
        for path in product_files()
        if re.search(r"^CONFINED\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert declared == CHILDREN


def test_they_import_little() -> None:
    for path in CHILDREN:
        module = path.removesuffix(".py").replace("/", ".")
        listing = f"import core.confined_child, {module}, sys; print(*sys.modules)"
        done = subprocess.run(
            [sys.executable, "-c", listing], cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert not HEAVY & set(done.stdout.split()), module

"""An attribute that is added to the tuple appears by itself: list, filter, sorting, card, API, report, journal.

Everything is made from the tuple when it is imported, so the cases run in a process of their own that adds to it first.
"""

from __future__ import annotations

import os
import subprocess
import sys

from tests.architecture.source import ROOT


def test_a_new_attribute_stands_everywhere() -> None:
    words = ["-m", "pytest", "-p", "tests.web.lines.new_attribute.plugin", "-p", "no:cacheprovider"]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    ran = subprocess.run(
        [sys.executable, *words, "tests/web/lines/new_attribute/cases.py"],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout[-6000:] + ran.stderr[-2000:]

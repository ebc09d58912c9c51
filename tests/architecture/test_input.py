"""Numbers that come from outside are bounded where they are read."""

from __future__ import annotations

from tests.architecture.source import ROOT


def test_arguments_are_read_as_numbers_that_a_column_holds() -> None:
    """`type=int` takes numbers of any length, which only the database would refuse: use core.bounds.whole."""
    pages = sorted((ROOT / "console").rglob("*.py"))
    unbounded = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in pages
        if "cli" not in path.parts
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if "type=int)" in line
    ]
    assert not unbounded

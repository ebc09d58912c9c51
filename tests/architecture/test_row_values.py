"""The bulk engine knows row values by their kind alone: it names neither SIM card nor phone number."""

from __future__ import annotations

import re

from tests.architecture.source import ROOT, shown

ENGINE = (
    *sorted((ROOT / "runs").rglob("*.py")),
    *sorted((ROOT / "lines" / "bulk").rglob("*.py")),
    *sorted((ROOT / "console" / "templates" / "runs").glob("*.html")),
)
WHAT_LINES_ARE_CALLED_BY = "lines/bulk/title.py"
KINDS = re.compile(r"iccid|msisdn|(?<![a-z])sims?(?![a-z])|phone number", re.IGNORECASE)
PICTURE = re.compile(r"icon\([^)]*\)")
"""A picture names itself, not a kind."""


def test_the_engine_names_no_kind_of_row_value() -> None:
    assert ENGINE
    wrong = [
        f"{shown(path)}:{number}: {line.strip()}"
        for path in ENGINE
        if shown(path) != WHAT_LINES_ARE_CALLED_BY
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if KINDS.search(PICTURE.sub("", line))
    ]
    assert not wrong, wrong

"""A document as PDF (PDF/A-2b) by Typst, with the fonts that it brings along."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from pathlib import Path

import typst

from forms.printing.document import Document

UNDRAWN = re.compile(
    "[^\n -~\u00a0-\u0377\u0391-\u03a1\u03a3-\u04ff\u10d0-\u10ff\u2000-\u2040\u2044-\u2052\u20a0-\u20bf"
    "\u2116\u2122\u2190-\u22ff\u2500-\u2604\u2610-\u262f]"
)
"""Characters that none of Typst's own fonts has; PDF/A allows no gaps, so a square stands for each."""
TEMPLATE = Path(__file__).with_name("application.typ")


def draw(document: Document, path: Path) -> None:
    """Write the PDF; the table of numbers repeats its head on every page."""
    data = UNDRAWN.sub("□", json.dumps(document.as_json(), ensure_ascii=False))
    made = typst.compile(
        _template(), sys_inputs={"data": data}, ignore_system_fonts=True, pdf_standards="a-2b"
    )
    path.write_bytes(made)


@lru_cache(maxsize=1)
def _template() -> bytes:
    return TEMPLATE.read_bytes()

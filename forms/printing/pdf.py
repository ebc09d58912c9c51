"""Draws a document as PDF (PDF/A-2b) by Typst, with the fonts that it brings along."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path

import typst

from forms.printing.document import Document

TEMPLATE = Path(__file__).with_name("application.typ")


def draw(document: Document, path: Path) -> None:
    """Write the PDF; the table of numbers repeats its head on every page."""
    data = json.dumps(document.as_json(), ensure_ascii=False)
    made = typst.compile(
        _template(), sys_inputs={"data": data}, ignore_system_fonts=True, pdf_standards="a-2b"
    )
    path.write_bytes(made)


@lru_cache(maxsize=1)
def _template() -> bytes:
    return TEMPLATE.read_bytes()

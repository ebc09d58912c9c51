"""Printed documents: PDF, DOCX and Excel of a request, filled in or blank."""

from __future__ import annotations

from pathlib import Path

from core.errors import NotFound
from forms.printing import excel, pdf, word
from forms.printing.description import blank, describe
from forms.printing.document import Document, Fact

DRAWERS = {"pdf": pdf.draw, "docx": word.draw, "xlsx": excel.draw}
MEDIA = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def write(document: Document, ending: str, path: Path) -> str:
    """Draw the document into a file; returns the media type. Raises NotFound for another ending."""
    drawer = DRAWERS.get(ending)
    if drawer is None:
        raise NotFound
    drawer(document, path)
    return MEDIA[ending]


__all__ = ["DRAWERS", "MEDIA", "Document", "Fact", "blank", "describe", "write"]

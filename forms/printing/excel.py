"""Draws a document as an Excel workbook laid out for paper."""

from __future__ import annotations

from pathlib import Path

from core.excel import Paper, write_paper
from forms.printing.document import Document


def draw(document: Document, path: Path) -> None:
    """Write the workbook: one sheet that prints on A4 pages, the head of the table repeated."""
    ends = (
        (document.date_label, document.date),
        (document.signature, ""),
        (document.name, ""),
        (document.stamp, ""),
    )
    paper = Paper(
        sheet=document.title,
        right=(document.addressee, *document.sender),
        title=document.heading,
        subtitle=" ".join(filter(None, (document.title, document.number))),
        paragraphs=document.body,
        facts=document.facts,
        head=document.head,
        rows=document.numbers,
        after=tuple(
            text
            for text in (
                document.total,
                f"{document.attach_title}:" if document.attach else "",
                *(f"{no}. {text}" for no, text in enumerate(document.attach, 1)),
            )
            if text
        ),
        ends=ends,
    )
    write_paper(path, paper)

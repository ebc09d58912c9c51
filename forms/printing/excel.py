"""A document as an Excel workbook laid out for paper."""

from __future__ import annotations

from pathlib import Path

from core.excel import Line, Paper, Signature, write_paper
from forms.printing.document import Document, Fact


def draw(document: Document, path: Path) -> None:
    """Write the workbook: a sheet with the letter that prints on A4; an annex is a sheet of its own."""
    labels = document.labels
    sender, *rest = document.sender
    right = (
        Line("", document.addressee),
        *((Line("", labels.sender),) if labels.sender else ()),
        Line(sender.label, sender.value, is_wide=bool(sender.value)),
        *map(_line, rest),
    )
    attached = (f"{labels.attached}:", *(f"{no}. {text}" for no, text in enumerate(document.attach, 1)))
    paper = Paper(
        sheet=document.title,
        right=right,
        title=document.heading.upper(),
        subject=document.subject,
        number=document.number,
        paragraphs=document.body,
        facts=tuple(map(_line, document.facts)),
        head=document.head,
        rows=document.numbers,
        annex=document.annex,
        under_table=document.total or document.note,
        ending=(*(attached if document.attach else ()), labels.closing),
        date=document.date or "_" * 16,
        date_label=labels.date,
        signature_label=labels.signature,
        signatures=tuple(Signature(signer.label, signer.value) for signer in document.signers),
        stamp=labels.stamp,
        footer=f"{document.title} {document.number}".strip(),
        page=labels.page,
    )
    write_paper(path, paper)


def _line(fact: Fact) -> Line:
    return Line(fact.label, fact.value, fact.lines, fact.is_wide)

"""Workbooks that are printed and signed: a letter on A4, a long table as an annex on a sheet of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import openpyxl
from openpyxl.styles import Font

from core.excel.paper_sheet import FONT, LETTER, BoxedTable, Letter, Line
from core.excel.write_workbook import replaced, sheet_names

_ANNEX_OF_FOUR: Final = (6, 20, 25, 36)
_ANNEX_OF_FIVE: Final = (6, 18, 23, 22, 23)


@dataclass(frozen=True)
class Signature:
    """The place of a signature: what stands under the line, and the name above it if it is known."""

    label: str
    name: str = ""


@dataclass(frozen=True)
class Paper:
    """The content of the paper, from top to bottom; all texts as people read them.

    `annex` is the heading of the sheet that the table stands on; without one it stands in the letter. `date` and
    what stands under it, what stands under signatures, and the place for a stamp are at the end of the letter.
    """

    sheet: str
    right: tuple[Line, ...]
    title: str
    subject: str
    number: str
    paragraphs: tuple[str, ...]
    facts: tuple[Line, ...]
    head: tuple[str, ...]
    rows: Sequence[Sequence[str]]
    annex: tuple[str, ...]
    under_table: str
    ending: tuple[str, ...]
    date: str
    date_label: str
    signature_label: str
    signatures: tuple[Signature, ...]
    stamp: str
    footer: str
    page: str


def write_paper(path: Path, paper: Paper) -> None:
    """Write the workbook; the file appears whole or not at all."""
    workbook: Any = openpyxl.Workbook()
    # Widths of columns are counted in digits of this font.
    workbook._named_styles["Normal"].font = Font(name=FONT, size=11)
    first = workbook.active
    first.title = sheet_names(paper.sheet, 1)[0]
    _write_letter(first, paper)
    if paper.annex:
        _write_annex(workbook.create_sheet(sheet_names(paper.annex[-1], 1)[0]), paper)
    with replaced(path) as temporary:
        workbook.save(temporary)


def _write_letter(sheet: Any, paper: Paper) -> None:
    letter = Letter(sheet, LETTER, paper.footer, paper.page)
    for line in paper.right:
        letter.put_right(line)
    letter.gap()
    letter.put(paper.title, is_bold=True, size=14, place="center")
    letter.put(paper.subject, is_bold=True, place="center")
    letter.put(paper.number, place="center")
    letter.gap()
    for text in paper.paragraphs:
        letter.put(text, indent=3)
    letter.gap()
    for line in paper.facts:
        letter.put_fact(line)
    if paper.head and not paper.annex:
        letter.gap()
        letter.put_table(BoxedTable(paper.head, paper.rows))
        letter.put(paper.under_table)
    start = letter.row
    letter.gap()
    for text in paper.ending:
        letter.put(text)
    _sign(letter, paper, paper.signatures)
    letter.keep_together(start)


def _write_annex(sheet: Any, paper: Paper) -> None:
    letter = Letter(
        sheet, _ANNEX_OF_FOUR if len(paper.head) <= 4 else _ANNEX_OF_FIVE, paper.footer, paper.page
    )
    *over, title = paper.annex
    for text in over:
        letter.put(text, place="right")
    letter.put(title, is_bold=True, size=13, place="center")
    letter.gap()
    letter.put_table(BoxedTable(paper.head, paper.rows), repeats_head=True)
    letter.put(paper.under_table)
    letter.gap()
    letter.sign(
        paper.date,
        paper.date_label,
        paper.signature_label,
        paper.signatures[0].name,
        paper.signatures[0].label,
    )


def _sign(letter: Letter, paper: Paper, signatures: Sequence[Signature]) -> None:
    first, *others = signatures
    letter.gap(20)
    letter.sign(paper.date, paper.date_label, paper.signature_label, first.name, first.label)
    letter.gap(8)
    start = letter.row + 1
    for signature in others:
        letter.gap(16)
        letter.sign("", "", paper.signature_label, signature.name, signature.label)
    letter.stamp(start, paper.stamp)

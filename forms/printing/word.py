"""Draws a document as DOCX: a template built by python-docx at first use, filled in by docxtpl."""

from __future__ import annotations

from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate

from forms.printing.document import Document

WIDTHS = (Mm(11), Mm(38), Mm(52), Mm(69))
WIDTHS_WITH_FIFTH = (Mm(11), Mm(34), Mm(44), Mm(37), Mm(44))


def draw(document: Document, path: Path) -> None:
    """Write the DOCX; texts that people typed are escaped."""
    template = DocxTemplate(BytesIO(_template(len(document.head))))
    context = document.as_json()
    rows = context["numbers"]
    context["rows"] = [{f"c{place}": cell for place, cell in enumerate(row)} for row in rows]
    context["heads"] = {f"c{place}": cell for place, cell in enumerate(document.head)}
    context["facts"] = [{"name": name, "value": value or "_" * 40} for name, value in document.facts]
    context["heading"] = document.heading.upper()
    context["subject"] = document.title if document.title != document.heading else ""
    context["sender_name"], context["sender_rest"] = document.sender[0], document.sender[1:]
    context["date"] = document.date or "_" * 16
    template.render(context, autoescape=True)
    template.save(path)


@lru_cache(maxsize=3)
def _template(columns: int) -> bytes:
    """The template with a table of so many columns; 0 leaves the table out."""
    made = docx.Document()
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(15)
    section.top_margin, section.bottom_margin = Mm(18), Mm(20)
    normal: Any = made.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(11.5)
    normal.paragraph_format.space_after = Pt(4)
    _head(made)
    _body(made)
    if columns:
        _table(made, columns)
        made.add_paragraph("{{ total }}")
    _end(made)
    target = BytesIO()
    made.save(target)
    return target.getvalue()


def _head(made: Any) -> None:
    for text, bold in (
        ("{{ addressee }}", False),
        ("{{ sender_name }}", True),
        ("{%p for line in sender_rest %}", False),
        ("{{ line }}", False),
        ("{%p endfor %}", False),
    ):
        line = made.add_paragraph()
        line.paragraph_format.left_indent = Mm(66)
        line.add_run(text).bold = bold
    title = made.add_paragraph()
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before = Pt(16)
    run = title.add_run("{{ heading }}")
    run.bold, run.font.size = True, Pt(14)
    subject = made.add_paragraph()
    subject.alignment = WD_ALIGN_PARAGRAPH.CENTER
    subject.add_run("{{ subject }}").bold = True
    number = made.add_paragraph("{{ number }}")
    number.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _body(made: Any) -> None:
    for text in ("{%p for paragraph in body %}", "{{ paragraph }}", "{%p endfor %}"):
        line = made.add_paragraph(text)
        line.paragraph_format.first_line_indent = Mm(12.5)
        line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    facts = made.add_table(rows=3, cols=2)
    facts.cell(0, 0).text = "{%tr for fact in facts %}"
    facts.cell(1, 0).text, facts.cell(1, 1).text = "{{ fact.name }}", "{{ fact.value }}"
    facts.cell(2, 0).text = "{%tr endfor %}"
    for row in facts.rows:
        row.cells[0].width, row.cells[1].width = Mm(60), Mm(110)
    made.add_paragraph()


def _table(made: Any, columns: int) -> None:
    table = made.add_table(rows=4, cols=columns)
    table.style = "Table Grid"
    table.autofit = False
    table.cell(1, 0).text = "{%tr for row in rows %}"
    table.cell(3, 0).text = "{%tr endfor %}"
    for place in range(columns):
        _cell(table.cell(0, place), f"{{{{ heads.c{place} }}}}", bold=True)
        _cell(table.cell(2, place), f"{{{{ row.c{place} }}}}", bold=False)
    widths = WIDTHS if columns == len(WIDTHS) else WIDTHS_WITH_FIFTH
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = width
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)


def _cell(cell: Any, text: str, *, bold: bool) -> None:
    run = cell.paragraphs[0].add_run(text)
    run.bold, run.font.size = bold, Pt(9.5)
    cell.paragraphs[0].paragraph_format.space_after = Pt(1)


def _end(made: Any) -> None:
    for text in (
        "{%p if attach %}",
        "{{ attach_title }}:",
        "{%p for one in attach %}",
        "{{ loop.index }}. {{ one }}",
        "{%p endfor %}",
        "{%p endif %}",
    ):
        made.add_paragraph(text).paragraph_format.keep_with_next = True
    signs = made.add_table(rows=2, cols=3)
    for place, text in enumerate(("{{ date }}", "_" * 20, "_" * 28)):
        signs.cell(0, place).text = text
    for place, text in enumerate(("{{ date_label }}", "{{ signature }}", "{{ name }}")):
        signs.cell(1, place).paragraphs[0].add_run(text).font.size = Pt(8)
    for row in signs.rows:
        for cell in row.cells:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
            cell.paragraphs[0].paragraph_format.keep_with_next = True
    stamp = made.add_paragraph()
    stamp.paragraph_format.space_before = Pt(24)
    stamp.add_run("{{ stamp }}").font.size = Pt(8)

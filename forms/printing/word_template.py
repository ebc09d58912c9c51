"""The template that documents are drawn with as DOCX: the layout of a business letter with places for docxtpl."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import docx
from docx.enum.table import WD_ALIGN_VERTICAL, WD_ROW_HEIGHT_RULE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table

from forms.printing.word_parts import (
    add_field,
    add_gap,
    add_rule_stop,
    add_run,
    border,
    box,
    keep_whole,
    make_table,
    repeat_head,
    set_font,
)

TEXT_WIDTH: Final = 170
"""Millimetres between the margins of A4."""
LETTERHEAD: Final = 58
"""Millimetres from the left margin to whom and from whom."""
FACTS: Final = (60, 110)
WIDTHS: Final = (11, 38, 48, 73)
WIDTHS_WITH_FIFTH: Final = (11, 34, 44, 37, 44)
SIGNATURES: Final = (42, 8, 48, 8, 64)
"""Date or stamp, signature, name; with gaps."""
GREY: Final = RGBColor(0x46, 0x46, 0x46)
FONT: Final = "Times New Roman"


class Shape(NamedTuple):
    """The shape of a template: columns of the table (0 for none), an annex, how many sign, filled in or blank."""

    columns: int
    has_annex: bool
    signers: int
    is_blank: bool


def build(shape: Shape) -> Any:
    """The template of this shape."""
    made = docx.Document()
    _set_page(made, 11 if shape.is_blank else 11.5)
    _letterhead(made, shape.is_blank)
    _heading(made)
    _body(made)
    if shape.columns and not shape.has_annex:
        _numbers(made, shape)
    _end(made, shape.signers)
    if shape.columns and shape.has_annex:
        _annex(made, shape)
    return made


def _set_page(made: Any, size: float) -> None:
    section = made.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(25), Mm(15)
    section.top_margin, section.bottom_margin = Mm(16), Mm(20)
    section.footer_distance = Mm(9)
    set_font(made.styles["Normal"], FONT, size)
    made.styles["Normal"].paragraph_format.space_after = Pt(3)
    footer = section.footer.paragraphs[0]
    footer.style = made.styles["Normal"]  # the footer's own has a stop in the middle
    footer.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_WIDTH), WD_TAB_ALIGNMENT.RIGHT)
    add_run(footer, "{{ footer }}\t{{ before_page }}", size=8.5)
    add_field(footer, "PAGE", 8.5)
    add_run(footer, "{{ between_pages }}", size=8.5)
    add_field(footer, "NUMPAGES", 8.5)


def _letterhead(made: Any, is_blank: bool) -> None:
    for text, is_bold, color in (
        ("{{ addressee }}", False, None),
        ("{%p if labels.sender %}", False, None),
        ("{{ labels.sender }}", False, GREY),
        ("{%p endif %}", False, None),
        ("{{ sender_name }}", not is_blank, None),
        ("{%p for line in sender %}", False, None),
        ("{{ line }}", False, None),
        ("{%p endfor %}", False, None),
    ):
        line = made.add_paragraph()
        line.paragraph_format.left_indent = Mm(LETTERHEAD)
        line.paragraph_format.space_after = Pt(1)
        if text == "{{ line }}":
            add_rule_stop(line, (LETTERHEAD + TEXT_WIDTH) // 2)
        add_rule_stop(line, TEXT_WIDTH)
        add_run(line, text, is_bold=is_bold, color=color)


def _heading(made: Any) -> None:
    for text, condition, size, before in (
        ("{{ heading }}", "", 14, 14),
        ("{{ subject }}", "subject", 11.5, 0),
        ("{{ number }}", "number", 11.5, 0),
    ):
        if condition:
            made.add_paragraph(f"{{%p if {condition} %}}")
        line = made.add_paragraph()
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.space_before, line.paragraph_format.space_after = Pt(before), Pt(0)
        line.paragraph_format.keep_with_next = True
        add_run(line, text, is_bold=condition != "number", size=size)
        if condition:
            made.add_paragraph("{%p endif %}")


def _body(made: Any) -> None:
    for text in ("{%p for paragraph in body %}", "{{ paragraph }}", "{%p endfor %}"):
        line = made.add_paragraph(text)
        line.paragraph_format.first_line_indent = Mm(12.5)
        line.paragraph_format.space_before = Pt(6)
        line.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    _facts(make_table(made, 9, FACTS))


def _facts(table: Table) -> None:
    """Three ways to show a fact: prose over the whole width, a label with its value, a line to write on."""
    for row, text in (
        (0, "{%tr for fact in facts %}"),
        (1, "{%tr if fact.kind == 'wide' %}"),
        (3, "{%tr elif fact.kind == 'text' %}"),
        (5, "{%tr else %}"),
        (7, "{%tr endif %}"),
        (8, "{%tr endfor %}"),
    ):
        table.cell(row, 0).text = text
    prose = table.cell(2, 0).merge(table.cell(2, 1))
    add_run(prose.paragraphs[0], "{{ fact.label }}", color=GREY)
    prose.add_paragraph("{{ fact.value }}").alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    for row in (4, 6):
        add_run(table.cell(row, 0).paragraphs[0], "{{ fact.label }}", color=GREY)
        keep_whole(table.rows[row])
    add_run(table.cell(4, 1).paragraphs[0], "{{ fact.value }}")
    for cell in table.rows[4].cells:
        cell.paragraphs[0].paragraph_format.space_after = Pt(1.5)
    border(table.cell(6, 1), "single", "bottom")
    table.rows[6].height, table.rows[6].height_rule = Mm(6), WD_ROW_HEIGHT_RULE.AT_LEAST
    for cell in table.rows[6].cells:
        cell.vertical_alignment = WD_ALIGN_VERTICAL.BOTTOM
        cell.paragraphs[0].paragraph_format.space_after = Pt(0)


def _numbers(made: Any, shape: Shape) -> None:
    made.add_paragraph().paragraph_format.space_after = Pt(0)
    table = make_table(made, 4, WIDTHS if shape.columns == len(WIDTHS) else WIDTHS_WITH_FIFTH)
    table.style = "Table Grid"
    table.cell(1, 0).text = "{%tr for row in rows %}"
    table.cell(3, 0).text = "{%tr endfor %}"
    for place in range(shape.columns):
        _number_cell(table.cell(0, place), f"{{{{ heads.c{place} }}}}", is_bold=True)
        _number_cell(table.cell(2, place), f"{{{{ row.c{place} }}}}", is_bold=False)
    repeat_head(table)
    for row in table.rows:
        keep_whole(row)
    if shape.is_blank:
        table.rows[2].height, table.rows[2].height_rule = Mm(6), WD_ROW_HEIGHT_RULE.AT_LEAST
    for text in ("total", "note"):
        made.add_paragraph(f"{{%p if {text} %}}")
        line = made.add_paragraph()
        line.paragraph_format.space_before = Pt(5)
        add_run(line, f"{{{{ {text} }}}}", size=11.5 if text == "total" else 9.5)
        made.add_paragraph("{%p endif %}")


def _number_cell(cell: Any, text: str, *, is_bold: bool) -> None:
    line = cell.paragraphs[0]
    line.paragraph_format.space_before = line.paragraph_format.space_after = Pt(1)
    add_run(line, text, is_bold=is_bold, size=9.5)


def _end(made: Any, signers: int) -> None:
    """Write the end; signatures never stand on a page alone: everything from the list of annexes on keeps together."""
    for text in (
        "{%p if attach %}",
        "{{ labels.attached }}:",
        "{%p for one in attach %}",
        "{{ loop.index }}. {{ one }}",
        "{%p endfor %}",
        "{%p endif %}",
        "{{ labels.closing }}",
    ):
        line = made.add_paragraph(text)
        line.paragraph_format.space_before = Pt(6 if text.startswith("{{ labels") else 0)
        line.paragraph_format.keep_with_next = True
    _signed(made)
    add_gap(made)
    _stamped(made, signers - 1)


def _annex(made: Any, shape: Shape) -> None:
    for place, alignment in enumerate(
        (WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.RIGHT, WD_ALIGN_PARAGRAPH.CENTER)
    ):
        line = made.add_paragraph()
        line.alignment = alignment
        line.paragraph_format.page_break_before = place == 0
        is_title = alignment == WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.space_before = Pt(8 if is_title else 0)
        add_run(line, f"{{{{ annex[{place}] }}}}", is_bold=is_title, size=13 if is_title else None)
    _numbers(made, shape)
    add_gap(made)
    _signed(made)


def _signed(made: Any) -> None:
    """Date, signature and name of the first who signs."""
    table = make_table(made, 2, SIGNATURES)
    table.rows[0].height, table.rows[0].height_rule = Mm(9), WD_ROW_HEIGHT_RULE.AT_LEAST
    for place, (value, label) in {
        0: ("{{ date }}", "{{ labels.date }}"),
        2: ("", "{{ labels.signature }}"),
        4: ("{{ signer.value }}", "{{ signer.label }}"),
    }.items():
        _underlined(table, 0, place, value, label)


def _stamped(made: Any, others: int) -> None:
    """The place for the stamp; beside it whoever signs too."""
    pairs = max(1, others)
    table = make_table(made, 2 * pairs, SIGNATURES)
    for row in table.rows:
        row.height, row.height_rule = Mm(22 / len(table.rows)), WD_ROW_HEIGHT_RULE.AT_LEAST
    stamp = table.cell(0, 0).merge(table.cell(2 * pairs - 1, 0))
    box(table, 0, "dashed")
    stamp.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    line = stamp.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.paragraph_format.keep_with_next = True
    add_run(line, "{{ labels.stamp }}", size=8, color=GREY)
    for place in range(others):
        _underlined(table, 2 * place, 2, "", "{{ labels.signature }}")
        signer = f"others[{place}]"
        _underlined(table, 2 * place, 4, f"{{{{ {signer}.value }}}}", f"{{{{ {signer}.label }}}}")


def _underlined(table: Table, row: int, place: int, value: str, label: str) -> None:
    upper, lower = table.cell(row, place), table.cell(row + 1, place)
    border(upper, "single", "bottom")
    upper.vertical_alignment = WD_ALIGN_VERTICAL.BOTTOM
    for cell, text, size in ((upper, value, 11.5), (lower, label, 8)):
        line = cell.paragraphs[0]
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER
        line.paragraph_format.space_after = Pt(0)
        line.paragraph_format.keep_with_next = True
        add_run(line, text, size=size, color=GREY if cell is lower else None)

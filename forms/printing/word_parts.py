"""Parts of DOCX that python-docx lacks: borders, fields, lines to write on, tables with fixed columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.table import Table


def set_font(style: Any, name: str, size: float) -> None:
    """One font for every script of a style."""
    style.font.name, style.font.size = name, Pt(size)
    for script in ("w:eastAsia", "w:cs"):
        style.element.rPr.rFonts.set(qn(script), name)


def add_run(
    paragraph: Any,
    text: str,
    *,
    is_bold: bool = False,
    size: float | None = None,
    color: RGBColor | None = None,
) -> None:
    """A text with its look; docxtpl keeps the look for what it puts in its place."""
    run = paragraph.add_run(text)
    run.bold = is_bold
    run.font.size = Pt(size) if size else None
    if color is not None:
        run.font.color.rgb = color


def add_field(paragraph: Any, code: str, size: float) -> None:
    """A field that Word counts itself, such as PAGE."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("value", "1"), ("end", "")):
        tag = {"": "w:instrText", "value": "w:t"}.get(kind, "w:fldChar")
        part: Any = OxmlElement(tag)
        if tag == "w:fldChar":
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run = paragraph.add_run()
        run.font.size = Pt(size)
        run._r.append(part)


def add_rule_stop(paragraph: Any, place: float) -> None:
    """A tab in this paragraph draws a line up to so many millimetres."""
    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(place), WD_TAB_ALIGNMENT.LEFT, WD_TAB_LEADER.LINES)


def add_gap(made: Any) -> None:
    """Keep two tables apart, which would grow together, and on one page."""
    gap = made.add_paragraph()
    gap.paragraph_format.space_after = Pt(0)
    gap.paragraph_format.keep_with_next = True


def make_table(made: Any, rows: int, widths: Sequence[int]) -> Table:
    """A table whose columns have these widths in millimetres, whatever stands in them."""
    table: Table = made.add_table(rows=rows, cols=len(widths))
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Mm(width)
        for cell in column.cells:
            cell.width = Mm(width)
    return table


def keep_whole(row: Any) -> None:
    """The row does not break over pages."""
    _mark(row, "w:cantSplit")


def repeat_head(table: Table) -> None:
    """The first row stands on top of every page."""
    _mark(table.rows[0], "w:tblHeader")


def _mark(row: Any, name: str) -> None:
    mark: Any = OxmlElement(name)
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)


def box(table: Table, place: int, kind: str) -> None:
    """A box around all cells of a column, which may be merged."""
    cells = [row._tr.tc_lst[place] for row in table.rows]
    for at, cell in enumerate(cells):
        ends = [side for side, is_end in (("top", at == 0), ("bottom", cell is cells[-1])) if is_end]
        _border(cell, kind, ("left", "right", *ends))


def border(cell: Any, kind: str, *sides: str) -> None:
    """Lines on some sides of a cell."""
    _border(cell._tc, kind, sides)


def _border(cell: Any, kind: str, sides: Sequence[str]) -> None:
    borders: Any = OxmlElement("w:tcBorders")
    for side in ("top", "left", "bottom", "right"):  # in the order that the format wants
        if side in sides:
            line: Any = OxmlElement(f"w:{side}")
            line.set(qn("w:val"), kind)
            line.set(qn("w:sz"), "4")
            line.set(qn("w:color"), "808080" if kind == "dashed" else "000000")
            borders.append(line)
    cell.get_or_add_tcPr().append(borders)

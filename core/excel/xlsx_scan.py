"""Measures the XML of a workbook as it is unpacked, so that nothing hostile or lying reaches the parser."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from core.excel.refusals import FileRefused, ReadLimits
from core.excel.xlsx_archive import WorkbookArchive
from core.excel.xlsx_walk import SheetWalk, column_number, sheet_parts

_DOCTYPE: Final = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_CELL: Final = re.compile(rb"<c[\s/>]")
_ROW: Final = re.compile(rb"<row[\s/>]")
_CELL_COLUMN: Final = re.compile(rb'<c r="([A-Z]{1,3})\d{1,7}"')
_ROW_NUMBER: Final = re.compile(rb'<(?:c|row) r="[A-Z]{0,3}(\d{1,7})"')
_PREFIXED: Final = re.compile(rb":(?:c|row|f|v|is|t|si)[\s/>]")
_FORMULA: Final = re.compile(rb"<f[\s/>]")
_VALUE: Final = re.compile(rb"<(?:\w+:)?v(?:\s[^>]*)?>([^<]*)")
_LONGEST_TAG: Final = 4 * 1024 * 1024
_LONG_TEXT: Final = 1_000


@dataclass(slots=True)
class PartMeasure:
    """What the XML of one part says of itself: cells, the last column and row it names, where text is long.

    ``is_plain`` is false where the cells are written in a way the quick patterns do not cover.
    """

    cells: int = 0
    columns: int = 0
    rows: int = 0
    is_plain: bool = True
    has_formulas: bool = False
    texts: int = 0
    long_texts: dict[int, int] = field(default_factory=dict)

    def add(self, xml: bytes) -> None:
        """Takes the next piece, which ends between two tags."""
        if b"<!" in xml and _DOCTYPE.search(xml):
            raise FileRefused("unsafe")
        if b"<si" in xml or self.texts:
            self._add_texts(xml)
        cells = len(_CELL.findall(xml)) if b"<c" in xml else 0
        rows = len(_ROW.findall(xml)) if b"<row" in xml else 0
        if b":" in xml and _PREFIXED.search(xml):
            self.is_plain = False
        if cells or rows:
            self._add_cells(xml, cells, rows)

    def _add_cells(self, xml: bytes, cells: int, rows: int) -> None:
        columns = _CELL_COLUMN.findall(xml)
        numbers = _ROW_NUMBER.findall(xml)
        if len(columns) != cells or len(numbers) != cells + rows:
            self.is_plain = False
        self.cells += cells
        self.columns = max(self.columns, max(map(column_number, set(columns)), default=0))
        self.rows = max(self.rows, max(map(int, set(numbers)), default=0))
        self.has_formulas = self.has_formulas or (b"<f" in xml and _FORMULA.search(xml) is not None)

    def _add_texts(self, xml: bytes) -> None:
        """Remembers the shared texts so long that many cells repeating them would fill the memory."""
        pieces = xml.split(b"<si")
        for index, piece in enumerate(pieces):
            if len(piece) > _LONG_TEXT:
                place = self.texts + index - 1
                self.long_texts[place] = self.long_texts.get(place, 0) + len(piece)
        self.texts += len(pieces) - 1


@dataclass(frozen=True, slots=True)
class Formulas:
    """Cells of one sheet that hold a formula, as (row, column) counted from 1."""

    with_value: frozenset[tuple[int, int]] = frozenset()
    without_value: frozenset[tuple[int, int]] = frozenset()


def check_content(archive: WorkbookArchive, limits: ReadLimits) -> dict[str, Formulas]:
    """Reads every part; returns the formulas by sheet name, or refuses what the parser could choke on."""
    parts = sheet_parts(archive)
    measures = {name: _measure(archive, name) for name in _xml_names(archive)}
    if sum(measure.cells for measure in measures.values()) > limits.cells:
        raise FileRefused("too_many_cells")
    _check_text(archive, measures, limits)
    area = 0
    formulas: dict[str, Formulas] = {}
    for name, measure in measures.items():
        needs_walk = measure.has_formulas or not measure.is_plain
        part_area = measure.columns * measure.rows
        if needs_walk or part_area > limits.cells:
            walk = SheetWalk(archive_pieces(archive, name), limits)
            part_area = walk.columns * walk.rows
            formulas[name.lower()] = Formulas(
                frozenset(walk.formulas_with_value), frozenset(walk.formulas_without_value)
            )
        area += part_area
        if area > limits.cells:
            raise FileRefused("too_many_cells")
    return {sheet: formulas[part] for sheet, part in parts.items() if part in formulas}


def archive_pieces(archive: WorkbookArchive, name: str) -> Iterator[bytes]:
    """The unpacked part ``name`` in pieces that end between two tags."""
    entry = next(entry for entry in archive.entries if entry.filename == name)
    return _whole_tags(archive.chunks(entry))


def _xml_names(archive: WorkbookArchive) -> list[str]:
    """The parts a parser can take for sheets or texts; ``sheet_parts`` sees to it that all sheets are."""
    return [entry.filename for entry in archive.entries if entry.filename.lower().endswith((".xml", ".rels"))]


def _measure(archive: WorkbookArchive, name: str) -> PartMeasure:
    measure = PartMeasure()
    for piece in archive_pieces(archive, name):
        if b"\0" in piece:
            raise FileRefused("unsafe")  # another encoding, in which the patterns above see nothing
        measure.add(piece)
    return measure


def _whole_tags(chunks: Iterable[bytes]) -> Iterator[bytes]:
    tail = b""
    for chunk in chunks:
        joined = tail + chunk
        cut = joined.rfind(b"<")
        if cut < 0:
            cut = 0
        tail = joined[cut:]
        if len(tail) > _LONGEST_TAG:
            raise FileRefused("unsafe")
        yield joined[:cut]
    yield tail


def _check_text(archive: WorkbookArchive, measures: dict[str, PartMeasure], limits: ReadLimits) -> None:
    """Bounds what the cells take together when each repeats the shared text it points to."""
    lengths: dict[int, int] = {}
    for measure in measures.values():
        for place, length in measure.long_texts.items():
            lengths[place] = max(length, lengths.get(place, 0))
    if sum(measure.texts for measure in measures.values()) > limits.cells:
        raise FileRefused("too_many_cells")
    longest = max(lengths.values(), default=0)
    if longest * sum(measure.cells for measure in measures.values()) <= limits.text_bytes:
        return
    total = 0
    for name, measure in measures.items():
        if not measure.cells:
            continue
        for piece in archive_pieces(archive, name):
            total += sum(_text_length(value, lengths, longest) for value in _VALUE.findall(piece))
            if total > limits.text_bytes:
                raise FileRefused("too_many_cells")
            if b"<!" in piece:
                raise FileRefused("unsafe")  # a comment inside a value hides which text it points to


def _text_length(value: bytes, lengths: dict[int, int], longest: int) -> int:
    value = value.strip()
    if value.isdigit() and len(value) < 10:
        return lengths.get(int(value), 0)
    return longest if not value or b"&" in value else 0  # it may be a number in disguise

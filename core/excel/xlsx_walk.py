"""Walks a sheet's XML cell by cell: exact where the quick patterns are not, used only where it must be."""

from collections.abc import Callable, Iterable
from pathlib import PurePosixPath
from typing import Final
from xml.parsers import expat

from core.excel.refusals import FileRefused, ReadLimits
from core.excel.xlsx_archive import WorkbookArchive

_LETTERS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HIGHEST: Final = 10_000_000


def column_number(letters: bytes) -> int:
    """1 for ``A``, 27 for ``AA``."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + _LETTERS.index(letter) + 1
    return number


class SheetWalk:
    """Extent of the cells with content and the cells with formulas of one sheet; positions count from 1.

    expat reads no external entity, and a document type is refused before a walk begins.
    """

    def __init__(self, pieces: Iterable[bytes], limits: ReadLimits) -> None:
        self.columns = self.rows = 0
        self.formulas_with_value: set[tuple[int, int]] = set()
        self.formulas_without_value: set[tuple[int, int]] = set()
        self._row = self._column = self._cells = self._formulas = 0
        self._limits = limits
        self._has_formula = self._has_value = self._in_value = False
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        try:
            for piece in pieces:
                parser.Parse(piece, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError) as error:
            raise FileRefused("damaged") from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._begin_cell(attributes.get("r"))
        elif tag == "f":
            self._has_formula = True
            self._formulas += 1
            if self._formulas > self._limits.formulas:
                raise FileRefused("too_many_formulas", limit=self._limits.formulas)
        elif tag in ("v", "is"):
            self._in_value = True
        elif tag == "row":
            self._row = _bounded(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0

    def _begin_cell(self, reference: str | None) -> None:
        self._cells += 1
        if self._cells > self._limits.walked_cells:
            raise FileRefused("too_many_cells")
        self._has_formula = self._has_value = self._in_value = False
        if reference is None:
            self._column += 1
            return
        letters = reference.rstrip("0123456789")
        self._column = column_number(letters.encode())
        self._row = _bounded(reference[len(letters) :])

    def _text(self, text: str) -> None:
        if self._in_value and text:
            self._has_value = True

    def _end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag in ("v", "is"):
            self._in_value = False
        elif tag == "c":
            if self._has_value:
                self.columns = max(self.columns, self._column)
                self.rows = max(self.rows, self._row)
            if self._has_formula:
                cells = self.formulas_with_value if self._has_value else self.formulas_without_value
                cells.add((self._row, self._column))


def sheet_parts(archive: WorkbookArchive) -> dict[str, str]:
    """Which entry of the archive (in lower case) holds which sheet, by the sheet's name."""
    targets: dict[str, str] = {}
    sheets: dict[str, str] = {}

    def relationship(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "Relationship":
            target = attributes.get("Target", "")
            path = PurePosixPath("xl", target) if not target.startswith("/") else PurePosixPath(target[1:])
            targets[attributes.get("Id", "")] = str(path).lower()

    def sheet(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == "sheet":
            sheets[attributes.get("name", "")] = next(
                (value for key, value in attributes.items() if key.endswith(":id")), ""
            )

    _parse_elements(archive.read("xl/_rels/workbook.xml.rels"), relationship)
    _parse_elements(archive.read("xl/workbook.xml"), sheet)
    parts = {name: targets[identifier] for name, identifier in sheets.items() if identifier in targets}
    if not all(part.endswith(".xml") for part in parts.values()):
        raise FileRefused("unsafe")
    return parts


def _parse_elements(xml: bytes, handler: Callable[[str, dict[str, str]], None]) -> None:
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler = handler
    try:
        parser.Parse(xml, True)
    except expat.ExpatError as error:
        raise FileRefused("damaged") from error


def _bounded(digits: str) -> int:
    number = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else _HIGHEST + 1
    if not 0 < number <= _HIGHEST:
        raise FileRefused("damaged")
    return number

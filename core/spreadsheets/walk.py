"""A walk through a sheet's XML tag by tag: exact where the patterns of `marks` are not, used only where it must be."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final
from xml.parsers import expat

from core.spreadsheets.refusals import FileRefused, ReadLimits

if TYPE_CHECKING:
    from core.spreadsheets.marks import Marks

_PLACE: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_TRUE: Final = frozenset({"1", "true"})


def walk(pieces: Iterable[bytes], marks: Marks, limits: ReadLimits) -> None:
    """Add to `marks` what the XML holds; a document type is refused, so there is no entity to expand."""
    walker = _Walker(marks, limits)
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = walker.refuse
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.CharacterDataHandler = walker.text
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, ValueError) as error:
        raise FileRefused("damaged") from error


class _Walker:
    """The place of the tag that is being read; positions count from 1."""

    def __init__(self, marks: Marks, limits: ReadLimits) -> None:
        self._marks, self._limits = marks, limits
        self._row = self._column = 0
        self._type = self._value = ""
        self._has_formula = self._in_value = False

    def refuse(self, *_parts: object) -> None:
        raise FileRefused("unsafe")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "c":
            self._begin_cell(attributes)
        elif tag == "f":
            self._has_formula = True
        elif tag == "v":
            self._in_value = True
        elif tag == "row":
            self._row = int(attributes["r"]) if "r" in attributes else self._row + 1
            self._column = 0
            if attributes.get("hidden") in _TRUE:
                self._marks.hidden_rows.add(self._row)
        elif tag == "col" and attributes.get("hidden") in _TRUE:
            self._marks.hide_columns(int(attributes.get("min", 1)), int(attributes.get("max", 1)))

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self._has_formula = self._in_value = False
        self._type, self._value = attributes.get("t", ""), ""
        self._column += 1
        place = _PLACE.fullmatch(attributes.get("r", ""))
        if place is not None:
            self._row, self._column = int(place[2]), 0
            for letter in place[1]:
                self._column = self._column * 26 + ord(letter) - 64

    def text(self, text: str) -> None:
        if self._in_value:
            self._value += text[:20]

    def end(self, name: str) -> None:
        tag = name.rpartition(":")[2]
        if tag == "v":
            self._in_value = False
        elif tag == "c":
            if self._has_formula:
                has_result = bool(self._value) or self._type == "str"
                self._marks.add_formula(self._row, self._column, has_result=has_result, limits=self._limits)
            if self._type == "e" and self._value:
                self._marks.errors[self._row, self._column] = self._value

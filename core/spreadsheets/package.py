"""The zip archive that an .xlsx, .xlsb or .ods file is: what is inside, and what is refused before it is parsed."""

import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final, Literal
from xml.parsers import expat

from core.spreadsheets.refusals import FileRefused, ReadLimits

Format = Literal["xlsx", "xlsb", "ods"]

ZIP_MAGIC: Final = b"PK\x03\x04"
EMPTY_ZIP_MAGIC: Final = b"PK\x05\x06"
_CHUNK: Final = 1024 * 1024
_LONGEST_ROW: Final = 8 * 1024 * 1024
_ARCHIVE_SUFFIXES: Final = frozenset(
    {".zip", ".xlsx", ".xlsm", ".xlsb", ".docx", ".pptx", ".rar", ".7z", ".gz"}
)
_DIMENSION: Final = re.compile(rb"<(?:\w+:)?dimension\b[^>]*?(?:/>|>\s*</(?:\w+:)?dimension\s*>)")
_READ_PARTS: Final = ("_rels/", "worksheets/", "sharedstrings.xml", "workbook.xml", "[content_types].xml")


class Package:
    """The entries of the archive by their names, without regard to capitals and to how folders are divided.

    The directory of the archive may lie about sizes: reading an entry never gives more than it promises, and what the
    parser unpacks by itself is bounded by the memory of the process.
    """

    def __init__(self, path: Path, limits: ReadLimits) -> None:
        try:
            self._archive = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise FileRefused("damaged") from error
        entries = self._archive.infolist()
        if len(entries) > limits.entries:
            raise FileRefused("unsafe")
        self.entries = {_plain_name(entry.filename): entry for entry in entries}
        if len(self.entries) != len(entries):
            raise FileRefused("unsafe")  # two programs would see two different workbooks
        self._check_entries(limits, path.stat().st_size)
        self.format = self._found_format()
        self._check_kind()

    def pieces(self, name: str) -> Iterator[bytes]:
        """The unpacked XML of a sheet in pieces that end before a row begins."""
        rest = b""
        for chunk in self._chunks(name):
            joined = rest + chunk
            cut = joined.rfind(b"<row")
            if cut <= 0:
                rest = joined
                if len(rest) > _LONGEST_ROW:
                    raise FileRefused("unsafe")
                continue
            rest = joined[cut:]
            yield joined[:cut]
        yield rest

    def sheet_parts(self) -> dict[str, str]:
        """The entry that holds each sheet of an .xlsx workbook, by the sheet's name."""
        workbook = self.workbook_part()
        folder, name = posixpath.split(workbook)
        targets: dict[str, str] = {}
        sheets: dict[str, str] = {}

        def relationship(tag: str, attributes: dict[str, str]) -> None:
            if tag.rpartition(":")[2] == "Relationship":
                target = attributes.get("Target", "").replace("\\", "/")
                place = posixpath.normpath(posixpath.join("/", folder, target))
                targets[attributes.get("Id", "")] = place.lstrip("/").lower()

        def sheet(tag: str, attributes: dict[str, str]) -> None:
            if tag.rpartition(":")[2] == "sheet":
                sheets[attributes.get("name", "")] = next(
                    (value for key, value in attributes.items() if key.endswith(":id")), ""
                )

        self._parse(posixpath.join(folder, "_rels", f"{name}.rels"), relationship)
        self._parse(workbook, sheet)
        parts = {name: targets[identifier] for name, identifier in sheets.items() if identifier in targets}
        return {name: part for name, part in parts.items() if part in self.entries}

    def workbook_part(self) -> str:
        """The entry of an .xlsx archive that names its sheets."""
        names = [name for name in self.entries if PurePosixPath(name).name == "workbook.xml"]
        return "xl/workbook.xml" if "xl/workbook.xml" in names else min(names, key=len, default="")

    def write_mended(self, path: Path) -> None:
        """Write the parts that are read, without what the parser stumbles over: extents and formats of cells."""
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as mended:
            for name, entry in self.entries.items():
                if not any(part in name for part in _READ_PARTS):
                    continue
                proper = entry.filename.replace("\\", "/").lstrip("/")
                with mended.open(proper, "w", force_zip64=True) as target:
                    for number, chunk in enumerate(self._chunks(name)):
                        target.write(_DIMENSION.sub(b"", chunk, count=1) if number == 0 else chunk)

    def _chunks(self, name: str) -> Iterator[bytes]:
        try:
            with self._archive.open(self.entries[name]) as file:
                while chunk := file.read(_CHUNK):
                    yield chunk
        except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
            raise FileRefused("damaged") from error

    def _parse(self, name: str, handler: Callable[[str, dict[str, str]], None]) -> None:
        parser = expat.ParserCreate("utf-8")
        parser.StartElementHandler = handler
        try:
            for chunk in self._chunks(name):
                parser.Parse(chunk, False)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError) as error:
            raise FileRefused("damaged") from error

    def _found_format(self) -> Format:
        if self.workbook_part():
            return "xlsx"
        if "xl/workbook.bin" in self.entries:
            return "xlsb"
        if "content.xml" in self.entries and "mimetype" in self.entries:
            is_sheet = any(b"opendocument.spreadsheet" in chunk for chunk in self._chunks("mimetype"))
            if is_sheet:
                return "ods"
        raise FileRefused("unsupported_format")

    def _check_kind(self) -> None:
        if any(name.endswith(("vbaproject.bin", "vbaprojectsignature.bin")) for name in self.entries) or any(
            "macrosheets/" in name for name in self.entries
        ):
            raise FileRefused("macros")
        if any(name.startswith("xl/externallinks/") for name in self.entries):
            raise FileRefused("external_links")

    def _check_entries(self, limits: ReadLimits, size: int) -> None:
        total = packed_total = 0
        for name, entry in self.entries.items():
            if entry.flag_bits & 0x1:
                raise FileRefused("encrypted")
            if _is_unsafe_name(name) or entry.compress_type not in (
                zipfile.ZIP_STORED,
                zipfile.ZIP_DEFLATED,
            ):
                raise FileRefused("unsafe")
            if PurePosixPath(name).suffix in _ARCHIVE_SUFFIXES:
                raise FileRefused("embedded_files")
            total += entry.file_size
            packed_total += entry.compress_size
            if total > limits.unpacked_bytes:
                raise FileRefused("too_large_unpacked")
        if packed_total > size:
            raise FileRefused("unsafe")  # entries overlap: the same bytes unpacked many times


def _plain_name(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _is_unsafe_name(name: str) -> bool:
    return ":" in name or ".." in name.split("/")

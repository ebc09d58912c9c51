"""Looks at an .xlsx archive before anything parses it: sizes, names, encryption, macros, what is inside."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from core.excel.refusals import FileRefused, ReadLimits

ZIP_MAGIC: Final = b"PK\x03\x04"
EMPTY_ZIP_MAGIC: Final = b"PK\x05\x06"
OLE_MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_CENTRAL_ENTRY: Final = b"PK\x01\x02"
_LOCAL_HEADER: Final = 30
_CHUNK: Final = 2 * 1024 * 1024
_ARCHIVE_SUFFIXES: Final = frozenset(
    {".zip", ".xlsx", ".xlsm", ".xlsb", ".docx", ".pptx", ".rar", ".7z", ".gz"}
)


class WorkbookArchive:
    """The entries of a checked .xlsx archive.

    Checking costs no unpacking: everything is judged by the directory of the archive. As that may lie,
    ``chunks`` unpacks with the directory's figures as hard bounds, and every part is read so first.
    """

    def __init__(self, path: Path, limits: ReadLimits) -> None:
        self._data = path.read_bytes()
        if self._data.count(_CENTRAL_ENTRY) > limits.entries:
            raise FileRefused("unsafe")  # before Python builds an object for each of a million entries
        try:
            with zipfile.ZipFile(path) as archive:
                self.entries = archive.infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
            raise FileRefused("damaged") from error
        self._check_kind()
        self._check_entries(limits)

    def chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The unpacked content of ``entry`` in pieces, never more than the directory promises."""
        packed = self._packed(entry)
        if entry.compress_type == zipfile.ZIP_STORED:
            if len(packed) != entry.file_size:
                raise FileRefused("unsafe")
            yield bytes(packed)
            return
        unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
        remaining = entry.file_size
        pending: bytes | memoryview = packed
        while not unpacker.eof:
            try:
                chunk = unpacker.decompress(pending, _CHUNK)
            except zlib.error as error:
                raise FileRefused("damaged") from error
            pending = unpacker.unconsumed_tail
            remaining -= len(chunk)
            if remaining < 0:
                raise FileRefused("unsafe")
            if not chunk and not unpacker.eof:
                raise FileRefused("damaged")
            yield chunk
        if remaining:
            raise FileRefused("unsafe")

    def read(self, name: str) -> bytes:
        """The whole of a small entry; refused as damaged if there is none of that name."""
        for entry in self.entries:
            if entry.filename.lower() == name.lower():
                return b"".join(self.chunks(entry))
        raise FileRefused("damaged")

    def _packed(self, entry: zipfile.ZipInfo) -> memoryview:
        """The packed bytes of ``entry``, by the directory's figures, as the parser will take them."""
        start = entry.header_offset
        header = self._data[start : start + _LOCAL_HEADER]
        if len(header) < _LOCAL_HEADER or not header.startswith(ZIP_MAGIC):
            raise FileRefused("damaged")
        start += (
            _LOCAL_HEADER + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        )
        packed = memoryview(self._data)[start : start + entry.compress_size]
        if len(packed) != entry.compress_size:
            raise FileRefused("damaged")
        return packed

    def _check_kind(self) -> None:
        names = {entry.filename.lower() for entry in self.entries}
        if len(names) != len(self.entries):
            raise FileRefused("unsafe")  # two programs would see two different workbooks
        if any(name.endswith(("vbaproject.bin", "vbaprojectsignature.bin")) for name in names) or any(
            name.startswith("xl/macrosheets/") for name in names
        ):
            raise FileRefused("macros")
        if "xl/workbook.xml" not in names:
            raise FileRefused("unsupported_format")
        if any(name.startswith("xl/externallinks/") for name in names):
            raise FileRefused("external_links")

    def _check_entries(self, limits: ReadLimits) -> None:
        total = packed_total = 0
        for entry in self.entries:
            if entry.flag_bits & 0x1:
                raise FileRefused("encrypted")
            if _is_unsafe_name(entry.filename) or entry.compress_type not in (
                zipfile.ZIP_STORED,
                zipfile.ZIP_DEFLATED,
            ):
                raise FileRefused("unsafe")
            if PurePosixPath(entry.filename.lower()).suffix in _ARCHIVE_SUFFIXES:
                raise FileRefused("embedded_files")
            total += entry.file_size
            packed_total += entry.compress_size
            if total > limits.unpacked_bytes or _is_bomb(entry, limits):
                raise FileRefused("too_large_unpacked")
        if packed_total > len(self._data):
            raise FileRefused("unsafe")  # entries overlap: the same bytes unpacked many times


def _is_bomb(entry: zipfile.ZipInfo, limits: ReadLimits) -> bool:
    if entry.file_size <= limits.side_part_bytes:
        return False
    name = entry.filename.lower()
    is_content = name.startswith("xl/worksheets/") or name == "xl/sharedstrings.xml"
    return not is_content or entry.file_size > limits.ratio * max(entry.compress_size, 1)


def _is_unsafe_name(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/")

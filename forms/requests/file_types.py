"""Types of files by their content, whatever their names say; archives are judged by their directory, never unpacked."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.errors import InvalidInput
from core.i18n import N_

MEGABYTE: Final = 1024 * 1024
MOST_BYTES: Final = 10 * MEGABYTE
MOST_UNPACKED: Final = 200 * MEGABYTE
MOST_ENTRIES: Final = 2_000
MOST_RATIO: Final = 200
_TAIL: Final = 2048
_CENTRAL: Final = b"PK\x01\x02"

EMPTY = N_("The file is empty.")
TOO_LARGE = N_("The file is larger than %(limit)s MB.")
NOT_TAKEN = N_(
    "Files of this kind are not taken. Attach a PDF, a PNG or JPEG picture, or a DOCX or XLSX document."
)
LYING_NAME = N_(
    "The name ends in “%(extension)s”, but the content is %(kind)s. Rename the file or attach the right one."
)
DAMAGED = N_("The file is damaged: it ends too early or cannot be read. Save it anew and attach that.")
UNSAFE = N_(
    "The document is not safe to open: it unpacks to far more than its size, or holds macros or other files."
)


@dataclass(frozen=True)
class Kind:
    """A kind of file that is taken: its name for people, media type, and the endings that names may have."""

    code: str
    title: str
    media_type: str
    endings: tuple[str, ...]


_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
KINDS: Final[dict[str, Kind]] = {
    kind.code: kind
    for kind in (
        Kind("pdf", "PDF", "application/pdf", (".pdf",)),
        Kind("png", "PNG", "image/png", (".png",)),
        Kind("jpeg", "JPEG", "image/jpeg", (".jpg", ".jpeg", ".jfif")),
        Kind("docx", "DOCX", _OFFICE + "wordprocessingml.document", (".docx",)),
        Kind("xlsx", "XLSX", _OFFICE + "spreadsheetml.sheet", (".xlsx",)),
    )
}
ENDINGS: Final = tuple(ending for kind in KINDS.values() for ending in kind.endings)


def kind_of(path: Path, name: str) -> Kind:
    """The kind of a file; raises InvalidInput where it is none of those taken, unsafe, or its name lies."""
    size = path.stat().st_size
    if size == 0:
        raise InvalidInput(EMPTY, code="empty_file")
    if size > MOST_BYTES:
        raise InvalidInput(TOO_LARGE, code="file_too_large", limit=MOST_BYTES // MEGABYTE)
    kind = _by_content(path, size)
    if kind is None:
        raise InvalidInput(NOT_TAKEN, code="kind_not_taken")
    ending = Path(name).suffix.lower()
    if ending not in kind.endings:
        raise InvalidInput(LYING_NAME, code="name_lies", extension=ending or name, kind=kind.title)
    return kind


def _by_content(path: Path, size: int) -> Kind | None:
    with path.open("rb") as stream:
        head = stream.read(1024)
        stream.seek(max(0, size - _TAIL))
        tail = stream.read()
    if head.startswith(b"%PDF-"):
        return _whole(KINDS["pdf"], b"%%EOF" in tail)
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return _whole(KINDS["png"], b"IEND" in tail[-16:])
    if head.startswith(b"\xff\xd8\xff"):
        return _whole(KINDS["jpeg"], b"\xff\xd9" in tail)
    if head.startswith(b"PK\x03\x04"):
        return _office(path)
    return None


def _whole(kind: Kind, is_whole: bool) -> Kind:
    if not is_whole:
        raise InvalidInput(DAMAGED, code="damaged")
    return kind


def _office(path: Path) -> Kind | None:
    if path.read_bytes().count(_CENTRAL) > MOST_ENTRIES:
        raise InvalidInput(UNSAFE, code="unsafe")
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as problem:
        raise InvalidInput(DAMAGED, code="damaged") from problem
    names = {entry.filename for entry in entries}
    if "[Content_Types].xml" not in names:
        return None
    if any(_is_unsafe(entry) for entry in entries) or sum(e.file_size for e in entries) > MOST_UNPACKED:
        raise InvalidInput(UNSAFE, code="unsafe")
    if "word/document.xml" in names:
        return KINDS["docx"]
    return KINDS["xlsx"] if "xl/workbook.xml" in names else None


def _is_unsafe(entry: zipfile.ZipInfo) -> bool:
    """Bombs, macros, documents within documents, names that lead out of the archive, passwords."""
    name = entry.filename.lower()
    is_bomb = entry.file_size > MEGABYTE and entry.file_size > MOST_RATIO * max(entry.compress_size, 1)
    is_active = name.endswith(("vbaproject.bin", ".exe", ".js", ".vbs", ".zip")) or "/embeddings/" in name
    leads_out = name.startswith("/") or ".." in name.split("/") or "\\" in name
    return is_bomb or is_active or leads_out or bool(entry.flag_bits & 0x1)

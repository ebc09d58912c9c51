"""Files as answers: downloads that no browser opens or keeps; Excel files made for one answer and gone with it."""

from __future__ import annotations

import re
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote
from zoneinfo import ZoneInfo

from flask import Response, send_file

from console.web.i18n import locale, zone_name
from core.excel import Column, write_rows

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_UNFIT = re.compile(r"[^A-Za-z0-9 ._,;()-]")
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def send_download(stream: BinaryIO, *, type: str, name: str, size: int) -> Response:
    """A file: always to keep, never to be shown or cached by the browser. `type` names no charset: texts are UTF-8."""
    answer = send_file(stream, mimetype=type, as_attachment=True, download_name=name, max_age=0)
    answer.content_length = size
    quoted = quote(name, safe="!#$&+^`|~")
    names = {"filename": ascii_name(name), "filename*": f"UTF-8''{quoted}"}
    answer.headers.set("Content-Disposition", "attachment", **names)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def ascii_name(name: str) -> str:
    """The name for programs that know ASCII only: what is left of it, with its ending, and never nothing."""
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    stem, ending = (_UNFIT.sub("", unicodedata.normalize("NFKD", part)) for part in (stem, ending))
    return f"{stem.strip(' .-_,;()')[:100] or 'file'}{dot}{ending[:20]}".rstrip(".")


def send_rows(
    name: str, columns: Sequence[Column], rows: Iterable[Sequence[object]], *, total: int, sheet: str
) -> Response:
    """A workbook of these rows in the person's language and zone; `total` is how many are expected at most."""
    zone = ZoneInfo(zone_name())

    def write(path: Path) -> None:
        write_rows(path, columns, rows, total=total, sheet=sheet, locale=locale(), zone=zone)

    return send_made(name, write)


def send_made(name: str, write: Callable[[Path], object]) -> Response:
    """A workbook that `write` makes at the path it is given."""
    folder = Path(tempfile.mkdtemp(prefix="console-"))
    path = folder / "out.xlsx"
    try:
        write(path)
        # The open file lives on without its name until the answer has been sent.
        file = path.open("rb")
    finally:
        path.unlink(missing_ok=True)
        folder.rmdir()
    size = file.seek(0, 2)
    file.seek(0)
    return send_download(file, type=EXCEL, name=name, size=size)

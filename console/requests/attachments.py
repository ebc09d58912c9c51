"""Files of requests on their way in and out: kept with a step, sent as downloads that no browser opens."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from flask import Response, request

from console.web.downloads import send_download
from console.web.i18n import locale, text
from console.web.routing import actor, db, parts
from core.errors import InvalidInput, NotFound
from core.storage import clean_name
from forms import printing
from forms.documents.form import FormType
from forms.documents.types import get_type
from forms.requests import attachments, content
from forms.requests.file_types import KINDS
from forms.requests.models import Attachment, Request, RequestEvent


def attach_sent(customer_request: Request, event: RequestEvent | None = None) -> list[Attachment]:
    """Keep every file of the form field `file`; raises InvalidInput for one that is not taken."""
    return [
        attachments.attach(db(), actor(), parts(), customer_request, path, name, event)
        for path, name in _sent()
    ]


def attach_good(customer_request: Request) -> tuple[int, dict[str, list[str]]]:
    """Keep those files of the form field `file` that are taken: how many, and the others by what is said of them."""
    kept, refused = 0, dict[str, list[str]]()
    for path, name in _sent():
        try:
            with db().begin_nested():
                attachments.attach(db(), actor(), parts(), customer_request, path, name)
            kept += 1
        except InvalidInput as problem:
            said = text(problem.message, **problem.params)
            refused.setdefault(said, []).append(clean_name(name, attachments.UNNAMED))
    return kept, refused


def _sent() -> Iterator[tuple[Path, str]]:
    """The files of the form field `file`, one after the other, with their names."""
    with tempfile.TemporaryDirectory(prefix="attach-") as folder:
        for place, file in enumerate(request.files.getlist("file")):
            if file.filename:
                path = Path(folder) / str(place)
                file.save(path)
                yield path, file.filename


def send_attachment(customer_request: Request, attachment_id: int) -> Response:
    """A file of the request, as a download."""
    file = attachments.get_attachment(db(), customer_request, attachment_id)
    stream = parts().storage.open(file.key)
    return send_download(stream, type=KINDS[file.kind].media_type, name=file.name, size=file.size)


def send_document(customer_request: Request, ending: str) -> Response:
    """The printable form of a request."""
    form = get_type(customer_request.form)
    lines = content.lines_of(db(), customer_request)
    document = printing.describe(db(), form, customer_request, lines, locale())
    return _send(document, ending, f"{customer_request.number or form.code}.{ending}")


def send_blank(form: FormType, ending: str) -> Response:
    """The printable form without anything filled in."""
    content, media = _blank(form.code, ending, locale())
    return send_download(BytesIO(content), type=media, name=f"{form.code}.{ending}", size=len(content))


@lru_cache(maxsize=64)
def _blank(code: str, ending: str, language: str) -> tuple[bytes, str]:
    """The empty form and its type: the same for everybody, so it is drawn once in a process."""
    stream, media, _ = _drawn(printing.blank(get_type(code), language), ending)
    with stream:
        return stream.read(), media


def _send(document: printing.Document, ending: str, name: str) -> Response:
    stream, media, size = _drawn(document, ending)
    return send_download(stream, type=media, name=name, size=size)


def _drawn(document: printing.Document, ending: str) -> tuple[BinaryIO, str, int]:
    if ending not in printing.DRAWERS:
        raise NotFound
    with tempfile.TemporaryDirectory(prefix="form-") as folder:
        path = Path(folder) / f"out.{ending}"
        media = printing.write(document, ending, path)
        return path.open("rb"), media, path.stat().st_size

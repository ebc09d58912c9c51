"""The caught mails: one .eml file each in one folder, the oldest removed when there are too many."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from pathlib import Path

from devtools import private

_NAME = re.compile(r"[0-9]{13}-[0-9a-f]{8}")
_HEAD = 64 * 1024
"""Enough for the headers of any mail: the list does not read the attachments of all of them."""
_BROKEN = (
    MessageError,
    ValueError,
    LookupError,
    AttributeError,
    TypeError,
    AssertionError,
    RecursionError,
)
"""What Python's parser raises on headers and bodies that break the rules, or are nested thousands deep."""
_UNREADABLE = "(unreadable)"


@dataclass(frozen=True)
class Part:
    """Something in a mail that can be downloaded."""

    number: int
    name: str
    size: int
    content: bytes


@dataclass(frozen=True)
class Mail:
    """A mail as the pages show it; `parts` and `text` only where the whole of it was read."""

    name: str
    at: datetime
    size: int
    sender: str
    recipients: str
    subject: str
    text: str = ""
    parts: Sequence[Part] = ()


class Store:
    """The folder. The newest `keep` mails stay, also over a restart."""

    def __init__(self, folder: Path, keep: int) -> None:
        self._folder, self._keep = folder, keep
        self._lock = threading.Lock()
        private.make_folder(folder)
        self._last = max((int(path.stem.partition("-")[0]) for path in self._files()), default=0)

    def add(self, content: bytes, recipients: Sequence[str]) -> str:
        """Keep a mail, whole or not at all; returns its name. Raises OSError."""
        with self._lock:
            self._last = max(self._last + 1, time.time_ns() // 1_000_000)  # names sort as they came
            name = f"{self._last}-{secrets.token_hex(4)}"
        handle, unfinished = tempfile.mkstemp(dir=self._folder, suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(f"Delivered-To: {', '.join(recipients)}\r\n".encode("ascii", "replace") + content)
            Path(unfinished).rename(self._path(name))
        except OSError:
            Path(unfinished).unlink(missing_ok=True)
            raise
        self._forget()
        return name

    def newest(self) -> list[Mail]:
        """The headers of every mail, the newest first."""
        mails = (self._head(path) for path in self._files())
        return [mail for mail in mails if mail is not None]

    def find(self, name: str) -> Mail | None:
        """A whole mail."""
        path = self.find_file(name)
        if path is None:
            return None
        content = path.read_bytes()
        try:
            message = message_from_bytes(content, policy=policy.default)
        except _BROKEN:
            return _mail(path, _headers(content), _UNREADABLE)
        return _mail(path, message, _text(message), _parts(message))

    def find_file(self, name: str) -> Path | None:
        """The file of a mail."""
        path = self._path(name)
        return path if _NAME.fullmatch(name) and path.is_file() else None

    def _files(self) -> list[Path]:
        """The newest first."""
        paths = (path for path in self._folder.glob("*.eml") if _NAME.fullmatch(path.stem))
        return sorted(paths, reverse=True)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.eml"

    def _head(self, path: Path) -> Mail | None:
        try:
            with path.open("rb") as file:
                head = file.read(_HEAD)
            return _mail(path, _headers(head))
        except FileNotFoundError:  # removed since the folder was read
            return None

    def _forget(self) -> None:
        for path in self._files()[self._keep :]:
            path.unlink(missing_ok=True)


def _mail(path: Path, message: Message, text: str = "", parts: Sequence[Part] = ()) -> Mail:
    return Mail(
        name=path.stem,
        at=datetime.fromtimestamp(int(path.stem.partition("-")[0]) / 1_000, UTC).astimezone(),
        size=path.stat().st_size,
        sender=_header(message, "From"),
        recipients=_header(message, "Delivered-To"),
        subject=_header(message, "Subject"),
        text=text,
        parts=parts,
    )


def _headers(content: bytes) -> Message:
    """A mail of which the body is left alone, and each header until it is asked for: nothing here can go wrong."""
    message = BytesHeaderParser(policy=policy.compat32).parsebytes(content)
    message.policy = policy.default
    return message


def _header(message: Message, name: str) -> str:
    try:
        return _writable(str(message.get(name, "")))
    except _BROKEN:
        return _UNREADABLE


def _text(message: Message) -> str:
    """What a person reads; HTML only where there is nothing else, and then as its source."""
    assert isinstance(message, EmailMessage)
    try:
        body = message.get_body(("plain", "html"))
        return "" if body is None else _writable(str(body.get_content()))
    except _BROKEN:
        return _UNREADABLE


def _writable(text: str) -> str:
    """Without halves of characters, which no page can be written with."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _parts(message: Message) -> list[Part]:
    """Attachments, and the HTML form of the text; a part that cannot be read is within the whole mail only."""
    parts: list[Part] = []
    try:
        for part in message.walk():
            name = "" if part.is_multipart() else _file_name(part)
            if name:
                payload = part.get_payload(decode=True)
                content = payload if isinstance(payload, bytes) else b""
                parts.append(Part(len(parts), name, len(content), content))
    except _BROKEN:
        return parts
    return parts


def _file_name(part: Message) -> str:
    try:
        named = part.get_filename() or ""
    except _BROKEN:
        return _UNREADABLE
    if not named:
        return "mail.html" if part.get_content_type() == "text/html" else ""
    last = re.split(r"[/\\]", named)[-1]
    # A line break would end the header that carries the name; other invisible signs make it look like another.
    return " ".join("".join(sign if sign.isprintable() else " " for sign in last).split()) or _UNREADABLE

"""The storage of files: a port that takes and gives whole files by key, and the local folder behind it."""

from __future__ import annotations

import errno
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

import structlog

from core import clock
from core.db import on_rollback
from core.errors import NotFound, Unavailable
from core.i18n import N_

DISK_FULL = "disk_full"
LONGEST_NAME = 150
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_KEY = re.compile(r"\d+/\d{4}/\d{2}/[A-Za-z0-9_-]{20,64}")
log = structlog.get_logger(__name__)


class Storage(Protocol):
    """Whole files by key. A file is there completely or not at all; S3 fits behind the same calls."""

    def put(self, key: str, path: Path) -> None:
        """Keep a copy of the file; raises Unavailable with the code "disk_full" where there is no room."""

    def open(self, key: str) -> BinaryIO:
        """The content from its start; raises NotFound."""

    def path(self, key: str) -> Path | None:
        """The file itself where it lies on this machine, None elsewhere."""

    def size(self, key: str) -> int:
        """The size of the file in bytes; raises NotFound."""

    def exists(self, key: str) -> bool:
        """True where the file is kept."""

    def delete(self, key: str) -> None:
        """Forget the file; nothing happens where it is not kept."""

    def companies(self) -> list[int]:
        """The companies of which files are kept."""

    def keys(self, company_id: int, before: datetime) -> Iterator[str]:
        """The keys of the company's files that were put before this moment."""

    def tidy(self, company_id: int, before: datetime) -> None:
        """Forget what is left of puts that were broken off before this moment."""


def clean_name(name: str, fallback: str = "") -> str:
    """The name of an uploaded file without folders and control characters, its end kept; `fallback` for none."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(sign for sign in last if sign.isprintable()).strip()[-LONGEST_NAME:] or fallback


def new_key(company_id: int) -> str:
    """A key that nobody can guess: company, year, month, random."""
    return f"{company_id}/{clock.now():%Y/%m}/{secrets.token_urlsafe(24)}"


def keep(storage: Storage, company_id: int, path: Path) -> str:
    """Keep a copy of the file for the unit of work in force; returns its key. If the unit is rolled back, so is it."""
    key = new_key(company_id)
    on_rollback(partial(_forget, storage, key))
    storage.put(key, path)
    return key


def _forget(storage: Storage, key: str) -> None:
    try:
        storage.delete(key)
    except OSError as problem:
        # core.storage_cleanup finds it within a day.
        log.warning("storage.left", key=key, problem=str(problem))


@contextmanager
def full_disk_said() -> Iterator[None]:
    """A disk without room becomes Unavailable with the code "disk_full"; other errors pass."""
    try:
        yield
    except OSError as problem:
        if problem.errno not in FULL:
            raise
        raise no_room() from problem


def no_room() -> Unavailable:
    """The refusal where the disk is full."""
    return Unavailable(N_("There is no room for the file on the server's disk."), code=DISK_FULL)


class LocalStorage:
    """Files in a folder of this machine, outside of what the web server serves by itself."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, key: str, path: Path) -> None:
        """Copied beside its place first, then renamed: no reader ever meets half of it."""
        target = self._place(key)
        temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
        try:
            with full_disk_said():
                target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                shutil.copyfile(path, temporary)
                temporary.chmod(0o600)
                temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)

    def open(self, key: str) -> BinaryIO:
        """The content from its start; raises NotFound."""
        try:
            return self._place(key).open("rb")
        except FileNotFoundError as problem:
            raise NotFound from problem

    def path(self, key: str) -> Path | None:
        """The path of the file; None where it is not kept."""
        place = self._place(key)
        return place if place.is_file() else None

    def size(self, key: str) -> int:
        """The size of the file in bytes; raises NotFound."""
        try:
            return self._place(key).stat().st_size
        except FileNotFoundError as problem:
            raise NotFound from problem

    def exists(self, key: str) -> bool:
        """True where the file is kept."""
        return self._place(key).is_file()

    def delete(self, key: str) -> None:
        """Forget the file; nothing happens where it is not kept."""
        self._place(key).unlink(missing_ok=True)

    def companies(self) -> list[int]:
        """The companies of which files are kept."""
        return sorted(int(folder.name) for folder in self._folder.glob("*") if folder.name.isdecimal())

    def keys(self, company_id: int, before: datetime) -> Iterator[str]:
        """The keys of the company's files that were put before this moment."""
        for path in self._older(company_id, before):
            key = path.relative_to(self._folder).as_posix()
            if _KEY.fullmatch(key):
                yield key

    def tidy(self, company_id: int, before: datetime) -> None:
        """Forget copies that were never renamed: their process died."""
        for path in self._older(company_id, before):
            if path.name.startswith("."):
                path.unlink(missing_ok=True)

    def _older(self, company_id: int, before: datetime) -> Iterator[Path]:
        for path in self._folder.joinpath(str(company_id)).glob("*/*/*"):
            try:
                changed = path.stat().st_mtime
            except FileNotFoundError:
                continue  # somebody else was quicker
            if changed < before.timestamp():
                yield path

    def _place(self, key: str) -> Path:
        # Keys come from the database, yet none may ever lead out of the folder.
        if not _KEY.fullmatch(key):
            raise NotFound
        return self._folder / key

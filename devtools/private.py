"""Folders and files that other accounts of the machine cannot read: logs, caught mails, passwords."""

import os
from pathlib import Path
from typing import IO


def make_folder(folder: Path) -> None:
    """Make the folder with those above it, or close one that is there; the folder itself gets mode 0700."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def open_file(path: Path, mode: str) -> IO[bytes]:
    """The file opened for writing bytes ("wb" or "ab"), with mode 0600 also where it was there before."""
    flags = os.O_WRONLY | os.O_CREAT | (os.O_APPEND if mode == "ab" else os.O_TRUNC)
    file: IO[bytes] = os.fdopen(os.open(path, flags, 0o600), mode)
    os.fchmod(file.fileno(), 0o600)
    return file


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8 to a file with mode 0600."""
    with open_file(path, "wb") as file:
        file.write(text.encode("utf-8"))

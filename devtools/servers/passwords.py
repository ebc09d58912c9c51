"""Random passwords of the embedded servers, kept in one file that only its owner may read."""

import json
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import cast


@dataclass(frozen=True)
class Passwords:
    """Passwords by name, made at the first question and remembered in `file`."""

    file: Path

    def get(self, name: str) -> str:
        """The password called `name`, the same at every call and after every restart."""
        known = self._read()
        if name not in known:
            known[name] = secrets.token_urlsafe(24)
            self._write(known)
        return known[name]

    def _read(self) -> dict[str, str]:
        if not self.file.exists():
            return {}
        return cast("dict[str, str]", json.loads(self.file.read_text()))

    def _write(self, known: dict[str, str]) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.file.with_suffix(".new")
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as stream:
            json.dump(known, stream, indent=1)
        unfinished.replace(self.file)

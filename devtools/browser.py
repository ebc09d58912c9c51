"""Finds a browser and a font to test with, or gets them: Playwright's browser, or Debian's packages where root may."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from devtools import fonts
from devtools.services import ROOT

VAR = ROOT / "var"
SKIPPED = VAR / "browser-tests-skipped"
_INSTALLED = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_INSTALL_PATIENCE = 600.0
_CONNECT_MS = "10000"
"""How long Playwright tries to reach its server; where there is none, Debian's package is next."""


def find_browser(works: Callable[[Path | None], bool]) -> tuple[bool, Path | None]:
    """Whether there is a usable browser, and its program (None: Playwright's own).

    `works` tries to launch one. What is missing is fetched, by one test process at a time.
    """
    with _one_at_a_time():
        if fonts.find_font() is None and may_install_packages():
            install_packages(fonts.PACKAGE)
        for program in _candidates():
            if works(program):
                return True, program
    return False, None


def _candidates() -> Iterator[Path | None]:
    named = os.environ.get("BROWSER_PROGRAM")
    if named:
        yield Path(named)
        return
    yield from _installed()
    yield None
    if _install(sys.executable, "-m", "playwright", "install", "chromium"):
        yield None
    if may_install_packages() and install_packages("chromium"):
        yield from _installed()


def browser_environment() -> dict[str, str | float | bool]:
    """The variables a browser of the tests runs with: this process's own, and the one font."""
    VAR.mkdir(exist_ok=True)
    return {**os.environ, **fonts.environment(VAR)}


def may_install_packages() -> bool:
    """Whether this is a machine with Debian's packages, and we are root on it."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install_packages(*names: str) -> bool:
    """Install these packages of Debian; returns whether that succeeded."""
    _install("apt-get", "update")
    return _install("apt-get", "install", "-y", "--no-install-recommends", *names)


def _installed() -> Iterator[Path]:
    for name in _INSTALLED:
        path = shutil.which(name)
        if path:
            yield Path(path)


def _install(*command: str) -> bool:
    environment = {
        **os.environ,
        "DEBIAN_FRONTEND": "noninteractive",
        "PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT": _CONNECT_MS,
    }
    try:
        done = subprocess.run(
            command, env=environment, capture_output=True, timeout=_INSTALL_PATIENCE, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    VAR.mkdir(exist_ok=True)
    with (VAR / "browser.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield

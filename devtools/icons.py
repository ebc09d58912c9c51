"""Gathers the icons that pages and operations name into one small sprite instead of a large font."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "node_modules" / "bootstrap-icons" / "icons"
TARGET = ROOT / "console" / "static" / "vendor" / "icons.svg"
SVG = "http://www.w3.org/2000/svg"
NAMED = re.compile(r"""\b(?:icon|sign)\s*(?:\(|=)\s*["']([a-z0-9-]+)["']""")
"""`icon("lock")` in a template, `icon="lock"` in an operation."""


def names(root: Path = ROOT) -> list[str]:
    """Every icon that a template or a Python file names, sorted."""
    folders = ("console", "lines", "runs", "forms", "reports", "billing")
    texts = [text for folder in folders for text in _texts(root / folder)]
    texts.append((root / "bootstrap.py").read_text(encoding="utf-8"))
    return sorted({name for text in texts for name in NAMED.findall(text)})


def _texts(folder: Path) -> Iterator[str]:
    for pattern in ("**/*.html", "**/*.py"):
        for path in folder.glob(pattern):
            yield path.read_text(encoding="utf-8")


def sprite(wanted: Iterable[str], source: Path = SOURCE) -> str:
    """One SVG with a symbol per icon; raises FileNotFoundError for a name that the package does not have."""
    ElementTree.register_namespace("", SVG)
    root = ElementTree.Element(f"{{{SVG}}}svg")
    for name in wanted:
        drawing = ElementTree.parse(source / f"{name}.svg").getroot()  # noqa: S314
        box = drawing.get("viewBox", "0 0 16 16")
        symbol = ElementTree.SubElement(root, f"{{{SVG}}}symbol", id=name, viewBox=box)
        symbol.extend(drawing)
    return ElementTree.tostring(root, encoding="unicode")


def write_sprite(target: Path = TARGET) -> bool:
    """Write the sprite where it changed; True where it did."""
    drawn = sprite(names())
    if target.exists() and target.read_text(encoding="utf-8") == drawn:
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(drawn, encoding="utf-8")
    return True


if __name__ == "__main__":
    write_sprite()

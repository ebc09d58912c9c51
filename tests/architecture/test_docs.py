"""What the docs name exists: tests behind the statements on security, Russian words of the glossary."""

from __future__ import annotations

import re

from tests.architecture.source import ROOT


def _text(*place: str) -> str:
    return ROOT.joinpath(*place).read_text(encoding="utf-8")


def test_tests_named_in_the_security_page_exist() -> None:
    named = set(re.findall(r"`(test_\w+)`", _text("docs", "security.md")))
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")]
    existing = {name for source in sources for name in re.findall(r"^ *def (test_\w+)", source, re.MULTILINE)}
    assert named
    assert not named - existing, "renamed or gone: say in docs/security.md what holds the statement now"


def test_russian_words_of_the_glossary_are_those_that_people_see() -> None:
    catalogue = _text("translations", "ru", "LC_MESSAGES", "messages.po").lower()
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", _text("docs", "words.md"), re.MULTILINE)
    words = {russian for word, russian in rows if word not in ("word", "---") and russian != "—"}
    assert words
    assert not [word for word in words if word.lower() not in catalogue]


PATH = re.compile(r"`((?:[a-z_]+/)+(?:[A-Za-z0-9_.-]+/?)?)`")
MADE = ("var/", "lines/operations/forwarding.py", "sandbox/operations/forwarding.py")
"""What running the product makes, and the files that the guide to operations tells people to write."""


def test_files_named_in_the_docs_exist() -> None:
    pages = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
    gone = [
        f"{page.name}: {path}"
        for page in pages
        for path in PATH.findall(page.read_text(encoding="utf-8"))
        if not path.startswith((*MADE, "is_/")) and not (ROOT / path).exists()
    ]
    assert not gone

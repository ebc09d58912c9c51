"""Every text for people is in the Russian catalogue, and no template holds one outside of it."""

from __future__ import annotations

import ast
import io
import re
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from core.i18n import TRANSLATIONS
from tests.architecture.source import ROOT, product_files, shown, tree

KEYWORDS = {
    "N_": None,
    "_": None,
    "gettext": None,
    "ngettext": (1, 2),
    "NN_": (1, 2),
    "lazy_gettext": None,
    "pgettext": ((1, "c"), 2),
}
CYRILLIC = re.compile(r"[А-Яа-яЁё]")
OWN_LANGUAGE = {"Русский"}
"""Names of languages are written in the language itself."""


def _messages() -> dict[str | tuple[str, ...], str]:
    """Every msgid of the source with a place where it stands."""
    with (ROOT / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(io.StringIO(mapping.read()))  # type: ignore[no-untyped-call]
    places: dict[str | tuple[str, ...], str] = {}
    for name, line, message, _, _ in extract_from_dir(
        ROOT, methods, options, keywords=KEYWORDS, directory_filter=_is_ours
    ):
        if message:
            places.setdefault(message, f"{name}:{line}")
    return places


def _is_ours(folder: str | Path) -> bool:
    name = Path(folder).name
    return not name.startswith(".") and name not in {
        "tests",
        "node_modules",
        "var",
        "vendor",
        "migrations",
        "benchmarks",
    }


@pytest.fixture(scope="module")
def messages() -> dict[str | tuple[str, ...], str]:
    return _messages()


def test_every_text_is_translated(messages: dict[str | tuple[str, ...], str]) -> None:
    with (TRANSLATIONS / "ru" / "LC_MESSAGES" / "messages.po").open("rb") as stream:
        catalogue = read_po(stream, locale="ru")
    missing = []
    for message, place in messages.items():
        singular = message[0] if isinstance(message, tuple) else message
        known = catalogue.get(singular)
        written = known.string if known is not None and not known.fuzzy else ""
        is_whole = all(written) if isinstance(written, tuple) else bool(written)
        if not is_whole:
            missing.append(f"{place}: {singular}")
    assert not missing, f"{len(missing)} texts have no Russian:\n" + "\n".join(missing[:40])


def test_no_text_stands_within_an_f_string() -> None:
    """Where an f-string is one token (Python 3.11), texts within it are not gathered and stay English."""
    wrong = []
    for path in product_files():
        strings = [node for node in ast.walk(tree(path)) if isinstance(node, ast.JoinedStr)]
        wrong += [
            f"{shown(path)}:{string.lineno}" for string in strings if any(map(_marks_text, ast.walk(string)))
        ]
    assert not wrong


def _marks_text(node: ast.AST) -> bool:
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in KEYWORDS:
        return False
    return bool(node.args) and isinstance(node.args[0], ast.Constant)


def test_templates_hold_no_russian() -> None:
    wrong = []
    for path in sorted((ROOT / "console" / "templates").rglob("*.html")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if CYRILLIC.search(_without(line)):
                wrong.append(f"{path.relative_to(ROOT)}:{number}")
    assert not wrong


def _without(line: str) -> str:
    for word in OWN_LANGUAGE:
        line = line.replace(word, "")
    return line


def test_templates_have_no_inline_script_or_style() -> None:
    wrong = []
    for path in sorted((ROOT / "console" / "templates").rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        if re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|<script(?![^>]*\ssrc=)(?![^>]*nonce=)", text):
            wrong.append(str(path.relative_to(ROOT)))
    assert not wrong

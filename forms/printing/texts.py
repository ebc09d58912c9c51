"""Texts that people typed, as they can be printed."""

from __future__ import annotations

import unicodedata
from typing import Final

_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
"""Kinds of characters that paper has no place for: control, direction and private ones."""


def plain(text: str) -> str:
    """The typed text as it can be printed: composed letters, no characters that cannot be seen."""
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return "".join(sign for sign in text if sign == "\n" or unicodedata.category(sign) not in _UNSEEN)

"""Texts that look like others, or like nothing: invisible characters, and letters of several alphabets in one word."""

from __future__ import annotations

import unicodedata

from core.i18n import N_

INVISIBLE = N_("There are characters in it that nobody can see. Type it anew instead of copying it.")
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
"""Characters that Unicode calls letters or signs and that no typeface shows."""


def has_invisible(text: str) -> bool:
    """True where a reader cannot see every character; the ordinary kinds of blank are seen."""
    return any(unicodedata.category(sign) in _INVISIBLE or sign in _BLANK_LETTERS for sign in text)


def mixes_alphabets(text: str) -> bool:
    """True for letters of more than one alphabet, such as a Cyrillic а among Latin letters."""
    names = (unicodedata.name(sign, "") for sign in text if sign.isalpha())
    return len({name.partition(" ")[0] for name in names}) > 1

"""Passwords that many people have: a list of leaked ones, and how many guesses any password would take."""

from __future__ import annotations

import gzip
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from threading import Lock

from zxcvbn import zxcvbn

MIN_LENGTH = 12
FILE = Path(__file__).with_name("common_passwords.txt.gz")
"""20,000 of the commonest leaked passwords of at least MIN_LENGTH characters; made by devtools/common_passwords.py."""
PRODUCT_WORDS = (
    "virtual",
    "manager",
    "virtualmanager",
    "console",
    "operator",
    "demo",
    "demo-2026-vm",
    "виртуальный",
    "менеджер",
    "оператор",
    "консоль",
)
"""What people here would take for a password first, the published one of the demo included."""
FEW_GUESSES = 10**10
"""Below so many guesses a stolen hash would give the password away."""
LEAST_REST = 8
"""So many letters and digits must be left of a password once the person's own words are taken out of it."""
SHORTEST_WORD = 3
RATED = 100
"""So many characters are rated; the time grows with the square of them."""
_KEYS = str.maketrans("йцукенгшщзхъфывапролджэячсмитьбюё", "qwertyuiop[]asdfghjkl;'zxcvbnm,.`")
_estimator = Lock()
"""zxcvbn keeps the words of one call in a dictionary of the whole process."""


def same(password: str) -> str:
    """One form of everything that differs by case or writing alone."""
    return unicodedata.normalize("NFKC", password).casefold()


def is_common(password: str) -> bool:
    """True for a password of the list, also where it was typed with the Russian layout on."""
    plain = same(password)
    return plain in _listed() or plain.translate(_KEYS) in _listed()


def is_guessable(password: str, own: Iterable[str] = ()) -> bool:
    """True where few guesses find the password; `own` are words of the person, which cost a guesser next to nothing.

    Cyrillic letters are also read as the keys they stand on: the words of the estimator are Latin.
    """
    if _rest(same(password), own) < LEAST_REST:
        return True
    words = [same(word) for word in (*own, *PRODUCT_WORDS) if len(word) > 1]
    words += [word.translate(_KEYS) for word in words if not word.isascii()]
    plain = same(password)[:RATED]
    return any(_guesses(form, words) < FEW_GUESSES for form in dict.fromkeys((plain, plain.translate(_KEYS))))


def _rest(plain: str, own: Iterable[str]) -> int:
    """The number of letters and digits left of a password without the person's own words in it."""
    left = _bare(plain)
    for word in sorted(map(_bare, map(same, own)), key=len, reverse=True):
        if len(word) >= SHORTEST_WORD:
            left = left.replace(word, "")
    return len(left) if left != _bare(plain) else LEAST_REST


def _bare(text: str) -> str:
    return "".join(filter(str.isalnum, text))


def _guesses(password: str, words: list[str]) -> float:
    with _estimator:
        return float(zxcvbn(password, user_inputs=words, max_length=RATED)["guesses"])


@lru_cache(maxsize=1)
def _listed() -> frozenset[str]:
    return frozenset(gzip.decompress(FILE.read_bytes()).decode().split("\n"))

"""The values that the database can keep: texts without NUL and lone surrogates, whole numbers of 64 bits."""

from __future__ import annotations

import re

LARGEST = 2**63 - 1
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def is_storable(text: str) -> bool:
    """False for a text that PostgreSQL or UTF-8 refuses; nobody types such a one."""
    return _UNSTORABLE.search(text) is None


def whole(text: str) -> int:
    """The whole number that a text says; raises ValueError also for one that no column holds."""
    number = int(text)
    if not -LARGEST <= number <= LARGEST:
        raise ValueError("more than 64 bits")
    return number

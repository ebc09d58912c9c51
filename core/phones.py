"""The relation of a text and the phone number read from it."""

from __future__ import annotations

from typing import Final

_LONG_DISTANCE: Final = ("8", "00", "810")
"""What people dial before a number, with or without its country code."""


def says_only(typed: str, number: str) -> bool:
    """Whether every digit of a text belongs to the number (E.164 without plus) that was read from it.

    An extension or a second number behind it would be dropped, and somebody would call the wrong person.
    """
    digits = "".join(character for character in typed if character.isdecimal())
    country = number[:1]
    prefixes = ("", country, f"{country}8", *_LONG_DISTANCE, *(prefix + country for prefix in _LONG_DISTANCE))
    return any(digits == prefix + number[1:] for prefix in prefixes)

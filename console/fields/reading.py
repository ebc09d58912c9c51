"""The values typed into the fields of a form or given in an address."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from core.fields import MONEY, NUMBER, FieldSchema, info_of
from core.money import AmountUnreadable, read_amount

_BLANKS: Final = dict.fromkeys(map(ord, " \t\xa0\u202f\u2009"))
_UNITS: Final = "₽%"


def read(schema: type[FieldSchema], values: Mapping[str, str]) -> dict[str, str]:
    """The typed values by field: numbers as machines write them, texts without blanks around.

    Fields that were not sent are left out. What is too long is cut one character behind its bound, so that it is still
    too long.
    """
    typed: dict[str, str] = {}
    for name, declared in schema().fields.items():
        if name not in values:
            continue
        info, value = info_of(declared), values[name].strip().replace("\r\n", "\n")
        if info.widget == NUMBER:
            value = _number(value)
        elif info.widget == MONEY:
            value = _amount(value)
        typed[name] = value[: info.longest + 1]
    return typed


def _amount(text: str) -> str:
    """An amount in the way machines write it; what cannot be read stays as it was typed, so that its error names it."""
    try:
        return str(read_amount(text))
    except AmountUnreadable:
        return text


def _number(text: str) -> str:
    """A number as people write it ("1 500,50 ₽") in the way machines do."""
    return text.translate(_BLANKS).replace(",", ".").rstrip(_UNITS)

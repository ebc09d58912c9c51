"""Values as people read them on paper and on pages."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal
from itertools import accumulate, pairwise
from typing import Any, Final

from babel.dates import format_date
from babel.numbers import format_decimal
from marshmallow import fields
from sqlalchemy.orm import Session

from core.i18n import translate
from lines.numbers import NO_BREAK_SPACE, format_msisdn
from operators.models import Tariff

_UNSEEN: Final = frozenset(("Cc", "Cf", "Cs", "Co", "Cn"))
"""Kinds of characters that paper has no place for: control, direction and private ones."""


def shown(session: Session, field: fields.Field[Any], value: Any, locale: str) -> str:
    """A stored value as people read it."""
    choices, widget = field.metadata.get("choices"), field.metadata.get("widget")
    if choices:
        return translate(locale, str(choices.get(value, value)))
    if widget == "tariff":
        tariff = session.get(Tariff, value)
        return tariff.name if tariff else str(value)
    if widget == "date":
        return format_date(date.fromisoformat(str(value)), "long", locale=locale)
    if widget == "money":
        return format_decimal(Decimal(str(value)), "#,##0.00", locale=locale) + NO_BREAK_SPACE + "₽"
    if widget == "phone":
        return format_msisdn(str(value))
    return _grouped(str(value), field.metadata.get("groups", ()))


def _grouped(text: str, lengths: tuple[int, ...]) -> str:
    """Digits in groups of these lengths, as they stand in papers; a text of another length stays."""
    if sum(lengths) != len(text):
        return text
    ends = (0, *accumulate(lengths))
    return NO_BREAK_SPACE.join(text[start:end] for start, end in pairwise(ends)) if lengths else text


def plain(text: str) -> str:
    """What people typed as it can be printed: composed letters, no characters that cannot be seen."""
    if text.isascii() and text.isprintable():
        return text
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " "))
    return "".join(one for one in text if one == "\n" or unicodedata.category(one) not in _UNSEEN)

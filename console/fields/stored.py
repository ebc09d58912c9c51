"""Stored values of fields as pages show them: names and values in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup
from marshmallow import fields

from console.web.i18n import locale, money, number, text
from console.web.routing import db
from core.fields import DAY, MONEY, FieldSchema, Listed, info_of
from core.i18n import N_
from lines import field_values

SHOWN_LISTED = 20
MORE = N_("and %(n)s more: they are in the document")


def values_in_words(
    schema: type[FieldSchema], company_id: int, stored: Mapping[str, Any]
) -> list[tuple[str, str]]:
    """The labels and values of what was asked for and given, in the order of the fields."""
    words = []
    for name, declared in schema().fields.items():
        value = stored.get(name)
        if value is None or value == "":
            continue
        info = info_of(declared)
        label = text(info.label).removesuffix(f", {info.unit}")
        words.append((label, _in_words(declared, company_id, value)))
    return words


def _in_words(declared: fields.Field[Any], company_id: int, value: Any) -> str:
    widget = info_of(declared).widget
    if isinstance(declared, Listed):
        return _listed(declared, str(value))
    if widget == MONEY:
        amount = field_values.read(declared, value)
        return str(value) if amount is None else money(amount)
    words = field_values.in_words(db(), company_id, declared, value, locale())
    day = field_values.read(declared, value) if widget == DAY else None
    if day is not None:
        return Markup('<time datetime="{}">{}</time>').format(day.isoformat(), words)
    return words


def _listed(declared: Listed, value: str) -> str:
    """Of a long list only the beginning: the document holds the rest."""
    parts = value.splitlines()
    shown = [declared.show(part) for part in parts[:SHOWN_LISTED]]
    if len(parts) > SHOWN_LISTED:
        shown.append(text(MORE, n=number(len(parts) - SHOWN_LISTED)))
    return "\n".join(shown)

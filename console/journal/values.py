"""Values of a line as the journal keeps them, written for people: one writer for each kind of attribute."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _

from console.web.i18n import money, text
from lines.attribute import Kind
from lines.changes import BY_COLUMN
from lines.numbers import format_iccid, format_msisdn


def value_text(name: str, value: Any, tariffs: Mapping[str, str]) -> str:
    """A value of this column as people read it; tariffs are known by their ids."""
    if value is None or value == "":
        return str(_("none"))
    said = str(value)
    attribute = BY_COLUMN.get(name)
    if attribute is None:
        return said
    if attribute.kind is Kind.TARIFF:
        return tariffs.get(said, said)
    if attribute.kind is Kind.WORDS:
        return text(attribute.words.get(said, said))
    return WRITTEN[attribute.kind](said) if attribute.kind in WRITTEN else said


def _amount(said: str) -> str:
    try:
        return money(Decimal(said))
    except InvalidOperation:
        return said


WRITTEN: Mapping[Kind, Callable[[str], str]] = {
    Kind.MONEY: _amount,
    Kind.PERCENT: lambda said: f"{said}{chr(0x202F)}%",
    Kind.ICCID: format_iccid,
    Kind.MSISDN: format_msisdn,
}

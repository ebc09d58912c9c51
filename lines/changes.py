"""Changes on a line or an account in words: the journal's names of columns, what a run's workbook says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from core.i18n import N_, translate
from lines.attribute import Attribute, Kind
from lines.attributes import ATTRIBUTES
from lines.numbers import format_iccid, format_msisdn
from lines.words import DELIVERY_CHANNELS, LIMIT_PERIODS, in_sentence
from runs.row_value_kind import RowValue

BY_COLUMN: Mapping[str, Attribute] = {
    attribute.column: attribute for attribute in ATTRIBUTES if attribute.column
}
"""The attributes by the column of the table, which is also their name in the journal."""
JOURNAL_FIELDS: Mapping[str, str] = {name: attribute.label for name, attribute in BY_COLUMN.items()}
"""What the journal calls the columns: message ids."""
JOURNAL_VALUES: Mapping[str, str] = {
    code: words for attribute in ATTRIBUTES for code, words in attribute.words.items()
}
"""What the journal calls their codes: message ids."""
EACH_ITS_OWN = tuple(
    f'"{attribute.column}"'
    for attribute in ATTRIBUTES
    if attribute.kind in (Kind.TEXT, Kind.MSISDN, Kind.ICCID)
)
"""Columns whose values differ from line to line: nothing to remember."""
DEPARTMENT = "department"
"""Stands in the journal in place of the id: the name that the department had then."""
DELIVERY_CHANNEL, DELIVERY_ADDRESS = "delivery_channel", "delivery_address"
"""Of billing accounts."""
OF_LIMIT = ("limit_period", "limit_warn")


class ChangeWords:
    """The values of journal entries in the words of one language; the few that a run writes are put into words once."""

    def __init__(self, locale: str, tariffs: Mapping[str, str], row_value: RowValue | None = None) -> None:
        """`row_value` is what each line got for itself in the run, if it got such a thing."""
        self._locale = locale
        self._row_value = row_value
        self._tariffs = tariffs
        self._said: dict[str, str] = {"": ""}

    def say(self, stored: str | None) -> str:
        """The text for values stored as JSON; empty where there are none."""
        stored = stored or ""
        known = self._said.get(stored)
        if known is not None:
            return known
        words = self._in_words(json.loads(stored))
        if not any(name in stored for name in EACH_ITS_OWN):
            self._said[stored] = words
        return words

    def _in_words(self, values: Mapping[str, Any]) -> str:
        parts: list[str] = []
        for name, attribute in BY_COLUMN.items():
            if name not in values or name in OF_LIMIT:
                continue
            part = self._limit(values) if name == "limit_amount" else self._value(attribute, values[name])
            if part:
                parts.append(in_sentence(part) if parts and attribute.kind is Kind.WORDS else part)
        if DEPARTMENT in values:
            parts.append(str(values[DEPARTMENT]))
        if values.get(DELIVERY_CHANNEL):
            code = str(values[DELIVERY_CHANNEL])
            channel = self._text(DELIVERY_CHANNELS.get(code, code))
            parts.append(f"{channel}: {values.get(DELIVERY_ADDRESS) or ''}")
        return ", ".join(parts)

    def _value(self, attribute: Attribute, value: object) -> str:
        if value is None or value == "" or attribute.kind is Kind.REFERENCE:
            return ""
        text = str(value)
        if self._row_value is not None and attribute.column == self._row_value.column:
            return self._row_value.show(text)
        if attribute.kind is Kind.WORDS:
            return self._text(attribute.words.get(text, text))
        if attribute.kind is Kind.TARIFF:
            return self._tariff(attribute, self._tariffs.get(text, text))
        if attribute.kind is Kind.MSISDN:
            return format_msisdn(text)
        if attribute.kind is Kind.NUMBER:
            return self._text(N_("%(name)s: %(value)s"), name=self._text(attribute.label), value=text)
        return format_iccid(text) if attribute.kind is Kind.ICCID else text

    def _tariff(self, attribute: Attribute, name: str) -> str:
        if attribute.column == "planned_tariff_id":
            return self._text(N_("“%(name)s” from the next period"), name=name)
        return name

    def _limit(self, values: Mapping[str, Any]) -> str:
        if values["limit_amount"] is None:
            return self._text(N_("No limit"))
        try:
            amount = f"{Decimal(str(values['limit_amount'])):.2f}"
        except InvalidOperation:
            amount = str(values["limit_amount"])
        code = str(values.get("limit_period") or "")
        period = self._text(LIMIT_PERIODS.get(code, code))
        return self._text(N_("%(amount)s ₽ %(period)s"), amount=amount, period=period).strip()

    def _text(self, msgid: str, **params: object) -> str:
        return translate(self._locale, msgid, **params)

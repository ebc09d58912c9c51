"""What was changed on a line, in words: the values that the journal keeps, as people say them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from core.i18n import N_, translate
from lines.operations.block import REASONS
from lines.operations.set_limit import PERIODS
from runs.row_value_kind import RowValue

STATES: dict[str, str] = {
    "active": N_("Active"),
    "blocked": N_("Blocked"),
    "terminated": N_("Terminated"),
}


class ChangeWords:
    """Says the values of journal entries in one language; the few that a run writes are put into words once."""

    def __init__(self, locale: str, tariffs: Mapping[str, str], row_value: RowValue | None = None) -> None:
        """`row_value` is what each line got for itself in the run, if it got such a thing."""
        self._locale = locale
        self._tariffs = tariffs
        self._row_value = row_value
        self._said: dict[str, str] = {"": ""}

    def say(self, stored: str | None) -> str:
        """The text for values stored as JSON; empty where there are none."""
        stored = stored or ""
        if stored and self._row_value is not None:
            return self._in_words(json.loads(stored))  # another one for each line: nothing to remember
        if stored not in self._said:
            self._said[stored] = self._in_words(json.loads(stored))
        return self._said[stored]

    def _in_words(self, values: Mapping[str, Any]) -> str:
        parts: list[str] = []
        if "state" in values:
            parts.append(self._text(STATES, values["state"]))
        if values.get("block_reason"):
            parts.append(self._text(REASONS, values["block_reason"]))
        if "limit_amount" in values:
            parts.append(self._limit(values))
        if "tariff_id" in values:
            parts.append(self._tariffs.get(str(values["tariff_id"]), str(values["tariff_id"])))
        if self._row_value is not None and values.get(self._row_value.column):
            parts.append(self._row_value.show(str(values[self._row_value.column])))
        return ", ".join(parts)

    def _limit(self, values: Mapping[str, Any]) -> str:
        if values["limit_amount"] is None:
            return translate(self._locale, N_("No limit"))
        try:
            amount = f"{Decimal(str(values['limit_amount'])):.2f}"
        except InvalidOperation:
            amount = str(values["limit_amount"])
        period = self._text(PERIODS, values.get("limit_period"))
        return translate(self._locale, N_("%(amount)s ₽ %(period)s"), amount=amount, period=period).strip()

    def _text(self, words: Mapping[str, str], value: object) -> str:
        return translate(self._locale, words[str(value)]) if value in words else str(value or "")

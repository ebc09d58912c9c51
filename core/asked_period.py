"""Parameters that forms and files share: a choice, a period. Their metadata says how a form shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from core import periods
from core.i18n import N_

CHOOSE = N_("Choose one of the list.")
NOT_A_DATE = N_("Give a date as day, month and year.")


def one_of(words: Mapping[str, str], label: str, default: str) -> fields.String:
    """A choice; `words` are values with their msgids."""
    return fields.String(
        load_default=default,
        validate=validate.OneOf(words, error=CHOOSE),
        error_messages={"invalid": CHOOSE},
        metadata={"label": label, "choices": dict(words), "default": default, "widget": "select"},
    )


def _day(label: str) -> fields.Date:
    return fields.Date(
        load_default=None,
        allow_none=True,
        error_messages={"invalid": NOT_A_DATE},
        metadata={"label": label, "widget": "date"},
    )


class PeriodParams(Schema):
    """A period that moves with the calendar, or days of one's own."""

    period = one_of(periods.PERIODS, N_("Period"), "month")
    since = _day(N_("From"))
    until = _day(N_("To"))

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """Own dates are both there and not reversed."""
        wrong = periods.problems(data.get("period", ""), data.get("since"), data.get("until"))
        if wrong:
            raise ValidationError(dict(wrong))


def moments(zone: str, params: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The chosen period in this zone as moments: from the first, before the second."""
    chosen = periods.days_of(params["period"], params["since"], params["until"], periods.today(zone))
    return periods.moments(*chosen, zone)

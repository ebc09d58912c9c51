"""The period that reports ask for, and its moments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, validates_schema

from core import periods
from core.fields import FieldSchema, Only, choice, day
from core.i18n import N_

_OWN_DATES = Only("period", (periods.OWN,))


class PeriodParams(FieldSchema):
    """A period that moves with the calendar, or days of one's own."""

    period = choice(N_("Period"), periods.PERIODS, required=False, default="month")
    since = day(N_("From"), required=False, only=_OWN_DATES)
    until = day(N_("To"), required=False, only=_OWN_DATES)

    @validates_schema
    def in_order(self, data: dict[str, Any], **_: Any) -> None:
        """Own dates are both there and not reversed."""
        wrong = periods.problems(data.get("period", ""), data.get("since"), data.get("until"))
        if wrong:
            raise ValidationError(dict(wrong))


def moments(zone: str, params: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The chosen period in this zone as moments: from the first, before the second."""
    first, last = periods.days_of(params["period"], params["since"], params["until"], periods.today(zone))
    return periods.moments(first, last, zone)

"""Parameters that reports share: a period, a department. Their metadata says how a form shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from core import periods
from core.i18n import N_
from rbac.decision import Actor

CHOOSE = N_("Choose one of the list.")
NOT_A_DATE = N_("Give a date as day, month and year.")
NOT_A_NUMBER = N_("Give a whole number.")


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


class DepartmentParams(Schema):
    """A department with all below it; without one all that the person sees."""

    department = fields.Integer(
        load_default=None,
        allow_none=True,
        error_messages={"invalid": CHOOSE},
        metadata={"label": N_("Department"), "widget": "department"},
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


def days(actor: Actor, params: Mapping[str, Any]) -> tuple[date, date]:
    """First and last day of the chosen period, in the company's zone."""
    today = periods.today(actor.timezone)
    return periods.days_of(params["period"], params["since"], params["until"], today)


def moments(actor: Actor, params: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The chosen period as moments: from the first, before the second."""
    return periods.moments(*days(actor, params), actor.timezone)

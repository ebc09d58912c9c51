"""Parameters that reports share: a period, a department. Their metadata says how a form shows them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from marshmallow import Schema, fields, validate

from core import asked_period, periods
from core.asked_period import CHOOSE, PeriodParams, one_of
from core.bounds import LARGEST
from core.i18n import N_
from rbac.actor import Actor


class DepartmentParams(Schema):
    """A department with all below it; without one all that the person sees."""

    department = fields.Integer(
        load_default=None,
        allow_none=True,
        validate=validate.Range(0, LARGEST, error=CHOOSE),
        error_messages={"invalid": CHOOSE},
        metadata={"label": N_("Department"), "widget": "department"},
    )


def days(actor: Actor, params: Mapping[str, Any]) -> tuple[date, date]:
    """First and last day of the chosen period, in the company's zone."""
    today = periods.today(actor.timezone)
    return periods.days_of(params["period"], params["since"], params["until"], today)


def moments(actor: Actor, params: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The chosen period as moments: from the first, before the second."""
    return asked_period.moments(actor.timezone, params)


__all__ = ["CHOOSE", "DepartmentParams", "PeriodParams", "days", "moments", "one_of"]

"""Parameters that reports share: a period, a department; and the meaning of a period in the company's zone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from core import period_params, periods
from core.fields import FieldSchema
from core.i18n import N_
from core.period_params import PeriodParams
from lines import fields
from rbac.actor import Actor


class DepartmentParams(FieldSchema):
    """A department with all below it; without one all that the person sees."""

    department = fields.department(N_("Department"), required=False, none=fields.EVERYTHING)


def days(actor: Actor, params: Mapping[str, Any]) -> tuple[date, date]:
    """First and last day of the chosen period, in the company's zone."""
    today = periods.today(actor.timezone)
    return periods.days_of(params["period"], params["since"], params["until"], today)


def moments(actor: Actor, params: Mapping[str, Any]) -> tuple[datetime, datetime]:
    """The chosen period as moments: from the first, before the second."""
    return period_params.moments(actor.timezone, params)


__all__ = ["DepartmentParams", "PeriodParams", "days", "moments"]

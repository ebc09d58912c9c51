"""Schedules of reports through the JSON API: the same services as the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields, validate

from console.reports.api import FileOut, OrderIn
from console.web.api_blueprint import Calls
from console.web.i18n import text
from console.web.routing import actor, db, parts, route
from notices.service import mails_about
from rbac.permissions import Permission
from reports import scheduling
from reports.models import Period, ReportJob, ReportSchedule

blueprint = Calls("api_schedules", __name__, url_prefix="/api/v1", description="Reports sent by schedule")
SCHEDULE = Permission.REPORTS_SCHEDULE
PERIODS = [period.value for period in Period]


class ScheduleIn(OrderIn):
    """The report, its period and hour of the company's own time, and the people to whom it is mailed.

    `day` is 1 (Monday) to 7 of a weekly one, 1 to 28 of a monthly one; `params` need a period that moves.
    """

    report = fields.String(required=True)
    every = fields.String(required=True, metadata={"enum": PERIODS})
    hour = fields.Integer(load_default=8, strict=True, metadata={"minimum": 0, "maximum": 23})
    day = fields.Integer(load_default=1, strict=True, metadata={"minimum": 1, "maximum": 28})
    addresses = fields.List(
        fields.String(validate=validate.Length(max=320)),
        required=True,
        metadata={"minItems": 1, "maxItems": scheduling.MOST_ADDRESSES},
    )


class ScheduleOut(Schema):
    """A schedule; `last_file_id` is the file that it ordered last."""

    id = fields.Integer()
    report = fields.String(attribute="code")
    params = fields.Dict(keys=fields.String(), values=fields.Raw())
    columns = fields.List(fields.String())
    format = fields.String()
    every = fields.String(attribute="period")
    hour = fields.Integer()
    day = fields.Integer()
    addresses = fields.List(fields.String())
    is_paused = fields.Boolean()
    next_at = fields.DateTime()
    last_at = fields.DateTime(allow_none=True)
    last_file_id = fields.Integer(attribute="last_job_id", allow_none=True)
    created_at = fields.DateTime()


class MailOut(Schema):
    """A mail of a schedule: pending, sent or failed, and what the mail server said."""

    recipient = fields.String()
    state = fields.String()
    tries = fields.Integer()
    trouble = fields.Function(
        lambda mail: text(mail.trouble) if mail.trouble else "", metadata={"type": "string"}
    )
    created_at = fields.DateTime()
    sent_at = fields.DateTime(allow_none=True)


class WholeScheduleOut(ScheduleOut):
    """A schedule with its mail of the last days."""

    mails = fields.List(fields.Nested(MailOut))


@route(blueprint, "/schedules", permission=SCHEDULE)
@blueprint.gives(ScheduleOut(many=True))
def list_schedules() -> Sequence[ReportSchedule]:
    """The person's own schedules, newest first; there are fifty at most."""
    return scheduling.own(db(), actor())


@route(blueprint, "/schedules", methods=("POST",), permission=SCHEDULE)
@blueprint.takes(ScheduleIn)
@blueprint.gives(ScheduleOut)
def create_schedule(wanted: dict[str, Any]) -> ReportSchedule:
    """Have a report made and mailed again and again; what is wrong is said by field."""
    timing = {name: wanted[name] for name in ("every", "hour", "day", "addresses")}
    return scheduling.create(
        db(),
        actor(),
        parts(),
        wanted["report"],
        wanted["params"],
        timing,
        columns=wanted["columns"],
        format=wanted["format"],
    )


@route(blueprint, "/schedules/<int:schedule_id>", permission=SCHEDULE)
@blueprint.gives(WholeScheduleOut)
def show_schedule(schedule_id: int) -> dict[str, Any]:
    """One schedule, and how its mail fares."""
    schedule = scheduling.get_schedule(db(), actor(), schedule_id)
    names = [field.attribute or name for name, field in ScheduleOut().fields.items()]
    mails = mails_about(db(), schedule.company_id, "report_schedule", [schedule.id])
    return {**{name: getattr(schedule, name) for name in names}, "mails": mails.get(schedule.id, ())}


@route(blueprint, "/schedules/<int:schedule_id>/send", methods=("POST",), permission=SCHEDULE, is_costly=True)
@blueprint.gives(FileOut)
def send_schedule(schedule_id: int) -> ReportJob:
    """Make the report and mail it at once, whatever the hour; 409 while it is still being made."""
    return scheduling.send_now(db(), actor(), parts(), schedule_id)


@route(blueprint, "/schedules/<int:schedule_id>/pause", methods=("POST",), permission=SCHEDULE)
@blueprint.gives(ScheduleOut)
def pause_schedule(schedule_id: int) -> ReportSchedule:
    """Send nothing for a while."""
    return scheduling.pause(db(), actor(), schedule_id, paused=True)


@route(blueprint, "/schedules/<int:schedule_id>/resume", methods=("POST",), permission=SCHEDULE)
@blueprint.gives(ScheduleOut)
def resume_schedule(schedule_id: int) -> ReportSchedule:
    """Go on with the next time to come."""
    return scheduling.pause(db(), actor(), schedule_id, paused=False)


@route(blueprint, "/schedules/<int:schedule_id>", methods=("DELETE",), permission=SCHEDULE)
@blueprint.gives_nothing()
def delete_schedule(schedule_id: int) -> None:
    """Send it never again; files that it made stay until their day."""
    scheduling.forget(db(), actor(), schedule_id)

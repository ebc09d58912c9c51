"""Schedules of reports: making one, and the list with pause and deletion."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _

from console.fields.drawn import errors_in_words, labels_of
from console.reports import form as report_form
from console.reports import words as report_words
from console.web.i18n import text, zone_name
from console.web.routing import ResponseReturnValue, actor, db, go_to, is_fragment, parts, render, route
from core.errors import Conflict, InvalidInput
from notices.service import mails_about
from rbac.permissions import Permission
from reports import scheduling
from reports.models import ReportSchedule
from reports.order_params import require_report
from reports.report import Report

blueprint = Blueprint("schedules", __name__, url_prefix="/reports")
SCHEDULE = Permission.REPORTS_SCHEDULE
TIMING = ("every", "day", "hour", "addresses")


@route(blueprint, "/schedules", permission=SCHEDULE)
def index() -> ResponseReturnValue:
    """The person's schedules."""
    plans = _plans(scheduling.own(db(), actor()))
    left_behind = [
        report_words.plan(schedule, (), None) for schedule in scheduling.left_behind(db(), actor())
    ]
    has_mail = bool(parts().settings.smtp_url)
    return render("reports/schedules.html", plans=plans, left_behind=left_behind, has_mail=has_mail)


def _plans(schedules: Sequence[ReportSchedule]) -> list[report_words.Plan]:
    company_id = schedules[0].company_id if schedules else 0
    mails = mails_about(db(), company_id, "report_schedule", [schedule.id for schedule in schedules])
    jobs = scheduling.last_jobs(db(), schedules)
    return [
        report_words.plan(schedule, mails.get(schedule.id, ()), jobs.get(schedule.id))
        for schedule in schedules
    ]


@route(blueprint, "/schedules/<int:schedule_id>", permission=SCHEDULE, passive=True)
def row(schedule_id: int) -> ResponseReturnValue:
    """One line of the list, asked for while its report is made and its mail leaves."""
    schedule = scheduling.get_schedule(db(), actor(), schedule_id)
    if not is_fragment():
        return redirect(url_for("schedules.index"))
    return render("reports/schedule_rows.html", plans=_plans([schedule]))


@route(blueprint, "/<report_code>/schedule", permission=SCHEDULE)
def new(report_code: str) -> ResponseReturnValue:
    """The period and the recipients; the parameters come along in the address."""
    report = parts().reports.of(report_code)
    require_report(actor(), report)
    return _form(report, {})


@route(blueprint, "/<report_code>/schedule/begin", permission=SCHEDULE, methods=("POST",))
def begin(report_code: str) -> ResponseReturnValue:
    """From the report's form to `new`: its parameters go into the address, the token of its page does not."""
    report = parts().reports.of(report_code)
    require_report(actor(), report)
    typed = report_form.read(report, request.form)
    pairs = [
        *typed.params.items(),
        *(("columns", column) for column in typed.columns),
        ("format", typed.format),
    ]
    return go_to(f"{url_for('schedules.new', report_code=report.code)}?{urlencode(pairs)}")


@route(blueprint, "/<report_code>/schedule", permission=SCHEDULE, methods=("POST",))
def create(report_code: str) -> ResponseReturnValue:
    """Keep it."""
    report = parts().reports.of(report_code)
    typed = report_form.read(report, request.form)
    timing = {name: request.form.get(name, "") for name in TIMING}
    timing["day"] = request.form.get("weekday" if timing["every"] == "weekly" else "day", "1")
    try:
        scheduling.create(
            db(),
            actor(),
            parts(),
            report_code,
            typed.params,
            timing,
            columns=typed.columns,
            format=typed.format,
        )
    except InvalidInput as problem:
        return _form(report, dict(problem.fields)), 422
    flash(_("“%(report)s” will be sent.", report=text(report.title)), "success")
    return go_to(url_for("schedules.index"))


def _form(report: Report, errors: dict[str, list[str]]) -> str:
    values = request.form if request.method == "POST" else request.args
    typed = report_form.read(report, values)
    return render(
        "reports/schedule.html",
        report=report,
        typed=typed,
        fields=report_form.fields_of(report, typed, errors),
        errors=errors_in_words(report.schema, errors),
        labels=labels_of(report.schema),
        values=values,
        formats=[(code, text(name)) for code, name in report_form.FORMATS.items()],
        periods=[(code, text(name)) for code, name in report_words.PERIODS.items()],
        weekdays=[(code, text(name)) for code, name in report_words.WEEKDAYS.items()],
        zone=zone_name(),
        has_mail=bool(parts().settings.smtp_url),
    )


@route(blueprint, "/schedules/<int:schedule_id>/send", permission=SCHEDULE, methods=("POST",), is_costly=True)
def send(schedule_id: int) -> ResponseReturnValue:
    """Make it and mail it at once; its next hour stays where it is."""
    try:
        scheduling.send_now(db(), actor(), parts(), schedule_id)
    except (Conflict, InvalidInput) as problem:
        flash(text(problem.message, **problem.params), "warning")
    else:
        flash(_("The report is being made. It is mailed as soon as it is ready."), "success")
    return go_to(url_for("schedules.index"))


@route(blueprint, "/schedules/<int:schedule_id>/pause", permission=SCHEDULE, methods=("POST",))
def pause(schedule_id: int) -> ResponseReturnValue:
    """Send nothing for a while."""
    scheduling.pause(db(), actor(), schedule_id, paused=True)
    return go_to(url_for("schedules.index"))


@route(blueprint, "/schedules/<int:schedule_id>/resume", permission=SCHEDULE, methods=("POST",))
def resume(schedule_id: int) -> ResponseReturnValue:
    """Go on with the next time to come."""
    scheduling.pause(db(), actor(), schedule_id, paused=False)
    return go_to(url_for("schedules.index"))


@route(blueprint, "/schedules/<int:schedule_id>/take", permission=SCHEDULE, methods=("POST",))
def take_over(schedule_id: int) -> ResponseReturnValue:
    """Go on with the schedule of a blocked person."""
    try:
        scheduling.take_over(db(), actor(), parts(), schedule_id)
    except InvalidInput as problem:
        flash(text(problem.message, **problem.params), "warning")
    else:
        flash(_("The schedule is yours now. It goes on at its next time."), "success")
    return go_to(url_for("schedules.index"))


@route(blueprint, "/schedules/<int:schedule_id>/end", permission=SCHEDULE, methods=("POST",))
def end(schedule_id: int) -> ResponseReturnValue:
    """Delete the schedule of a blocked person."""
    scheduling.forget_left_behind(db(), actor(), schedule_id)
    flash(_("The schedule is deleted."), "success")
    return go_to(url_for("schedules.index"))


@route(blueprint, "/schedules/<int:schedule_id>/delete", permission=SCHEDULE, methods=("POST",))
def delete(schedule_id: int) -> ResponseReturnValue:
    """Send it never again."""
    scheduling.forget(db(), actor(), schedule_id)
    flash(_("The schedule is deleted."), "success")
    return go_to(url_for("schedules.index"))

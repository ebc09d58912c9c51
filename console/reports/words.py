"""Words for ordered reports and schedules: states, progress, the next moment of a schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from flask_babel import gettext as _

from console.reports.form import FORMATS
from console.runs.words import Mark, duration
from console.web.formats import NARROW
from console.web.i18n import locale, number, text
from console.web.routing import actor, db, parts
from core import clock
from core.errors import InvalidInput, NotFound
from core.i18n import N_
from notices.models import MailState, OutboxMail
from reports import order_params
from reports.models import OPEN, JobState, Period, ReportJob, ReportSchedule

STATES: Mapping[str, Mark] = {
    JobState.ORDERED: Mark(N_("Waits for its turn"), "off", icon="hourglass"),
    JobState.MAKING: Mark(N_("Being made"), "accent", icon="hourglass-split"),
    JobState.READY: Mark(N_("Ready"), "good", icon="check-circle-fill"),
    JobState.FAILED: Mark(N_("Not made"), "bad", icon="exclamation-octagon-fill"),
    JobState.CANCELLED: Mark(N_("Cancelled"), "off", icon="stop-circle"),
}
PERIODS: Mapping[str, str] = {
    Period.DAILY: N_("Every day"),
    Period.WORKING_DAYS: N_("On working days"),
    Period.WEEKLY: N_("Every week"),
    Period.MONTHLY: N_("Every month"),
}
WEEKDAYS: Mapping[int, str] = {
    1: N_("Monday"),
    2: N_("Tuesday"),
    3: N_("Wednesday"),
    4: N_("Thursday"),
    5: N_("Friday"),
    6: N_("Saturday"),
    7: N_("Sunday"),
}


@dataclass(frozen=True)
class Shown:
    """An ordered report or a schedule with what is said of it."""

    title: str
    params: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class File(Shown):
    """A file in "My files"."""

    job: ReportJob
    mark: Mark
    percent: int
    rest: str
    size: str
    format: str
    trouble: str


@dataclass(frozen=True)
class Plan(Shown):
    """A schedule, how its last report and the mails with it fare included."""

    schedule: ReportSchedule
    every: str
    mail: Mark | None
    trouble: str

    @property
    def is_under_way(self) -> bool:
        """True while the report is made or its mail leaves."""
        return self.mail in (*(STATES[state] for state in OPEN), ON_ITS_WAY)


def file(job: ReportJob) -> File:
    """The words for a file."""
    title, params = _about(job)
    return File(
        title=title,
        params=params,
        job=job,
        mark=STATES[job.state],
        percent=percent(job),
        rest=rest(job, clock.now()),
        size=size(job.size),
        format=text(FORMATS[job.format]),
        trouble=text(job.trouble) if job.trouble else "",
    )


def size(value: int | None) -> str:
    """The size in bytes as people say it."""
    if value is None:
        return ""
    units = (N_("B"), N_("KB"), N_("MB"), N_("GB"))
    amount, place = float(value), 0
    while amount >= 1024 and place < len(units) - 1:
        amount, place = amount / 1024, place + 1
    said = number(round(amount) if amount >= 10 or place == 0 else round(Decimal(amount), 1))
    return f"{said}{NARROW}{text(units[place])}"


def percent(job: ReportJob) -> int:
    """The made part in per cent, never a hundred before it is ready."""
    if job.state == JobState.READY:
        return 100
    return min(99, 100 * job.done // job.total) if job.total else 0


def rest(job: ReportJob, now: datetime) -> str:
    """The time left as people say it; empty where nobody can tell."""
    if job.state != JobState.MAKING or not job.total or not job.done or job.started_at is None:
        return ""
    gone = (now - job.started_at).total_seconds()
    if gone < 1:
        return ""
    return duration(max(1.0, timedelta(seconds=gone * (job.total - job.done) / job.done).total_seconds()))


def plan(schedule: ReportSchedule, mails: Sequence[OutboxMail], job: ReportJob | None) -> Plan:
    """The words for a schedule with all its mails and the report that it ordered last."""
    title, params = _about(schedule)
    if job is not None and job.state in (*OPEN, JobState.FAILED):
        mark, trouble = STATES[job.state], text(job.trouble) if job.trouble else ""
        return Plan(title, params, schedule, every(schedule), mark, trouble)
    return Plan(title, params, schedule, every(schedule), *_mail(mails[-len(schedule.addresses) :]))


def every(schedule: ReportSchedule) -> str:
    """ "Every week on Monday at 08:00"."""
    at = f"{schedule.hour:02}:00"
    said = text(PERIODS[schedule.period])
    if schedule.period == Period.WEEKLY:
        return str(_("%(every)s: %(day)s, %(at)s", every=said, day=text(WEEKDAYS[schedule.day]), at=at))
    if schedule.period == Period.MONTHLY:
        return str(_("%(every)s: day %(day)s, %(at)s", every=said, day=schedule.day, at=at))
    return str(_("%(every)s, %(at)s", every=said, at=at))


ON_ITS_WAY = Mark(N_("Mail on its way"), "accent", icon="send")


def _mail(mails: Sequence[OutboxMail]) -> tuple[Mark | None, str]:
    """The state of the mails of one report: what is wrong with any of them comes first."""
    if not mails:
        return None, ""
    for mail in reversed(mails):
        if mail.state == MailState.FAILED:
            return Mark(N_("Mail not delivered"), "bad", icon="exclamation-octagon-fill"), (
                f"{mail.recipient}: {text(mail.trouble)}"
            )
        if mail.state == MailState.PENDING and not parts().settings.smtp_url:
            return Mark(N_("Mail waits"), "wait", icon="hourglass-split"), text(NO_SERVER)
        if mail.state == MailState.PENDING and mail.trouble:
            return Mark(N_("Mail waits for the mail server"), "wait", icon="hourglass-split"), mail.trouble
        if mail.state == MailState.PENDING:
            return ON_ITS_WAY, ""
    return Mark(N_("Mail sent"), "good", icon="check-circle-fill"), ""


NO_SERVER = N_("No mail server is set up on this console.")


def _about(order: ReportJob | ReportSchedule) -> tuple[str, Sequence[tuple[str, str]]]:
    try:
        report = parts().reports.of(order.code)
        asked = order_params.stored(report, order.params, order.columns)
        return text(report.title), order_params.in_words(db(), actor(), asked, locale())
    except NotFound:
        return order.code, ()
    except InvalidInput:
        return text(parts().reports.of(order.code).title), ()

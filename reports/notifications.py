"""Notifications that a report is ready or failed: a notice, and the mail of a schedule with the file or a link."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.i18n import N_, translate
from hierarchy.models import Company
from notices import service as notices
from notices.service import Attachment
from reports.administrators import administrators
from reports.files import TYPES
from reports.models import Format, ReportJob, ReportSchedule
from reports.parts import Parts
from reports.report import Report
from reports.service import file_name

READY = N_("Your report “%(report)s” is ready.")
FAILED = N_("Your report “%(report)s” could not be made: %(why)s")
PAUSED = N_("The schedule of “%(report)s” is paused: you may not order this report any more.")
LEFT_BEHIND = N_(
    "The schedule of “%(report)s” is paused: %(person)s, who made it, is blocked. Take it over or delete it."
)
MAIL_READY = N_("Report “%(report)s” of %(company)s is attached.")
MAIL_BIG = N_(
    "Report “%(report)s” of %(company)s is ready. It is too big for a mail; sign in to download it:"
)
MAIL_EMPTY = N_("Nothing was found for its parameters this time.")
MAIL_WHY = N_("You receive this because %(person)s scheduled it to be sent to this address.")


def ready(
    session: Session, parts: Parts, job: ReportJob, report: Report, *, key: str, size: int, rows: int
) -> None:
    """The notice, and the mails of the schedule that ordered it."""
    shown = {"report": report.title}
    notices.tell(session, job.company_id, [job.ordered_by], "report.ready", READY, shown, "/files")
    schedule = _schedule(session, job)
    if schedule is None:
        return
    locale, title = job.locale, translate(job.locale, report.title)
    company = _company_name(session, job)
    fits = size <= parts.settings.mail_attach_mb * 1024 * 1024
    lines = [translate(locale, MAIL_READY if fits else MAIL_BIG, report=title, company=company)]
    if not fits:
        lines.append(f"{parts.settings.console_url}/files")
    if rows == 0:
        lines.append(translate(locale, MAIL_EMPTY))
    lines += ["", translate(locale, MAIL_WHY, person=schedule.created_name)]
    file = Attachment(
        file_name(report, locale, job.created_at, Format(job.format)), key, TYPES[Format(job.format)]
    )
    notices.mail(
        session,
        job.company_id,
        schedule.addresses,
        f"{title} – {company}",
        "\n".join(lines),
        (file,) if fits else (),
        source=("report_schedule", schedule.id),
    )


def failed(session: Session, parts: Parts, job: ReportJob, trouble: str) -> None:
    """The notice to the person who ordered it; `trouble` is a msgid."""
    report = parts.reports.get(job.code)
    shown = {"report": report.title if report else job.code, "why": trouble}
    notices.tell(session, job.company_id, [job.ordered_by], "report.failed", FAILED, shown, "/files")


def _schedule(session: Session, job: ReportJob) -> ReportSchedule | None:
    if job.schedule_id is None:
        return None
    return session.scalar(
        select(ReportSchedule).where(
            ReportSchedule.company_id == job.company_id, ReportSchedule.id == job.schedule_id
        )
    )


def _company_name(session: Session, job: ReportJob) -> str:
    return session.get_one(Company, job.company_id).name


def paused(session: Session, parts: Parts, schedule: ReportSchedule) -> None:
    """The notice that a schedule cannot go on: a right, the department or the report is gone."""
    report = parts.reports.get(schedule.code)
    shown = {"report": report.title if report else schedule.code}
    people = [schedule.created_by]
    notices.tell(session, schedule.company_id, people, "schedule.paused", PAUSED, shown, "/reports/schedules")


def left_behind(session: Session, parts: Parts, schedule: ReportSchedule) -> None:
    """The notice to the company's administrators that a schedule is paused because its person is blocked."""
    report = parts.reports.get(schedule.code)
    shown = {"report": report.title if report else schedule.code, "person": schedule.created_name}
    people = administrators(session, schedule.company_id)
    notices.tell(
        session, schedule.company_id, people, "schedule.left_behind", LEFT_BEHIND, shown, "/reports/schedules"
    )

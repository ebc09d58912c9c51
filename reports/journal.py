"""The journal of reports and their schedules: what is written of them, with its words."""

from __future__ import annotations

from core.i18n import N_
from core.journal.actions import Action, Area, JournalWords

REPORT_ORDERED = Action("report.ordered", N_("Report ordered"))
REPORT_DOWNLOADED = Action("report.downloaded", N_("Report downloaded"))
REPORT_DELETED = Action("report.deleted", N_("File of a report deleted"))

SCHEDULE_CREATED = Action("schedule.created", N_("Schedule of a report created"))
SCHEDULE_PAUSED = Action("schedule.paused", N_("Schedule of a report paused"))
SCHEDULE_SENT = Action("schedule.sent", N_("Schedule of a report sent at once"))
SCHEDULE_RESUMED = Action("schedule.resumed", N_("Schedule of a report resumed"))
SCHEDULE_TAKEN_OVER = Action("schedule.taken_over", N_("Schedule of a blocked person taken over"))
SCHEDULE_DELETED = Action("schedule.deleted", N_("Schedule of a report deleted"))

WORDS = JournalWords(
    areas=(Area("report", N_("Reports")), Area("schedule", N_("Schedules"))),
    actions=(
        REPORT_ORDERED,
        REPORT_DOWNLOADED,
        REPORT_DELETED,
        SCHEDULE_CREATED,
        SCHEDULE_PAUSED,
        SCHEDULE_SENT,
        SCHEDULE_RESUMED,
        SCHEDULE_TAKEN_OVER,
        SCHEDULE_DELETED,
    ),
    fields={
        "report": N_("Report"),
        "params": N_("Parameters"),
        "format": N_("Format"),
        "every": N_("How often"),
        "addresses": N_("Addresses"),
    },
)

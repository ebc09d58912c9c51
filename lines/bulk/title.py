"""Titles of lines for the bulk engine: the number, and second the SIM card; words for lines."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, func

from core.i18n import N_, NN_
from core.journal.entries import JournalEntry
from lines.models import Line
from lines.sync.merge import PARKED
from runs.operation import TargetWords

TITLE_COLUMN: Final = "msisdn"
"""Name of the column of lines."""
TITLE = Line.msisdn
SECOND_TITLE = Line.iccid
TITLE_BEFORE: ColumnElement[str | None] = JournalEntry.before[TITLE_COLUMN].astext
"""What a line was known by before the change that a journal entry tells of."""

LINE_WORDS = TargetWords(
    many=N_("Numbers"),
    title=N_("Number"),
    second_title=N_("SIM card (ICCID)"),
    state=N_("State"),
    user=N_("Employee"),
    place=N_("Department"),
    counted=NN_("%(n)s number", "%(n)s numbers"),
    check=NN_("Check %(n)s number", "Check %(n)s numbers"),
    all_go=NN_("%(n)s number can go through", "all %(n)s numbers can go through"),
    wait=NN_(
        "%(n)s line waits; nothing is lost, and the run goes on by itself.",
        "%(n)s lines wait; nothing is lost, and the run goes on by itself.",
    ),
    sent_already=NN_(
        "Nothing more is sent. %(n)s number was sent before the stop: its outcome is awaited.",
        "Nothing more is sent. %(n)s numbers were sent before the stop: their outcome is awaited.",
    ),
    rate=NN_("%(n)s line per second", "%(n)s lines per second"),
    none_go=N_("none of the numbers can go through"),
    nothing_to_start=N_("None of the numbers can go through, so there is nothing to start."),
    nothing_chosen=N_("Choose at least one number, or say that you mean all that match."),
    nothing_seen=N_("There is no number here that you may see."),
    by_title=N_("By number"),
    none_here=N_("No numbers here"),
    none_ended_so=N_("No number of this run that you may see ended so."),
    choose_others=N_("Choose other numbers"),
    more_now=N_(
        "Since the preview more has come together: %(now)s numbers instead of %(shown)s. Look at it again."
    ),
    type_count=N_("This cannot be undone in one step. Type the number of lines, %(n)s, to go on."),
    typed_wrong=N_("That is not the number of lines. Type %(n)s."),
)


def title_without_mark() -> ColumnElement[str]:
    """The title of a line also where it had to give it up to another line, which left a mark."""
    return func.split_part(TITLE, PARKED, 1)

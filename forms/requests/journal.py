"""The journal of requests: an action for each step of their way, with its words."""

from __future__ import annotations

from core.i18n import N_
from core.journal.actions import Action, Area, JournalWords

STEPS: dict[str, Action] = {
    "submit": Action("request.submit", N_("Request submitted")),
    "take": Action("request.take", N_("Request taken")),
    "pass": Action("request.pass", N_("Request passed on")),
    "ask": Action("request.ask", N_("Customer asked back")),
    "answer": Action("request.answer", N_("Customer answered")),
    "comment": Action("request.comment", N_("Message on a request")),
    "resolve": Action("request.resolve", N_("Request resolved")),
    "refuse": Action("request.refuse", N_("Request refused")),
    "withdraw": Action("request.withdraw", N_("Request withdrawn")),
    "reopen": Action("request.reopen", N_("Request reopened")),
    "complain": Action("request.complain", N_("Complaint about a request")),
    "report": Action("request.report", N_("Outcome of a request reported")),
}
"""Actions by the name of the step (forms.requests.transitions)."""

WORDS = JournalWords(
    areas=(Area("request", N_("Requests")),),
    actions=tuple(STEPS.values()),
    fields={"state": N_("State")},
)

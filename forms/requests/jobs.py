"""The worker's part in requests: both sides are told how the operation of a resolved request ended."""

from __future__ import annotations

from sqlalchemy import select

from core.db import unit_of_work
from core.i18n import DEFAULT_LOCALE, N_, translate
from core.tenancy import all_companies, company_scope
from forms.requests.models import Request
from forms.requests.service import move
from hierarchy.models import Company
from rbac.actor import system_actor
from runs.models import Run
from runs.parts import Parts

AT_ONCE = 50
TOTAL = N_("Numbers in all: %(count)s")
PARTS = {
    "done": N_("done: %(count)s"),
    "refused": N_("refused: %(count)s"),
    "failed": N_("failed: %(count)s"),
    "cancelled": N_("not sent: %(count)s"),
}


def report_outcomes(parts: Parts) -> int:
    """One step in the timeline of each request whose run has ended; returns how many. Safe to repeat."""
    with all_companies(reason="runs of every company end"), unit_of_work() as session:
        ended = session.execute(
            select(Request.company_id, Request.id)
            .join(Run, (Run.company_id == Request.company_id) & (Run.id == Request.run_id))
            .where(Request.run_id.is_not(None), ~Request.outcome_told, Run.finished_at.is_not(None))
            .limit(AT_ONCE)
        ).all()
    return sum(_report(parts, company_id, request_id) for company_id, request_id in ended)


def _report(parts: Parts, company_id: int, request_id: int) -> int:
    with company_scope(company_id), unit_of_work() as session:
        request = session.scalar(
            select(Request)
            .where(Request.company_id == company_id, Request.id == request_id, ~Request.outcome_told)
            .with_for_update(skip_locked=True)
        )
        if request is None:
            return 0
        run = session.get_one(Run, (company_id, request.run_id))
        locale = session.scalar(select(Company.locale).where(Company.id == company_id)) or DEFAULT_LOCALE
        text = outcome(run, locale)
        request.outcome_told = True
        actor = system_actor(company_id, translate(locale, N_("The console")))
        move(session, actor, parts, request, "report", text, run_id=run.id)
        return 1


def outcome(run: Run, locale: str) -> str:
    """The outcome of a run for the mail about it: what happened to no number is left out."""
    counts = {name: getattr(run, name) for name in PARTS}
    phrases = [translate(locale, PARTS[name], count=count) for name, count in counts.items() if count]
    parts = ", ".join(phrases)
    total = translate(locale, TOTAL, count=run.total) + "."
    return f"{total} {parts[0].upper()}{parts[1:]}." if parts else total


def report(parts: Parts) -> None:
    """The repeated job."""
    report_outcomes(parts)

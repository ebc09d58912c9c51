"""The journal of a period: who did what to what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import or_, select

from core.excel import Column
from core.fields import FieldSchema, choice
from core.i18n import N_
from core.journal.actions import JournalRegistry
from core.journal.entries import JournalEntry
from lines.journal import narrower
from rbac.actor import Actor, company_of
from rbac.permissions import Permission
from reports.catalogue.common import ANY, RECORDS
from reports.params import PeriodParams, moments
from reports.report import Cells, Params, Report, Rows, Speech

KINDS: Mapping[str, str] = {
    "user": N_("person"),
    "staff": N_("operator"),
    "system": N_("system"),
    "token": N_("program"),
}


def _params(journal: JournalRegistry) -> type[FieldSchema]:
    class JournalParams(PeriodParams):
        """The period, and what the entries were about."""

        area = choice(N_("About"), {ANY: N_("Everything"), **journal.areas}, required=False)

    return JournalParams


def rows(actor: Actor, params: Params) -> Rows:
    """One row per entry that the actor may read, newest first."""
    first, after = moments(actor, params)
    entry = JournalEntry
    statement = (
        select(
            entry.at,
            entry.actor_name,
            entry.actor_kind,
            entry.ip,
            entry.action,
            entry.label,
            entry.object_id,
            entry.before,
            entry.after,
            entry.run_id,
        )
        .where(entry.company_id == company_of(actor), entry.at >= first, entry.at < after, *narrower(actor))
        .order_by(entry.seq.desc(), entry.no.desc())
    )
    area = params["area"]
    if area == ANY:
        return statement
    return statement.where(or_(entry.action == area, entry.action.startswith(f"{area}.", autoescape=True)))


def cells(journal: JournalRegistry, speech: Speech) -> Cells:
    """The cells of a row: actions and changed values in words."""
    kinds = speech.words(KINDS)

    def made(row: Any) -> Sequence[object]:
        at, who, kind, ip, action, label, object_id, before, after, run = row
        return (
            speech.text(journal.action_text(action)),
            at,
            speech.text(system) if (system := journal.system_text(kind, who)) else who,
            kinds.get(kind, kind),
            ip,
            label or f"№ {object_id}",
            _said(journal, speech, before),
            _said(journal, speech, after),
            str(run) if run else None,
        )

    return made


def _said(journal: JournalRegistry, speech: Speech, values: Mapping[str, Any] | None) -> str:
    parts = []
    for name, value in (values or {}).items():
        if value in (None, "", {}):
            continue
        if isinstance(value, Mapping):
            shown = ", ".join(f"{key}={inner}" for key, inner in value.items())
        else:
            known = journal.value_text(value) if isinstance(value, str) else None
            shown = speech.text(known) if known else str(value)
        parts.append(f"{speech.text(journal.field_text(name))}: {shown}")
    return "; ".join(parts)


COLUMNS = (
    Column(N_("What was done"), "action", "text", 34),
    Column(N_("When"), "at", "datetime"),
    Column(N_("Who"), "who", "text", 28),
    Column(N_("Kind"), "kind", "text", 14),
    Column(N_("Address"), "ip", "text", 16),
    Column(N_("What it was about"), "about", "text", 28),
    Column(N_("Before"), "before", "text", 40),
    Column(N_("After"), "after", "text", 40),
    Column(N_("Run"), "run", "text", 10),
)


def make(journal: JournalRegistry) -> Report:
    """The report on a journal with these words."""
    return Report(
        code="journal",
        title=N_("Journal"),
        lead=N_("Who did what, from where and what it changed."),
        group=RECORDS,
        permission=Permission.JOURNAL_VIEW,
        schema=_params(journal),
        columns=COLUMNS,
        rows=rows,
        cells=partial(cells, journal),
        icon="journal-text",
    )

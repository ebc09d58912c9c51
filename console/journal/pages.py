"""The journal: search by action, person, object and period; each entry with what changed; the check of the chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, request, url_for
from sqlalchemy import ColumnElement

from console.journal.view import shown
from console.web.routing import ResponseReturnValue, actor, db, parts, render, route
from core.bounds import whole
from core.journal import entries as journal
from core.journal.search import PAGE, EntrySearch, entries
from lines.journal import narrower
from rbac.actor import company_of
from rbac.decision import require_everywhere
from rbac.permissions import Permission

blueprint = Blueprint("journal", __name__, url_prefix="/journal")


@route(blueprint, "", permission=Permission.JOURNAL_VIEW)
def index() -> ResponseReturnValue:
    """A page of entries, newest first."""
    wanted = _wanted()
    page = db().scalars(entries(company_of(actor()), wanted, *_narrower())).all()
    more = None
    if len(page) == PAGE:
        last = page[-1]
        query: dict[str, Any] = {**request.args.to_dict(), "before": f"{last.seq}-{last.no}"}
        more = url_for("journal.index", **query)
    return render(
        "journal/index.html",
        entries=shown(db(), page, parts().journal),
        wanted=request.args,
        areas=parts().journal.areas,
        more=more,
        is_narrowed=bool(_narrower()),
        problems=_problems(),
        unused=wanted == EntrySearch(before=wanted.before),
    )


def _problems() -> list[str] | None:
    """The problems of the chain of the whole company's entries, where that is asked for."""
    if "check" not in request.args:
        return None
    require_everywhere(actor(), Permission.JOURNAL_VIEW)
    return journal.verify(db(), company_of(actor()))


def _wanted() -> EntrySearch:
    """The filter in the address; what cannot be read does not narrow."""
    arguments = request.args
    wanted = EntrySearch(
        action=arguments.get("action", "").strip(),
        person=arguments.get("person", "").strip(),
        object_kind=arguments.get("kind", "").strip(),
        object_id=arguments.get("id", type=whole),
        label=arguments.get("label", "").strip(),
        since=_midnight(arguments.get("since", ""), 0),
        until=_midnight(arguments.get("until", ""), 1),
    )
    seq, _, no = arguments.get("before", "").partition("-")
    if (seq + no).isascii() and seq.isdigit() and no.isdigit() and len(seq + no) < 19:
        wanted = replace(wanted, before=(int(seq), int(no)))
    return wanted


def _midnight(text: str, days: int) -> datetime | None:
    """The start of a day in the company's zone, so many days on."""
    try:
        day = date.fromisoformat(text) + timedelta(days=days)
    except (ValueError, OverflowError):
        return None
    return datetime.combine(day, time(), ZoneInfo(actor().timezone))


def _narrower() -> list[ColumnElement[bool]]:
    return narrower(actor())

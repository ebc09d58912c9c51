"""The list of numbers, where people live: tree, filters, rows that load as one scrolls; and the card of a number."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, make_response, redirect, request, url_for
from sqlalchemy import select

from console.fields import tree as tree_view
from console.journal.values import value_text
from console.journal.view import actor_name
from console.lines import columns, filter_menus
from console.lines import words as line_words
from console.lines.facts import FACTS
from console.runs.operations import allowed_operations
from console.web.i18n import text
from console.web.routing import (
    ResponseReturnValue,
    SignedIn,
    actor,
    db,
    is_fragment,
    may,
    parts,
    render,
    route,
)
from core.journal.entries import JournalEntry
from core.journal.search import PAGE as HISTORY_PAGE
from core.journal.search import changes
from hierarchy.models import BillingAccount, Company, Department
from hierarchy.queries import get_department
from lines import card as service
from lines import filters, queries
from lines.accounts import seen_accounts
from lines.card import LineCard
from lines.filters import LineFilter
from lines.words import LIMIT_PERIODS
from operators.models import Tariff
from rbac.decision import is_everywhere
from rbac.permissions import Permission
from runs.operation import Operation

BESIDES = ("after", "cols")
"""What stands in the addresses of the list beside its filter."""
blueprint = Blueprint("lines", __name__)
blueprint.add_app_template_filter(line_words.state_mark, "state_mark")
blueprint.add_app_template_filter(line_words.block_reason, "block_reason")


@route(blueprint, "/", permission=SignedIn(), endpoint="home")
def home() -> ResponseReturnValue:
    """The first page of a person: the numbers, or the companies for staff outside of one."""
    if actor().company_id is None:
        return redirect(url_for("companies.index"))
    return redirect(url_for("lines.index"))


@route(blueprint, "/lines", permission=Permission.LINES_VIEW)
def index() -> ResponseReturnValue:
    """The list with everything around it."""
    line_filter = filters.parse(dict(request.args.lists()), besides=BESIDES)
    shown = columns.chosen_columns()
    count = queries.count_matching(db(), actor(), Permission.LINES_VIEW, line_filter)
    names = _names()
    page = make_response(
        render(
            "lines/index.html",
            line_filter=line_filter,
            search_text=line_filter.q,
            count=count,
            counted=line_words.counted(count.number, count.is_exact),
            chips=line_words.chips(line_filter, names),
            names=names,
            menus=filter_menus.offered(names),
            toggles=filter_menus.TOGGLES,
            all_columns=columns.COLUMNS,
            operations=allowed_operations(),
            department=_department(line_filter),
            tree=tree_view.open_tree(tree_view.lines_tree(line_filter)),
            sees_all=is_everywhere(actor(), Permission.LINES_VIEW),
            company=db().get(Company, actor().company_id),
            **_rows(line_filter),
        )
    )
    if "cols" in request.args:
        chosen = columns.codes(shown)
        page.set_cookie(
            columns.COOKIE,
            chosen,
            max_age=columns.YEAR,
            httponly=True,
            samesite="Lax",
            secure=parts().settings.secure_cookies,
        )
    return page


@route(blueprint, "/lines/rows", permission=Permission.LINES_VIEW)
def rows() -> ResponseReturnValue:
    """The next rows: a fragment for scrolling; as a page of its own it is the list from there on."""
    line_filter = filters.parse(dict(request.args.lists()), besides=BESIDES)
    if not is_fragment():
        return redirect(url_for("lines.index") + f"?{line_filter.query()}")
    return render("lines/rows.html", line_filter=line_filter, **_rows(line_filter, request.args.get("after")))


def _rows(line_filter: LineFilter, after: str | None = None) -> dict[str, Any]:
    after = after or request.args.get("after")
    page = queries.page_of_lines(db(), actor(), line_filter, after=after)
    shown = columns.chosen_columns()
    more = None
    if page.after:
        pairs = [*line_filter.pairs(), ("cols", columns.codes(shown)), ("after", page.after)]
        more = f"{url_for('lines.rows')}?{urlencode(pairs)}"
    titles = {column.code: text(column.title) for column in shown}  # once, not once a cell
    return {"rows": page.rows, "more": more, "columns": shown, "titles": titles}


def _names() -> dict[str, dict[str, str]]:
    """Names of the tariffs and accounts to choose from."""
    tariffs = db().execute(select(Tariff.id, Tariff.name).order_by(Tariff.name)).all()
    names: dict[str, dict[str, str]] = {"tariff": {row.id: row.name for row in tariffs}, "account": {}}
    if may(Permission.ACCOUNTS_VIEW):
        accounts = select(BillingAccount.id, BillingAccount.number).where(
            BillingAccount.company_id == actor().company_id, seen_accounts(actor())
        )
        numbers = db().execute(accounts.order_by(BillingAccount.number).limit(500))
        names["account"] = {str(key): number for key, number in numbers}
    return names


def _department(line_filter: LineFilter) -> Department | None:
    if line_filter.department is None:
        return None
    return get_department(db(), actor(), line_filter.department, Permission.LINES_VIEW)


@route(blueprint, "/lines/<int:line_id>", permission=Permission.LINES_VIEW)
def show(line_id: int) -> ResponseReturnValue:
    """The card as a page of its own."""
    card = service.get_line(db(), actor(), line_id)
    return render("lines/show.html", **_card(card))


@route(blueprint, "/lines/<int:line_id>/drawer", permission=Permission.LINES_VIEW)
def drawer(line_id: int) -> ResponseReturnValue:
    """The card beside the list: a fragment."""
    if not is_fragment():
        return redirect(url_for("lines.show", line_id=line_id))
    card = service.get_line(db(), actor(), line_id)
    return render("lines/drawer.html", **_card(card))


@route(blueprint, "/lines/<int:line_id>/history", permission=Permission.LINES_VIEW)
def history(line_id: int) -> ResponseReturnValue:
    """Earlier changes: a fragment."""
    if not is_fragment():
        return redirect(url_for("lines.show", line_id=line_id))
    card = service.get_line(db(), actor(), line_id)
    return render("lines/history.html", card=card, **_history(card, request.args.get("before", "")))


def _card(card: LineCard) -> dict[str, Any]:
    planned = db().get(Tariff, card.line.planned_tariff_id) if card.line.planned_tariff_id else None
    return {
        "card": card,
        "line": card.line,
        "facts": FACTS,
        "planned": planned,
        "period": LIMIT_PERIODS.get(card.line.limit_period or "month", ""),
        "operations": _operations_on(card),
        "busy": [
            (run, parts().operations.of(run.operation)) for run, _item in service.open_items(db(), card)
        ],
        **_history(card),
    }


def _operations_on(card: LineCard) -> list[Operation]:
    return [operation for operation in allowed_operations() if card.may(actor(), operation.permission)]


def _history(card: LineCard, before: str = "") -> dict[str, Any]:
    place = tuple(
        int(part) for part in before.split("-") if part.isascii() and part.isdigit() and len(part) < 19
    )
    position = (place[0], place[1]) if len(place) == 2 else None
    entries = service.history(db(), card, before=position)
    tariffs = _tariff_names()
    more = None
    if len(entries) == HISTORY_PAGE:
        last = entries[-1]
        more = url_for("lines.history", line_id=card.line.id, before=f"{last.seq}-{last.no}")
    rows = [
        {
            "entry": entry,
            "actor": actor_name(entry, parts().journal),
            "title": parts().journal.action_text(entry.action),
            "changes": _changes(entry, tariffs),
        }
        for entry in entries
    ]
    return {"entries": rows, "more_history": more}


def _tariff_names() -> dict[str, str]:
    return {row.id: row.name for row in db().execute(select(Tariff.id, Tariff.name))}


def _changes(entry: JournalEntry, tariffs: dict[str, str]) -> list[tuple[str, str, str]]:
    return [
        (
            line_words.field_name(parts().journal, name),
            value_text(name, before, tariffs),
            value_text(name, after, tariffs),
        )
        for name, before, after in changes(entry)
    ]

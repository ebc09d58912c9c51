"""How people speak of lines: parts of a filter, and what the history says was changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from console.web.i18n import money, number, text
from core.i18n import N_
from core.journal.actions import JournalRegistry
from lines.filters import LineFilter
from lines.numbers import format_iccid, format_msisdn

STATES: Mapping[str, str] = {
    "active": N_("Active"),
    "blocked": N_("Blocked"),
    "terminated": N_("Terminated"),
}
COUNTED: Mapping[str, str] = {
    "active": N_("Active numbers"),
    "blocked": N_("Blocked numbers"),
    "terminated": N_("Terminated numbers"),
}
"""The states as headings of how many there are: an adjective of one number would not fit."""
REASONS: Mapping[str, str] = {
    "voluntary": N_("own wish"),
    "lost": N_("lost or stolen"),
    "company": N_("by the company"),
    "debt": N_("debt"),
    "operator": N_("by the operator"),
}
PERIODS: Mapping[str, str] = {"month": N_("per month"), "day": N_("per day")}


@dataclass(frozen=True)
class Chip:
    """One part of a filter that is set: what it says, and the query string without it."""

    text: str
    query: str


def chips(wanted: LineFilter, names: Mapping[str, Mapping[str, str]]) -> list[Chip]:
    """Every part that is set, in words; `names` gives those of tariffs, accounts and departments."""
    found: list[Chip] = []

    def add(said: str, *parts: str) -> None:
        found.append(Chip(said, wanted.without(*parts).query()))

    if wanted.q:
        add(_("“%(text)s”", text=wanted.q), "q")
    if wanted.state:
        add(", ".join(text(STATES[state]) for state in wanted.state), "state")
    if wanted.reason:
        reasons = ", ".join(text(REASONS[reason]) for reason in wanted.reason)
        add(_("Blocked: %(why)s", why=reasons), "reason")
    if wanted.tariff:
        tariffs = names.get("tariff", {})
        add(", ".join(tariffs.get(one, one) for one in wanted.tariff), "tariff")
    if wanted.limit:
        add(_("With a limit") if wanted.limit == "yes" else _("Without a limit"), "limit")
    if wanted.used is not None:
        add(_("Limit used from %(percent)s %%", percent=wanted.used), "used")
    if wanted.idle is not None:
        days = wanted.idle
        add(str(ngettext("Idle for more than %(num)s day", "Idle for more than %(num)s days", days)), "idle")
    if wanted.employee:
        add(_("No employee"), "employee")
    if wanted.account is not None:
        said = names.get("account", {}).get(str(wanted.account), str(wanted.account))
        add(_("Account %(number)s", number=said), "account")
    if wanted.direct:
        add(_("Without what is below"), "direct")
    return found


def value_text(name: str, value: Any, tariffs: Mapping[str, str]) -> str:
    """A value of the history as people read it."""
    if value is None or value == "":
        return str(_("none"))
    said = str(value)
    if name == "state":
        return text(STATES.get(said, said))
    if name == "block_reason":
        return text(REASONS.get(said, said))
    if name == "limit_period":
        return text(PERIODS.get(said, said))
    if name.endswith("tariff_id"):
        return tariffs.get(said, said)
    if name in ("limit_amount", "spent"):
        return _amount(said)
    if name in NUMBERS:
        return NUMBERS[name](said)
    return f"{said}{chr(0x202F)}%" if name == "limit_warn" else said


def _amount(said: str) -> str:
    try:
        return money(Decimal(said))
    except InvalidOperation:
        return said


def field_name(journal: JournalRegistry, name: str) -> str:
    """The name of a field of the history."""
    return text(FIELDS.get(name) or journal.field_text(name))


NUMBERS: Mapping[str, Callable[[str], str]] = {"iccid": format_iccid, "msisdn": format_msisdn}
FIELDS: Mapping[str, str] = {
    "account_id": N_("Account"),
    "spent": N_("Spent this month"),
}


def counted(count: int, is_exact: bool = True) -> str:
    """ "4,812 numbers"; "more than 10,000 numbers" where counting stopped there."""
    said: str = ngettext("%(count)s number", "%(count)s numbers", count, count=number(count))
    return said if is_exact else str(_("more than %(numbers)s", numbers=said))

"""Orders of reports: their parameters checked and stored, the right to them, their wording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from marshmallow import ValidationError
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.fields import CHOOSE, info_of, without_empty
from core.i18n import N_, translate
from core.messages import field_messages
from lines import field_values
from rbac.actor import ANYWHERE, Actor, company_of
from rbac.decision import holds, is_allowed, require, roots
from rbac.permissions import Permission
from reports.params import days
from reports.report import Params, Report

CHECK = N_("Check the parameters.")
CHANGED = N_("This report takes other parameters by now. Order it anew.")


@dataclass(frozen=True)
class Asked:
    """A report with checked parameters and columns."""

    report: Report
    params: Params
    columns: tuple[str, ...] = ()

    def stored(self) -> dict[str, Any]:
        """The parameters as JSON."""
        dumped: dict[str, Any] = self.report.schema().dump(self.params)
        return dumped


def may_order(actor: Actor, report: Report) -> bool:
    """True where the actor may have this report on anything at all."""
    return all(holds(actor, permission) for permission in (Permission.REPORTS_ORDER, *report.permissions))


def require_report(actor: Actor, report: Report) -> None:
    """Raise NotAllowed unless the actor may order reports and see what this one shows."""
    for permission in (Permission.REPORTS_ORDER, *report.permissions):
        require(actor, permission)


def seen_paths(actor: Actor, report: Report) -> list[str]:
    """The topmost departments on which the actor may see what the report shows."""
    return roots(actor, report.permission)


def still_sees(actor: Actor, report: Report, paths: Sequence[str]) -> bool:
    """True where the actor may still see all of what a file made for these departments holds."""
    return all(
        path in roots(actor, report.permission)
        if path == ANYWHERE
        else is_allowed(actor, report.permission, path)
        for path in paths
    )


def check(
    session: Session, actor: Actor, report: Report, raw: Mapping[str, Any], columns: Sequence[str] = ()
) -> Asked:
    """The right, then the parameters; raises NotAllowed, or InvalidInput with every problem at its field."""
    require_report(actor, report)
    schema = report.schema()
    problems: dict[str, list[str]] = {}
    params: Params = {}
    try:
        params = schema.load(without_empty(raw))
    except ValidationError as problem:
        problems = field_messages(problem)
    problems |= _chosen_problems(session, actor, report, params)
    known = [column.key for column in report.columns]
    if set(columns) - set(known):
        problems["columns"] = [CHOOSE]
    if problems:
        raise InvalidInput(CHECK, fields=problems)
    return Asked(report, params, tuple(key for key in known if key in columns))


def stored(report: Report, params: Mapping[str, Any], columns: Sequence[str]) -> Asked:
    """The stored parameters of an order; raises InvalidInput where the report takes other parameters by now."""
    try:
        loaded: Params = report.schema().load(dict(params))
    except ValidationError as problem:
        raise InvalidInput(CHANGED, fields=field_messages(problem)) from problem
    return Asked(report, loaded, tuple(columns))


def require_chosen(session: Session, actor: Actor, asked: Asked) -> None:
    """Raise InvalidInput where a department, an account or a tariff that was stored is gone or out of sight by now."""
    wrong = _chosen_problems(session, actor, asked.report, asked.params)
    if wrong:
        raise InvalidInput(next(iter(wrong.values()))[0], fields=wrong)


def _chosen_problems(session: Session, actor: Actor, report: Report, params: Params) -> dict[str, list[str]]:
    return field_values.problems(session, actor, report.permission, report.schema(), params, is_narrowed=True)


def in_words(session: Session, actor: Actor, asked: Asked, locale: str) -> list[tuple[str, str]]:
    """The parameters as names and values in one language; a period with its dates."""
    words = []
    schema = asked.report.schema()
    for name, field in schema.fields.items():
        value, info = asked.params.get(name), info_of(field)
        is_said = schema.counts(name, asked.params) and (value is not None or bool(info.none))
        if name in ("since", "until") or not is_said:
            continue
        if name == "period":
            said = span(*days(actor, asked.params), locale)
        else:
            said = field_values.in_words(session, company_of(actor), field, value, locale)
        words.append((translate(locale, info.label), said))
    return words


def span(first: date, last: date, locale: str) -> str:
    """ "1 Nov 2026 – 22 Nov 2026", or the one day."""
    said = [format_date(day, "medium", locale=locale) for day in (first, last)]
    return said[0] if first == last else " – ".join(said)

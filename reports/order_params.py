"""What is asked of a report: its parameters checked and stored, the right to it, how it reads in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel.dates import format_date
from marshmallow import Schema, ValidationError, fields
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.i18n import N_, translate
from hierarchy.models import Department
from rbac.actor import ANYWHERE, Actor
from rbac.decision import holds, is_allowed, require, roots
from rbac.permissions import Permission
from reports.params import CHOOSE, days
from reports.report import Params, Report

CHECK = N_("Check the parameters.")
CHANGED = N_("This report takes other parameters by now. Order it anew.")
LOST_DEPARTMENT = N_("This department is not there any more, or you may not see it.")


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
    return holds(actor, Permission.REPORTS_ORDER) and holds(actor, report.permission)


def require_report(actor: Actor, report: Report) -> None:
    """Raise NotAllowed unless the actor may order reports and see what this one shows."""
    require(actor, Permission.REPORTS_ORDER)
    require(actor, report.permission)


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
        params = schema.load({name: value for name, value in raw.items() if value not in ("", None)})
    except ValidationError as problem:
        problems = _messages(problem)
    problems |= _departments(session, actor, report, schema, params)
    known = [column.key for column in report.columns]
    if set(columns) - set(known):
        problems["columns"] = [CHOOSE]
    if problems:
        raise InvalidInput(CHECK, fields=problems)
    return Asked(report, params, tuple(key for key in known if key in columns))


def stored(report: Report, params: Mapping[str, Any], columns: Sequence[str]) -> Asked:
    """What was asked when it was stored; raises InvalidInput where the report takes other parameters by now."""
    try:
        loaded: Params = report.schema().load(dict(params))
    except ValidationError as problem:
        raise InvalidInput(CHANGED, fields=_messages(problem)) from problem
    return Asked(report, loaded, tuple(columns))


def require_departments(session: Session, actor: Actor, asked: Asked) -> None:
    """Raise InvalidInput where a stored department is gone or out of sight by now."""
    wrong = _departments(session, actor, asked.report, asked.report.schema(), asked.params)
    if wrong:
        raise InvalidInput(LOST_DEPARTMENT, fields=wrong)


def _departments(
    session: Session, actor: Actor, report: Report, schema: Schema, params: Params
) -> dict[str, list[str]]:
    wrong = {}
    for name, field in schema.fields.items():
        value = params.get(name)
        if value is None or field.metadata.get("widget") != "department":
            continue
        path = session.scalar(
            select(Department.path).where(Department.company_id == actor.company_id, Department.id == value)
        )
        if path is None or not (is_allowed(actor, report.permission, path) or _is_above(actor, report, path)):
            wrong[name] = [LOST_DEPARTMENT]
    return wrong


def _is_above(actor: Actor, report: Report, path: str) -> bool:
    """True for a department above one's own: what is seen of it is narrowed anyway."""
    return any(root.startswith(path) for root in roots(actor, report.permission))


def _messages(problem: ValidationError) -> dict[str, list[str]]:
    found: dict[str, Any] = problem.normalized_messages()  # type: ignore[no-untyped-call]
    return {
        name: [str(one) for one in (value if isinstance(value, list) else [CHOOSE])]
        for name, value in found.items()
    }


def in_words(session: Session, actor: Actor, asked: Asked, locale: str) -> list[tuple[str, str]]:
    """The parameters as names and values in one language; a period with its dates."""
    found = []
    for name, field in asked.report.schema().fields.items():
        value = asked.params.get(name)
        if name in ("since", "until") or (value is None and field.metadata.get("widget") != "department"):
            continue
        label = translate(locale, str(field.metadata.get("label", name)))
        found.append((label, _value(session, actor, asked, name, field, locale)))
    return found


def _value(
    session: Session, actor: Actor, asked: Asked, name: str, field: fields.Field[Any], locale: str
) -> str:
    value = asked.params.get(name)
    if name == "period":
        first, last = days(actor, asked.params)
        return span(first, last, locale)
    if field.metadata.get("widget") == "department":
        return _department(session, actor, value, locale)
    choices = field.metadata.get("choices")
    return translate(locale, str(choices.get(value, value))) if choices else str(value)


def _department(session: Session, actor: Actor, value: int | None, locale: str) -> str:
    if value is None:
        return translate(locale, N_("All that you may see"))
    name = session.scalar(
        select(Department.name).where(Department.company_id == actor.company_id, Department.id == value)
    )
    return name or f"№ {value}"


def span(first: date, last: date, locale: str) -> str:
    """ "1 Nov 2026 – 22 Nov 2026", or the one day."""
    said = [format_date(day, "medium", locale=locale) for day in (first, last)]
    return said[0] if first == last else " – ".join(said)

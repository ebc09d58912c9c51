"""Forms of reports, made from the marshmallow schemas of their parameters; and their rows as a page shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select
from werkzeug.datastructures import MultiDict

from console.babel import money, number, text, when
from console.formats import NARROW
from console.web import actor
from console.web import session as opened
from core.excel import Column
from core.i18n import N_
from hierarchy.models import Department
from lines.numbers import format_msisdn
from lines.queries import company_of
from rbac.decision import visible
from reports.models import Format
from reports.report import Report

MOST_DEPARTMENTS = 500
FORMATS: Mapping[str, str] = {Format.XLSX: N_("Excel"), Format.CSV: N_("CSV")}
NO_BREAK = "\u2007"
"""A space as wide as a digit: indents departments in a list of choices."""


@dataclass(frozen=True)
class Field:
    """A field as the template draws it; `only` is the choice of another field with which alone it counts."""

    name: str
    label: str
    widget: str
    value: str
    choices: Sequence[tuple[str, str]]
    errors: Sequence[str]
    only: str = ""


@dataclass(frozen=True)
class Typed:
    """What was typed or stands in the address."""

    params: Mapping[str, str]
    columns: Sequence[str]
    format: str


def read(report: Report, values: MultiDict[str, str]) -> Typed:
    """The parameters of the report among the values of a form or an address."""
    names = report.schema().fields
    params = {name: values[name].strip()[:200] for name in names if name in values}
    chosen = values.getlist("columns")
    every = len(set(chosen)) >= len(report.columns)
    return Typed(params, () if every else chosen, values.get("format", Format.XLSX))


def fields_of(report: Report, typed: Typed, errors: Mapping[str, Sequence[str]]) -> list[Field]:
    """Every field with what was typed or its default, and its errors in the person's language."""
    found = []
    for name, field in report.schema().fields.items():
        widget = str(field.metadata.get("widget", "text"))
        default = field.metadata.get("default", "")
        value = typed.params.get(name, str(default))
        found.append(
            Field(
                name=name,
                label=text(str(field.metadata.get("label", name))),
                widget=widget,
                value=value,
                choices=_departments(report, value)
                if widget == "department"
                else [(code, text(label)) for code, label in field.metadata.get("choices", {}).items()],
                errors=[text(message) for message in errors.get(name, ())],
                only="own" if widget == "date" else "",
            )
        )
    return found


def _departments(report: Report, chosen: str) -> list[tuple[str, str]]:
    """Departments down the tree; of a very large company only its upper levels and the chosen one."""
    seen = (
        Department.company_id == company_of(actor()),
        visible(actor(), report.permission, Department.path),
    )
    depth = func.length(Department.path) - func.length(func.replace(Department.path, "/", ""))
    sizes = opened().execute(select(depth, func.count()).where(*seen).group_by(depth).order_by(depth)).all()
    most, sum_ = 0, 0
    for level, size in sizes:
        sum_ += size
        if sum_ > MOST_DEPARTMENTS and most:
            break
        most = level
    wanted = (
        (depth <= most) if not chosen.isdigit() else (depth <= most) | (Department.id == int(chosen[:18]))
    )
    found = opened().scalars(
        select(Department).where(*seen, wanted).order_by(Department.path).limit(MOST_DEPARTMENTS + 1)
    )
    shown = [(str(one.id), f"{NO_BREAK * 2 * one.depth}{one.name}") for one in found]
    return [("", text(N_("All that you may see"))), *shown]


def cell(column: Column, value: object) -> object:
    """A value of a report's row as a page shows it."""
    show: Mapping[str, Callable[[Any], object]] = {
        "decimal": _amount,
        "int": lambda one: number(one) if isinstance(one, int) else one,
        "date": lambda one: when(one) if isinstance(one, date) else one,
        "datetime": lambda one: when(one) if isinstance(one, datetime) else one,
    }
    if value is None:
        return ""
    if column.key == "msisdn" and str(value).startswith("+"):
        return format_msisdn(str(value)[1:])
    return show[column.kind](value) if column.kind in show else value


def _amount(value: object) -> object:
    if not isinstance(value, (Decimal, int)):
        return value
    return money(Decimal(value)).rpartition(NARROW)[0]


def size(value: int | None) -> str:
    """Bytes as people say them."""
    if value is None:
        return ""
    units = (N_("B"), N_("KB"), N_("MB"), N_("GB"))
    amount, place = float(value), 0
    while amount >= 1024 and place < len(units) - 1:
        amount, place = amount / 1024, place + 1
    said = number(round(amount) if amount >= 10 or place == 0 else round(Decimal(amount), 1))
    return f"{said}{NARROW}{text(units[place])}"

"""Forms of reports, made from the marshmallow schemas of their parameters; and their rows as a page shows them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from console.fields import departments as department_choice
from console.fields.departments import Chooser
from console.web.formats import NARROW
from console.web.i18n import money, number, text, when
from core.excel import Column
from core.i18n import N_
from lines.numbers import format_msisdn
from reports.models import Format
from reports.report import Report

FORMATS: Mapping[str, str] = {Format.XLSX: N_("Excel"), Format.CSV: N_("CSV")}


@dataclass(frozen=True)
class Field:
    """A field as the template draws it; `only` is the choice of another field with which alone it counts.

    A department has a `chooser` instead of choices.
    """

    name: str
    label: str
    widget: str
    value: str
    choices: Sequence[tuple[str, str]]
    errors: Sequence[str]
    only: str = ""
    chooser: Chooser | None = None


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
        said = [text(message) for message in errors.get(name, ())]
        found.append(
            Field(
                name=name,
                label=text(str(field.metadata.get("label", name))),
                widget=widget,
                value=value,
                choices=[(code, text(label)) for code, label in field.metadata.get("choices", {}).items()],
                errors=said,
                only="own" if widget == "date" else "",
                chooser=_chooser(report, name, value, said) if widget == "department" else None,
            )
        )
    return found


def _chooser(report: Report, name: str, value: str, errors: Sequence[str]) -> Chooser:
    none = text(department_choice.EVERYTHING)
    return department_choice.make(name, report.permission, value, none=none, errors=errors)


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

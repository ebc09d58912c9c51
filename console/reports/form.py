"""The form of a report: parameters, columns and format as typed; and the cells of its first rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

from console.fields import reading
from console.fields.drawn import DrawnField, Errors, draw
from console.web.formats import NARROW
from console.web.i18n import money, number, when
from core.excel import Column
from core.i18n import N_
from lines.numbers import format_msisdn
from reports.models import Format
from reports.report import Report

FORMATS: Mapping[str, str] = {Format.XLSX: N_("Excel"), Format.CSV: N_("CSV")}


@dataclass(frozen=True)
class Typed:
    """The values typed or given in the address."""

    params: Mapping[str, str]
    columns: Sequence[str]
    format: str


def read(report: Report, values: MultiDict[str, str]) -> Typed:
    """The parameters of the report among the values of a form or an address."""
    chosen = values.getlist("columns")
    every = len(set(chosen)) >= len(report.columns)
    params = reading.read(report.schema, values)
    return Typed(params, () if every else chosen, values.get("format", Format.XLSX))


def fields_of(report: Report, typed: Typed, errors: Errors) -> list[DrawnField]:
    """Every field with what was typed or its default, and its errors in the person's language."""
    return draw(report.schema, report.permission, typed.params, errors, is_compact=True)


def cell(column: Column, value: object) -> object:
    """A value of a report's row as a page shows it."""
    show: Mapping[str, Callable[[Any], object]] = {
        "decimal": _amount,
        "int": lambda item: number(item) if isinstance(item, int) else item,
        "date": lambda item: when(item) if isinstance(item, date) else item,
        "datetime": lambda item: when(item) if isinstance(item, datetime) else item,
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

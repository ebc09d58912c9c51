"""Forms of operations, made from the marshmallow schemas of their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import gettext as _
from marshmallow import ValidationError, fields, validate
from sqlalchemy import select

from console.web.i18n import money, number, text, when
from console.web.routing import db
from core.asked_period import NOT_A_DATE
from core.errors import InvalidInput
from operators.models import Tariff
from runs.operation import Operation

BLANKS = dict.fromkeys(map(ord, " \t\xa0\u202f\u2009"))


@dataclass(frozen=True)
class Choice:
    """One of the values to choose from; `note` stands beside it, such as a price."""

    value: str
    text: str
    note: str = ""
    hint: str = ""

    @property
    def pair(self) -> tuple[str, str]:
        """As a drop-down list takes it."""
        return self.value, self.text


@dataclass(frozen=True)
class Field:
    """A field as drawn: widget is radio, tariff, money, number, date or text; `value` as it was typed."""

    name: str
    label: str
    widget: str
    value: str
    required: bool
    choices: Sequence[Choice]
    errors: Sequence[str]
    suffix: str = ""


def form_fields(
    operation: Operation, typed: Mapping[str, Any], errors: Mapping[str, Sequence[str]]
) -> list[Field]:
    """The fields of an operation with what was typed, or their defaults, and all their errors."""
    found = []
    for name, field in operation.schema().fields.items():
        default = field.metadata.get("default", "")
        found.append(
            Field(
                name=name,
                label=text(str(field.metadata.get("label", name))),
                widget=_widget(field),
                value=str(typed.get(name, default)),
                required=field.required,
                choices=_choices(field),
                errors=errors.get(name, ()),
                suffix="₽" if _widget(field) == "money" else "",
            )
        )
    return found


def read_params(operation: Operation, form: Mapping[str, str]) -> dict[str, str]:
    """What was typed, with numbers as people write them ("1 500,50") in the way machines do."""
    typed: dict[str, str] = {}
    for name, field in operation.schema().fields.items():
        if name not in form:
            continue
        value = form[name].strip()
        if _widget(field) in ("money", "number"):
            value = value.translate(BLANKS).replace(",", ".").removesuffix("₽")
        if value or field.required:
            typed[name] = value
    return typed


def errors_of(operation: Operation, problem: InvalidInput) -> dict[str, list[str]]:
    """What to say at each field: our own words where the schema refused, the operation's where its check did."""
    if not isinstance(problem.__cause__, ValidationError):
        return {name: [text(message) for message in messages] for name, messages in problem.fields.items()}
    declared = operation.schema().fields
    return {name: [_advice(declared[name])] for name in problem.fields if name in declared}


def shown_params(operation: Operation, stored: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Labels and values of a stored run's parameters, in words."""
    found = []
    for name, field in operation.schema().fields.items():
        value = stored.get(name)
        if value is None:
            continue
        label = text(str(field.metadata.get("label", name)))
        found.append((label.removesuffix(", %"), _shown(field, value)))
    return found


def _shown(field: fields.Field[Any], value: Any) -> str:
    choices = field.metadata.get("choices")
    if choices:
        return text(str(choices.get(value, value)))
    widget = _widget(field)
    if widget == "money":
        return str(money(Decimal(str(value))))
    if widget == "tariff":
        tariff = db().get(Tariff, str(value))
        return tariff.name if tariff else str(value)
    if widget == "date":
        return when(date.fromisoformat(str(value)))
    if widget == "number" and str(field.metadata.get("label", "")).endswith("%"):
        return f"{value} %"
    return str(value)


def _widget(field: fields.Field[Any]) -> str:
    named = field.metadata.get("widget")
    if named:
        return str(named)
    if field.metadata.get("choices"):
        return "radio"
    if isinstance(field, fields.Date):
        return "date"
    return "number" if isinstance(field, fields.Number) else "text"


def _choices(field: fields.Field[Any]) -> list[Choice]:
    if _widget(field) == "tariff":
        return sellable_tariffs()
    return [
        Choice(str(value), text(str(label))) for value, label in field.metadata.get("choices", {}).items()
    ]


def sellable_tariffs() -> list[Choice]:
    """The tariffs that are offered, with their prices, the cheapest first."""
    offered = select(Tariff).where(Tariff.is_sellable).order_by(Tariff.monthly, Tariff.name)
    return [_tariff(one) for one in db().scalars(offered)]


def _tariff(tariff: Tariff) -> Choice:
    price = _("%(price)s per month", price=money(tariff.monthly))
    switch = _("change %(price)s", price=money(tariff.switch_price)) if tariff.switch_price else ""
    return Choice(tariff.id, tariff.name, ", ".join(filter(None, (price, switch))), tariff.description)


def _advice(field: fields.Field[Any]) -> str:
    """What to type, by the kind of field and its bounds: clearer than what a schema says of itself."""
    widget = _widget(field)
    if widget in ("money", "number"):
        lowest, highest = _bounds(field)
        if widget == "money":
            return str(_("Type an amount from %(min)s to %(max)s.", min=money(lowest), max=money(highest)))
        return str(_("Type a whole number from %(min)s to %(max)s.", min=number(lowest), max=number(highest)))
    if widget in ("radio", "tariff"):
        return str(_("Choose one."))
    if widget == "date":
        return text(NOT_A_DATE)
    return str(_("Fill this in."))


def _bounds(field: fields.Field[Any]) -> tuple[Decimal, Decimal]:
    for validator in field.validators:
        if isinstance(validator, validate.Range):
            lowest = Decimal(0) if validator.min is None else Decimal(validator.min)
            return lowest, Decimal(10**9) if validator.max is None else Decimal(validator.max)
    return Decimal(0), Decimal(10**9)

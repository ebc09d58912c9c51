"""Fields as pages draw them, made of the schemas of operations, reports and documents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from flask import request
from marshmallow import fields

from console.fields import departments
from console.fields.choices import Choice, choices_of
from console.fields.departments import Chooser
from console.web.i18n import text
from console.web.routing import actor, db
from console.web.schema_messages import message_text
from core.fields import (
    AREA,
    CHOICE,
    DAY,
    DIGITS,
    EMAIL,
    MONEY,
    NUMBER,
    FieldInfo,
    FieldSchema,
    Only,
    info_of,
)
from lines import field_values
from lines.fields import ACCOUNT, DEPARTMENT, PHONE, TARIFF
from rbac.permissions import Permission

RADIO, SELECT, INPUT = "radio", "select", "input"
MOST_RADIOS = 6
"""Of more choices people pick one from a list."""
LONGEST_COUNTED = 100_000
"""Browsers count typed characters up to here; a list of numbers may be longer."""
WIDGETS: Mapping[str, str] = {AREA: AREA, TARIFF: TARIFF, ACCOUNT: SELECT, DEPARTMENT: DEPARTMENT}
TYPES: Mapping[str, str] = {PHONE: "tel", EMAIL: "email", DAY: "date"}
KEYBOARDS: Mapping[str, str] = {MONEY: "decimal", NUMBER: "numeric", DIGITS: "numeric"}
Errors = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class DrawnField:
    """A field as `parts/fields.html` draws it; `value` as it was typed, all texts in the person's language.

    `widget` is radio, select, tariff, area, department or input; for an input `type` and `keyboard` say what it takes.
    `only` names another field and its choices for which this one counts: for the others it is hidden. A department has
    a `chooser` instead of choices. `longest` is None where a browser need not count.
    """

    name: str
    label: str
    widget: str
    value: str
    required: bool = False
    choices: Sequence[Choice] = ()
    errors: Sequence[str] = ()
    hint: str = ""
    suffix: str = ""
    only: Only | None = None
    type: str = "text"
    keyboard: str | None = None
    longest: int | None = None
    is_marked_optional: bool = False
    chooser: Chooser | None = None
    options: Sequence[tuple[str, str]] = ()


def draw(
    schema: type[FieldSchema],
    permission: Permission,
    typed: Mapping[str, object],
    errors: Errors,
    *,
    is_compact: bool = False,
) -> list[DrawnField]:
    """The fields of a schema with what was typed, or what they begin with, and everything wrong with them.

    `permission` is the right by which departments are offered. `is_compact`: drawn as a filter is, with lists instead
    of radios, and without a word where nothing needs to be filled in.
    """
    instance = schema()
    is_prefilled = any(info_of(declared).prefill for declared in instance.fields.values())
    person = actor() if is_prefilled else None  # on a public page there is nobody
    values = {**field_values.beginning(db(), person, instance), **typed}
    return [
        _draw(name, declared, permission, values.get(name), errors.get(name, ()), is_compact)
        for name, declared in instance.fields.items()
    ]


def _draw(
    name: str,
    declared: fields.Field[object],
    permission: Permission,
    typed: object,
    errors: Iterable[str],
    is_compact: bool,
) -> DrawnField:
    info = info_of(declared)
    choices = choices_of(info)
    value = "" if typed is None else str(typed)
    is_input = info.widget not in (CHOICE, *WIDGETS)
    is_counted = info.widget != DAY and info.longest < LONGEST_COUNTED
    drawn = DrawnField(
        name=name,
        label=text(info.label),
        widget=_widget(info, choices, is_compact),
        value=value,
        required=declared.required,
        choices=choices,
        errors=[message_text(message) for message in errors],
        hint=text(info.hint),
        suffix=info.unit if info.widget == MONEY else "",
        only=info.only,
        type=TYPES.get(info.widget, "text"),
        keyboard=KEYBOARDS.get(info.widget),
        longest=info.longest if is_counted else None,
        is_marked_optional=not (declared.required or is_compact or info.default is not None)
        and (is_input or info.widget == AREA),
        options=_options(info, choices),
    )
    if info.widget != DEPARTMENT:
        return drawn
    return replace(drawn, chooser=_chooser(drawn, info, permission))


def _widget(info: FieldInfo, choices: Sequence[Choice], is_compact: bool) -> str:
    if info.widget == CHOICE:
        return SELECT if is_compact or len(choices) > MOST_RADIOS else RADIO
    return WIDGETS.get(info.widget, INPUT)


def _options(info: FieldInfo, choices: Sequence[Choice]) -> list[tuple[str, str]]:
    """The choices of a drop-down list; none of them is chosen beforehand unless the field says which."""
    blank = [("", "—")] if info.default is None else []
    return [*blank, *((choice.value, choice.text) for choice in choices)]


def _chooser(drawn: DrawnField, info: FieldInfo, permission: Permission) -> Chooser:
    return departments.make(
        drawn.name,
        permission,
        drawn.value,
        # Without scripts the form itself is sent, and comes back with what was found.
        find=request.values.get("find", ""),
        none=info.none,
        errors=drawn.errors,
        hint=drawn.hint,
        is_asked=not info.none,
    )


def errors_in_words(schema: type[FieldSchema], errors: Errors) -> dict[str, list[str]]:
    """Every error in the person's language and in the order of the fields, for the summary above the form.

    What belongs to no field comes last, the numbers that a document is about first.
    """
    order = ["numbers", *schema().fields]
    names = sorted(errors, key=lambda name: order.index(name) if name in order else len(order))
    return {name: [message_text(message) for message in errors[name]] for name in names}


def labels_of(schema: type[FieldSchema]) -> dict[str, str]:
    """The label of each field by its name."""
    return {name: text(info_of(declared).label) for name, declared in schema().fields.items()}

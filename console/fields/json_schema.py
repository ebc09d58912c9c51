"""Parameters as JSON schemas: their types and bounds with labels for people and what there is to choose from."""

from __future__ import annotations

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema, fields

from console.fields.operation_form import Choice, sellable_tariffs
from console.fields.request_form import accounts
from console.web.i18n import text

BOUNDS = ("minimum", "maximum")
CHOSEN = {"tariff": sellable_tariffs, "account": accounts}
"""Widgets whose choices stand in the database."""


def json_schema(schema: type[Schema]) -> dict[str, Any]:
    """The parameters of an operation or a report, or the values of a document."""
    spec = APISpec("parameters", "1", "3.1.0")
    converter: Any = OpenAPIConverter("3.1.0", lambda one: type(one).__name__, spec)
    instance = schema()
    found: dict[str, Any] = converter.schema2jsonschema(instance)
    for name, field in instance.fields.items():
        found["properties"][name] |= _told(field, found["properties"][name])
    return found


def _told(field: fields.Field[Any], made: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for key, metadata in (("title", "label"), ("description", "hint")):
        if field.metadata.get(metadata):
            told[key] = text(str(field.metadata[metadata]))
    if isinstance(field, fields.Decimal):
        # As text, so that no kopeck is lost; the bounds are still numbers, as every schema says them.
        told |= {"format": "decimal", **{bound: float(made[bound]) for bound in BOUNDS if bound in made}}
    choices = _choices(field)
    if choices:
        told["oneOf"] = [_choice(one) for one in choices] + ([{"const": None}] if field.allow_none else [])
    return told


def _choices(field: fields.Field[Any]) -> list[Choice]:
    widget = str(field.metadata.get("widget", ""))
    if widget in CHOSEN:
        return CHOSEN[widget]()
    choices = field.metadata.get("choices", {})
    return [Choice(str(value), text(str(label))) for value, label in choices.items()]


def _choice(choice: Choice) -> dict[str, Any]:
    told = {"const": choice.value, "title": choice.text}
    described = "; ".join(filter(None, (choice.hint, choice.note)))
    return {**told, "description": described} if described else told

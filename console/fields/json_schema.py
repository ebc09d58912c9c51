"""Parameters as JSON schemas: their types and bounds with labels for people and their choices."""

from __future__ import annotations

from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import fields

from console.fields.choices import Choice, choices_of
from console.web.i18n import text
from core.fields import FieldSchema, info_of

BOUNDS = ("minimum", "maximum")


def json_schema(schema: type[FieldSchema]) -> dict[str, Any]:
    """The parameters of an operation or a report, or the values of a document."""
    spec = APISpec("parameters", "1", "3.1.0")
    converter: Any = OpenAPIConverter("3.1.0", lambda nested: type(nested).__name__, spec)
    instance = schema()
    described: dict[str, Any] = converter.schema2jsonschema(instance)
    for name, declared in instance.fields.items():
        described["properties"][name] |= _described(declared, described["properties"][name])
    always = [name for name in described.get("required", ()) if info_of(instance.fields[name]).only is None]
    if always:
        return {**described, "required": always}
    return {key: value for key, value in described.items() if key != "required"}


def _described(declared: fields.Field[Any], made: dict[str, Any]) -> dict[str, Any]:
    info = info_of(declared)
    described: dict[str, Any] = {"title": text(info.label)}
    if info.hint:
        described["description"] = text(info.hint)
    if info.default is not None:
        described["default"] = info.default
    if isinstance(declared, fields.Decimal):
        # As text, so that no kopeck is lost; the bounds are still numbers, as every schema says them.
        kind = ["string", "null"] if declared.allow_none else "string"
        bounds = {bound: float(made[bound]) for bound in BOUNDS if bound in made}
        described |= {"type": kind, "format": "decimal", **bounds}
    choices = choices_of(info)
    if choices:
        nothing = [{"const": None}] if declared.allow_none else []
        described["oneOf"] = [_choice(choice) for choice in choices] + nothing
    return described


def _choice(choice: Choice) -> dict[str, Any]:
    described = {"const": choice.value, "title": choice.text}
    description = "; ".join(filter(None, (choice.hint, choice.note)))
    return {**described, "description": description} if description else described

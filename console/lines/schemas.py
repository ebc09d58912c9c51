"""Schemas of lines in the API."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from console.web.api_schemas import TEXT_AMOUNT
from lines.attribute import ApiField, Kind
from lines.attributes import ATTRIBUTES

FIELDS = tuple(part for attribute in ATTRIBUTES for part in attribute.in_api)


def _field(part: ApiField) -> fields.Field[Any]:
    metadata = {"description": part.description} if part.description else {}
    if part.kind == Kind.MONEY:
        return fields.Decimal(
            as_string=True, allow_none=part.is_nullable or None, metadata={**TEXT_AMOUNT, **metadata}
        )
    types: dict[str, type[fields.Field[Any]]] = {
        "id": fields.Integer,
        Kind.PERCENT: fields.Integer,
        Kind.NUMBER: fields.Integer,
        Kind.DAY: fields.Date,
    }
    return types.get(part.kind, fields.String)(allow_none=part.is_nullable or None, metadata=metadata)


class _Identified(Schema):
    """A mobile line."""

    id = fields.Integer()


LineOut = _Identified.from_dict({part.name: _field(part) for part in FIELDS}, name="LineOut")
LineOut.__doc__ = _Identified.__doc__


class LinesOut(Schema):
    """A part of the list."""

    items = fields.List(fields.Nested(LineOut))
    next = fields.String(allow_none=True)

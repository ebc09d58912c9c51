"""What the API gives of lines."""

from __future__ import annotations

from marshmallow import Schema, fields

from console.web.api_schemas import TEXT_AMOUNT


class LineOut(Schema):
    """A mobile line."""

    id = fields.Integer()
    msisdn = fields.String(metadata={"description": "E.164 without plus."})
    iccid = fields.String()
    state = fields.String()
    block_reason = fields.String(allow_none=True)
    tariff_id = fields.String()
    tariff = fields.String(allow_none=True)
    department_id = fields.Integer()
    department = fields.String()
    employee = fields.String()
    limit_amount = fields.Decimal(as_string=True, allow_none=True, metadata=TEXT_AMOUNT)
    limit_period = fields.String(allow_none=True)
    limit_warn = fields.Integer(allow_none=True, metadata={"description": "Per cent."})
    spent = fields.Decimal(as_string=True, metadata=TEXT_AMOUNT)
    last_activity = fields.Date(allow_none=True)


class LinesOut(Schema):
    """A part of the list."""

    items = fields.List(fields.Nested(LineOut))
    next = fields.String(allow_none=True)

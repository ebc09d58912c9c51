"""Schemas that every call of the JSON API shares: errors, pages, amounts of money."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from core.bounds import LARGEST

TEXT_AMOUNT = {"type": "string", "description": "Roubles, as text so that no kopeck is lost."}
ROW_VALUE_KEY = "own"
"""How the API has called the row value of a line from its first day: callers read it under this name."""
ROW_VALUE_TEXT = {"description": "What this line gets for itself (its row value): a SIM card, a number."}
MOST = 500


class ErrorOut(Schema):
    """A refusal: a stable code, a sentence for people, every message by field, a number for support."""

    code = fields.String()
    message = fields.String()
    status = fields.Integer()
    support = fields.String()
    fields_ = fields.Dict(
        keys=fields.String(), values=fields.List(fields.String()), data_key="fields", required=False
    )


class PageArgs(Schema):
    """The start of the next part, and its length at most."""

    after = fields.String(metadata={"description": "`next` of the part before."})
    size = fields.Integer(load_default=50, validate=validate.Range(1, MOST))


class NumberPageArgs(Schema):
    """As PageArgs, where parts are told apart by a number."""

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LARGEST),
        metadata={"description": "`next` of the part before."},
    )
    size = fields.Integer(load_default=50, validate=validate.Range(1, MOST))

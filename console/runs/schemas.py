"""Schemas of operations and runs in the API."""

from __future__ import annotations

from marshmallow import INCLUDE, Schema, fields, validate

from console.web.api_schemas import ROW_VALUE_KEY, ROW_VALUE_TEXT, TEXT_AMOUNT
from core.bounds import LARGEST


class ItemArgs(Schema):
    """Items come fifty at a time, and may be narrowed to a state and a reason."""

    after = fields.Integer(
        load_default=0,
        validate=validate.Range(0, LARGEST),
        metadata={"description": "`next` of the part before."},
    )
    state = fields.String(load_default="")
    reason = fields.String(load_default="")


class OperationOut(Schema):
    """An operation on things of the kind `target` (line, account); `parameters` is a JSON schema."""

    code = fields.String()
    target = fields.String()
    title = fields.String()
    effect = fields.String()
    permission = fields.String()
    parameters = fields.Dict(keys=fields.String(), values=fields.Raw())


class OffersArgs(Schema):
    """The stock may be narrowed by a part of the value and by how it is sold, where the operation's has classes."""

    containing = fields.String(
        load_default="",
        validate=validate.Length(max=15),
        metadata={"description": "What the value has in a row: digits of a number."},
    )
    offer_class = fields.String(
        data_key="class",
        load_default="",
        metadata={"description": "A class of the stock; numbers are ordinary, fine or golden."},
    )


class OfferOut(Schema):
    """An offer out of stock, such as a SIM card or a number; numbers have a class and a price once."""

    value = fields.String(
        metadata={"description": "As `values` takes it: an ICCID, a number in E.164 without plus."}
    )
    offer_class = fields.String(data_key="class", allow_none=True)
    price = fields.Decimal(places=2, as_string=True, allow_none=True, metadata=TEXT_AMOUNT)


class SelectionIn(Schema):
    """The selection: `kind` is ids, filter (with `query`, `all`), department, upload, or of a run failed_of, unsent_of.

    Billing accounts are chosen by ids, failed_of, unsent_of, or filter with an empty `query`.
    """

    class Meta:
        unknown = INCLUDE

    kind = fields.String(
        required=True,
        metadata={"enum": ["ids", "filter", "department", "upload", "failed_of", "unsent_of"]},
    )
    ids = fields.Raw(metadata={"type": "array", "items": {"type": "integer"}, "description": "Of `ids`."})
    query = fields.Raw(metadata={"type": "string", "description": "Of `filter`: the list's query string."})
    all = fields.Raw(metadata={"type": "boolean", "description": "Of `filter`: true, said on purpose."})
    department = fields.Raw(metadata={"type": "integer", "description": "Of `department`: its id."})
    upload = fields.Raw(metadata={"type": "integer", "description": "Of `upload`: its id."})
    run = fields.Raw(
        metadata={"type": "integer", "description": "Of `failed_of`, `unsent_of`: the earlier run's id."}
    )


class OperationIn(Schema):
    """The parameters and the lines of an operation; without `submit` its effect is only said beforehand."""

    selection = fields.Nested(SelectionIn, required=True)
    params = fields.Dict(keys=fields.String(), values=fields.Raw(), load_default=dict)
    submit = fields.Boolean(load_default=False)


class KeyHeader(Schema):
    """A key of the caller's own: asked again with the same key, the same run is given back."""

    key = fields.String(data_key="Idempotency-Key", validate=validate.Length(8, 100))


class RunOut(Schema):
    """A bulk execution of an operation; the counters add up to `total`."""

    id = fields.Integer()
    operation = fields.String()
    target = fields.String(metadata={"enum": ["line", "account"]})
    params = fields.Dict(keys=fields.String(), values=fields.Raw())
    state = fields.String()
    total = fields.Integer()
    pending = fields.Integer()
    sent = fields.Integer()
    unsure = fields.Integer(attribute="unknown", data_key="unknown")
    done = fields.Integer()
    refused = fields.Integer()
    failed = fields.Integer()
    cancelled = fields.Integer()
    preview = fields.Dict(keys=fields.String(), values=fields.Raw())
    created_name = fields.String()
    created_at = fields.DateTime()
    submitted_at = fields.DateTime(allow_none=True)
    finished_at = fields.DateTime(allow_none=True)


class RunsOut(Schema):
    """A part of the list, newest first."""

    items = fields.List(fields.Nested(RunOut))
    next = fields.Integer(allow_none=True)


class ItemOut(Schema):
    """One line, or billing account, within a run."""

    no = fields.Integer()
    target_id = fields.Integer(metadata={"description": "The id of what the run's `target` says."})
    title = fields.String(metadata={"description": "What people know it by: a number, an account's number."})
    line_id = fields.Integer(allow_none=True, metadata={"description": "Null unless the run is on lines."})
    msisdn = fields.String(
        allow_none=True,
        metadata={"description": "The line's number; of a run that changed it, the one that it had before."},
    )
    state = fields.String()
    reason = fields.String(allow_none=True)
    detail = fields.String(allow_none=True)
    updated_at = fields.DateTime()
    row_value = fields.String(data_key=ROW_VALUE_KEY, allow_none=True, metadata=ROW_VALUE_TEXT)


class ItemsOut(Schema):
    """A part of the items, by their number."""

    items = fields.List(fields.Nested(ItemOut))
    next = fields.Integer(allow_none=True)

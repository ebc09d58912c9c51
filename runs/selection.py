"""Which lines a run is for: exactly one of ticked ids, a filter, a department, an uploaded list, failed items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from core.bounds import LARGEST
from core.errors import InvalidInput
from core.i18n import N_
from core.messages import field_messages

MOST_IDS = 10_000
STORABLE = validate.Range(1, LARGEST)
NOTHING = N_("Choose at least one number, or say that you mean all that match.")


class Ids(Schema):
    """Lines ticked one by one."""

    kind = fields.Constant("ids")
    ids = fields.List(
        fields.Integer(strict=False, validate=STORABLE),
        required=True,
        validate=validate.Length(min=1, max=MOST_IDS),
    )


class Filter(Schema):
    """All lines that match a filter of the list: `query` is its query string. `all` must be said explicitly."""

    kind = fields.Constant("filter")
    query = fields.String(required=True, validate=validate.Length(max=2000))
    all = fields.Boolean(required=True, validate=validate.Equal(True))


class Below(Schema):
    """A department with all below it."""

    kind = fields.Constant("department")
    department = fields.Integer(required=True, validate=STORABLE)


class Uploaded(Schema):
    """The numbers of an uploaded list."""

    kind = fields.Constant("upload")
    upload = fields.Integer(required=True, validate=STORABLE)


class FailedOf(Schema):
    """The lines that failed in an earlier run."""

    kind = fields.Constant("failed_of")
    run = fields.Integer(required=True, validate=STORABLE)


KINDS: dict[str, type[Schema]] = {
    "ids": Ids,
    "filter": Filter,
    "department": Below,
    "upload": Uploaded,
    "failed_of": FailedOf,
}


def checked(raw: Mapping[str, Any], *, is_ordered: bool = False) -> dict[str, Any]:
    """The selection in its stored form; raises InvalidInput where it names nothing or something odd.

    `is_ordered` keeps ids in the order in which they came, for what is given to each in that order.
    """
    schema = KINDS.get(str(raw.get("kind", "")))
    if schema is None:
        raise InvalidInput(NOTHING, code="nothing_selected")
    try:
        loaded: dict[str, Any] = schema(unknown=EXCLUDE).load({**raw, "kind": raw["kind"]})
    except ValidationError as problem:
        raise InvalidInput(NOTHING, fields=field_messages(problem), code="nothing_selected") from problem
    if "ids" in loaded:
        loaded["ids"] = list(dict.fromkeys(loaded["ids"])) if is_ordered else sorted(set(loaded["ids"]))
    loaded["kind"] = raw["kind"]
    return loaded

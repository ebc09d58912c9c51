"""Checks what comes in from outside about lines: the filter of the list as query arguments."""

from __future__ import annotations

from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError, fields, pre_load, validate

from core.bounds import LARGEST, is_storable
from core.i18n import N_
from lines.models import LineState

SORTS = ("number", "employee", "spent", "activity", "used")
BLOCK_REASONS = ("voluntary", "lost", "company", "debt", "operator")
LONGEST_SEARCH = 200
MOST_CHOICES = 50
UNREADABLE = N_("There are characters here that no text has.")


def _several(*allowed: str) -> fields.List[Any]:
    each = fields.String(validate=validate.OneOf(allowed) if allowed else validate.Length(max=100))
    return fields.List(each, validate=validate.Length(max=MOST_CHOICES))


class FilterSchema(Schema):
    """Query arguments of the list; empty ones count as absent, unknown ones are passed over."""

    class Meta:
        unknown = EXCLUDE

    q = fields.String(validate=validate.Length(max=LONGEST_SEARCH))
    state = _several(*(state.value for state in LineState))
    tariff = _several()
    reason = _several(*BLOCK_REASONS)
    limit = fields.String(validate=validate.OneOf(("yes", "no")))
    used = fields.Integer(validate=validate.Range(0, 1000, error=N_("From 0 to 1000 per cent.")))
    idle = fields.Integer(validate=validate.Range(1, 3650, error=N_("From 1 to 3650 days.")))
    employee = fields.String(validate=validate.OneOf(("none",)))
    department = fields.Integer(validate=validate.Range(1, LARGEST))
    direct = fields.String(validate=validate.OneOf(("yes",)))
    account = fields.Integer(validate=validate.Range(1, LARGEST))
    sort = fields.String(validate=validate.OneOf((*SORTS, *(f"-{name}" for name in SORTS))))

    @pre_load
    def drop_empty(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """A form sends its empty fields too."""
        kept: dict[str, Any] = {}
        for name, values in data.items():
            filled = [value for value in values if str(value).strip()]
            if filled:
                kept[name] = filled if isinstance(self.fields.get(name), fields.List) else filled[-1]
        # The query of a stored selection is taken apart here only, so it may hold what no form can send.
        unread = [name for name, values in kept.items() if not all(is_storable(str(one)) for one in values)]
        if unread:
            raise ValidationError({name: [UNREADABLE] for name in unread})
        return kept

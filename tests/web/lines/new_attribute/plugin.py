"""Adds an attribute to the tuple before anything is made from it: a plugin of the process that runs cases.py."""

from __future__ import annotations

from lines import attributes
from lines.attribute import Attribute, Kind
from lines.attribute_filters import AnyOf
from lines.words import LIMIT_PERIODS

LABEL = "Product of the operator"
PERIOD = "Period of the limit"
attributes.ATTRIBUTES = (
    *attributes.ATTRIBUTES,
    attributes.text("operator_id", LABEL),
    Attribute(
        "period",
        PERIOD,
        Kind.WORDS,
        filters=(AnyOf("period", PERIOD, PERIOD, "limit_period", LIMIT_PERIODS),),
    ),
)

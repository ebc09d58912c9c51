"""Adds an attribute to the tuple before anything is made from it: a plugin of the process that runs cases.py."""

from __future__ import annotations

from lines import attributes

LABEL = "Product of the operator"
attributes.ATTRIBUTES = (*attributes.ATTRIBUTES, attributes.text("operator_id", LABEL))

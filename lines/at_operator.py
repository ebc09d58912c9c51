"""The operator's attributes of a line as columns of the table: the mapping that lines/attributes.py declares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lines.attribute import Attribute, Owner
from lines.attributes import ATTRIBUTES
from operators.changes import UNCHANGED, LineAttributes

KNOWN: tuple[Attribute, ...] = tuple(
    attribute for attribute in ATTRIBUTES if attribute.column and attribute.owner is not Owner.COMPANY
)
"""The attributes that the operator knows."""
PATHS: Mapping[str, tuple[str, str]] = {
    attribute.column: (path[0], path[2])
    for attribute in KNOWN
    if (path := (attribute.at_operator or attribute.column).partition("."))
}
"""By column: the attribute of a record or a change, and the part of its value, empty for the whole."""


def owned(*owners: Owner) -> tuple[str, ...]:
    """The columns of these owners."""
    return tuple(attribute.column for attribute in KNOWN if attribute.owner in owners)


def columns_of(said: LineAttributes) -> dict[str, Any]:
    """The values of what a record or a change says, by column; what it leaves unsaid has none.

    Where it says None of a value over several columns, all of them are None.
    """
    columns: dict[str, Any] = {}
    for column, (name, part) in PATHS.items():
        value = getattr(said, name, UNCHANGED)
        if value is not UNCHANGED:
            columns[column] = getattr(value, part) if part and value is not None else value
    return columns

"""Single values of the operator's JSON, each checked, with its problem in words."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

MAX_ID = 100
MAX_TEXT = 300
CENT = Decimal("0.01")
MOST = Decimal(10) ** 12
UNSTORABLE = (
    "Cc",
    "Cs",
)  # control characters and half surrogates: PostgreSQL refuses some, nobody needs the others


class Unfit(ValueError):
    """A value that a record cannot be built from."""


def get_object(value: Any, name: str) -> dict[str, Any]:
    """The JSON object; raises Unfit."""
    if not isinstance(value, dict):
        raise Unfit(f"{name} is not an object")
    return value


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a list; nothing where it is not a list."""
    for item in value if isinstance(value, list) else ():
        if isinstance(item, dict):
            yield item


def get_id(record: dict[str, Any], name: str = "id") -> str:
    """A key: 1 to 100 printable characters without blanks around them; raises Unfit."""
    value = record.get(name)
    if (
        not isinstance(value, str)
        or not 0 < len(value) <= MAX_ID
        or value != value.strip()
        or not value.isprintable()
    ):
        raise Unfit(f"{name} is missing or no key")
    return value


def find_id(value: Any) -> str:
    """The id of something that may be anything; empty where it has none."""
    try:
        return get_id(get_object(value, ""))
    except Unfit:
        return ""


def text(record: dict[str, Any], name: str) -> str:
    """A text for people, without what cannot be stored, at most 300 characters; empty where it is missing."""
    value = record.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unfit(f"{name} is not a text")
    return clean(value)


def clean(value: str) -> str:
    """The text with blanks for what cannot be stored, trimmed and cut."""
    if value.isprintable():
        return value.strip()[:MAX_TEXT]
    text = "".join(" " if unicodedata.category(sign) in UNSTORABLE else sign for sign in value)
    return text.strip()[:MAX_TEXT]


def get_text(record: dict[str, Any], name: str) -> str:
    """As `text`, but it must be there."""
    value = text(record, name)
    if not value:
        raise Unfit(f"{name} is missing")
    return value


def amount(value: Any, name: str) -> Decimal:
    """The amount in roubles rounded to kopecks, from a JSON number or a text; raises Unfit."""
    if isinstance(value, bool) or not isinstance(value, (int, str, Decimal)):
        raise Unfit(f"{name} is not an amount")
    try:
        number = Decimal(value)
    except InvalidOperation as problem:
        raise Unfit(f"{name} is not an amount") from problem
    # Compared only when finite: NaN cannot be ordered.
    if not number.is_finite() or abs(number) >= MOST:
        raise Unfit(f"{name} is not an amount")
    return number.quantize(CENT)


def moment(value: Any, name: str) -> datetime:
    """A moment with its zone, in UTC; raises Unfit."""
    try:
        parsed = datetime.fromisoformat(value)
        if parsed.tzinfo is None:
            raise Unfit(f"{name} has no time zone")
        return parsed.astimezone(UTC)
    except (TypeError, ValueError, OverflowError) as problem:
        raise Unfit(f"{name} is not a moment") from problem


def find_day(value: Any, name: str) -> date | None:
    """A day from a date or a moment; None where it is missing."""
    if value is None or value == "":
        return None
    try:
        return date.fromisoformat(value[:10])
    except (TypeError, ValueError) as problem:
        raise Unfit(f"{name} is not a day") from problem

"""Values of ours as characteristics of TM Forum: camelCase names, simple values as they are, dataclasses as objects."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from core.bounds import LARGEST
from operators.changes import Unchanged
from operators.fields import Unfit, amount, clean, find_day, get_object, moment

Reader = Callable[[Any, str], Any]
"""Makes a value of ours out of JSON, None where there is none; the text names it. Raises Unfit."""


def camel_case(name: str) -> str:
    """ "block_reason" as "blockReason"."""
    first, *others = name.split("_")
    return first + "".join(part.capitalize() for part in others)


def snake_case(name: str) -> str:
    """ "blockReason" as "block_reason"."""
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name)


def written(value: Any) -> Any:
    """A value as JSON: money and days as texts, a dataclass as an object of the fields that are not None."""
    if is_dataclass(value) and not isinstance(value, type):
        parts = {part.name: getattr(value, part.name) for part in fields(value)}
        return {camel_case(name): written(part) for name, part in parts.items() if part is not None}
    if isinstance(value, Decimal):
        return str(value)
    return value.isoformat() if isinstance(value, date) else value


def reader(declared: Any) -> Reader:
    """The reader of values of a declared type, such as `int | None`.

    Raises TypeError for a type that is not read by itself: its attribute needs a rule in operators/tmf/attributes.py.
    """
    kinds = [kind for kind in _members(declared) if kind not in (NoneType, Unchanged)]
    if len(kinds) != 1:
        raise TypeError(f"{declared} is not read by itself")
    read = _reader_of_kind(kinds[0])
    return lambda value, name: None if value is None else read(value, name)


def _members(declared: Any) -> tuple[Any, ...]:
    return get_args(declared) if get_origin(declared) in (Union, UnionType) else (declared,)


def _reader_of_kind(kind: Any) -> Reader:
    if get_origin(kind) is Literal:
        return _one_of(get_args(kind))
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return _one_of(tuple(kind))
    if is_dataclass(kind):
        return _object_of(kind)
    if kind in SIMPLE:
        return SIMPLE[kind]
    raise TypeError(f"{kind} is not read by itself")


def _text(value: Any, name: str) -> str | None:
    if not isinstance(value, str):
        raise Unfit(f"{name} is not a text")
    return clean(value) or None


def _whole(value: Any, name: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -LARGEST <= value <= LARGEST:
        raise Unfit(f"{name} is not a whole number")
    return value


def _truth(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise Unfit(f"{name} is neither true nor false")
    return value


SIMPLE: dict[Any, Reader] = {
    str: _text,
    int: _whole,
    bool: _truth,
    Decimal: amount,
    date: find_day,
    datetime: moment,
}


def _one_of(choices: tuple[Any, ...]) -> Reader:
    def read(value: Any, name: str) -> Any:
        for choice in choices:
            if isinstance(value, str) and value == choice:
                return choice
        raise Unfit(f"{name} is none of {', '.join(choices)}")

    return read


def _object_of(kind: Any) -> Reader:
    hints = get_type_hints(kind)
    parts = [
        (part.name, camel_case(part.name), reader(hints[part.name]), NoneType in _members(hints[part.name]))
        for part in fields(kind)
    ]

    def read(value: Any, name: str) -> Any:
        body, values = get_object(value, name), {}
        for part, key, read_part, may_be_missing in parts:
            values[part] = read_part(body.get(key), f"{name}.{key}")
            if values[part] is None and not may_be_missing:
                raise Unfit(f"{name}.{key} is missing")
        return kind(**values)

    return read

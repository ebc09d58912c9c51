"""Messages of schemas by marshmallow's own words, in the person's language."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from marshmallow.exceptions import SCHEMA

from console.web.i18n import text
from core.i18n import N_
from core.messages import Message

SENTENCES = (
    N_("Field may not be null."),
    N_("Invalid input type."),
    N_("Invalid type."),
    N_("Invalid value."),
    N_("Missing data for required field."),
    N_("Not a valid boolean."),
    N_("Not a valid date."),
    N_("Not a valid datetime."),
    N_("Not a valid email address."),
    N_("Not a valid integer."),
    N_("Not a valid list."),
    N_("Not a valid mapping type."),
    N_("Not a valid number."),
    N_("Not a valid string."),
    N_("Not a valid utf-8 string."),
    N_("Number too large."),
    N_("Special numeric values (nan or infinity) are not permitted."),
    N_("Unknown field."),
)
"""Said as they stand. They are marked here for translation, since nobody marks them in the library."""

PHRASES = (
    N_("Length must be %(equal)s."),
    N_("Length must be between %(min)s and %(max)s."),
    N_("Longer than maximum length %(max)s."),
    N_("Must be equal to %(other)s."),
    N_("Must be greater than %(min)s."),
    N_("Must be greater than %(min)s and less than %(max)s."),
    N_("Must be greater than %(min)s and less than or equal to %(max)s."),
    N_("Must be greater than or equal to %(min)s."),
    N_("Must be greater than or equal to %(min)s and less than %(max)s."),
    N_("Must be greater than or equal to %(min)s and less than or equal to %(max)s."),
    N_("Must be less than %(max)s."),
    N_("Must be less than or equal to %(max)s."),
    N_("Must be one of: %(choices)s."),
    N_("Shorter than minimum length %(min)s."),
)
"""Said with values filled in already, so they are known again by what stands around the values."""

MOST_TOLD = 50
LONGEST_NAME = 100
OTHERS = "…"
AND_MORE = N_("and %(n)s more")
ANYTHING = ("choices", "other")
PLACE = re.compile(r"%\((\w+)\)s")


def _pattern(msgid: str) -> re.Pattern[str]:
    """The expression for the values in a filled in text.

    Bounds hold no spaces, which tells "than 1" from "than or equal to 1".
    """
    texts_and_names = PLACE.split(msgid)
    for index, part in enumerate(texts_and_names):
        value = ".*" if part in ANYTHING else r"\S+"
        texts_and_names[index] = f"(?P<{part}>{value})" if index % 2 else re.escape(part)
    return re.compile("".join(texts_and_names), re.DOTALL)


PATTERNS = tuple((msgid, _pattern(msgid)) for msgid in PHRASES)


def taken_apart(message: str) -> tuple[str, dict[str, str]]:
    """The message id of what a schema said, and the values within it."""
    for msgid, pattern in PATTERNS:
        match = pattern.fullmatch(message)
        if match:
            return msgid, match.groupdict()
    return message, {}


def message_text(message: str) -> str:
    """The message of a schema or a check, in our words or the library's, in the person's language."""
    if isinstance(message, Message):
        return text(message)
    msgid, values = taken_apart(message)
    return text(msgid, **values)


def by_field(errors: Mapping[Any, Any]) -> dict[str, list[str]]:
    """The messages of a failed check by field, each once: `selection.kind` for what is nested, a list as one field."""
    return bounded(_flat(errors, ""))


def bounded(messages: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Fields with their messages in the person's language, each once: MOST_TOLD of them, the rest is counted."""
    by_name: dict[str, list[str]] = {}
    count = left = 0
    for name, message in messages:
        if count >= MOST_TOLD:
            left += 1
            continue
        shown = name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"
        sentence = message_text(message)
        if sentence not in by_name.setdefault(shown, []):
            by_name[shown].append(sentence)
            count += 1
    if left:
        by_name[OTHERS] = [text(AND_MORE, n=left)]
    return by_name


def _flat(errors: Mapping[Any, Any], outer: str) -> Iterator[tuple[str, str]]:
    for key, value in errors.items():
        is_outer = outer and (isinstance(key, int) or key == SCHEMA)
        name = outer if is_outer else f"{outer}.{key}".removeprefix(".")
        if isinstance(value, Mapping):
            yield from _flat(value, name)
        else:
            yield from ((name, str(message)) for message in (value if isinstance(value, list) else [value]))

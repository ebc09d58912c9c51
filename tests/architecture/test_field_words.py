"""Whatever marshmallow's fields and validators that we use can say, people read it in their own language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest
from marshmallow import Schema, ValidationError, fields, validate

from console.web.schema_messages import PHRASES, PLACE, SENTENCES, taken_apart
from core.i18n import translate
from tests.architecture.source import product_files, tree

CYRILLIC = re.compile(r"[А-Яа-яЁё]")
NEVER_SAID = {"format"}
"""Of a time that cannot be written, which marshmallow tells nobody any more."""
REFUSED: dict[type[validate.Validator], list[tuple[validate.Validator, object]]] = {
    validate.Equal: [(validate.Equal("a %(b)s"), "b")],
    validate.Length: [
        (validate.Length(min=2), "a"),
        (validate.Length(max=2), "abc"),
        (validate.Length(2, 3), "a"),
        (validate.Length(equal=2), "a"),
    ],
    validate.OneOf: [(validate.OneOf(["a", "50%", "c\nd"]), "b"), (validate.OneOf([]), "b")],
    validate.Range: [
        (validate.Range(low, high, min_inclusive=from_it, max_inclusive=to_it), value)
        for low, high, value in ((1, None, -5), (None, 3, 9), (1, 3, 9))
        for from_it in (True, False)
        for to_it in (True, False)
    ],
}
"""Every validator that we use in each of its forms, with a value that it refuses."""


def _used(module: str) -> set[str]:
    """Names that our code takes from this module of marshmallow."""
    return {
        node.attr
        for path in product_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == module
    }


def _fields() -> list[type[fields.Field[object]]]:
    named = [getattr(fields, name, None) for name in sorted(_used("fields"))]
    return [value for value in named if isinstance(value, type) and issubclass(value, fields.Field)]


def _sentences() -> Iterator[str]:
    yield from Schema._default_error_messages.values()
    for field in _fields():
        for base in field.__mro__:
            for key, message in getattr(base, "default_error_messages", {}).items():
                awareness = getattr(field, "AWARENESS", "")
                if key not in NEVER_SAID and (awareness or "{awareness}" not in message):
                    kind = getattr(field, "OBJ_TYPE", "")
                    yield message.format(obj_type=kind, awareness=awareness) if kind else message


def test_every_sentence_of_the_library_has_a_russian_one() -> None:
    said = set(_sentences())
    assert "Not a valid integer." in said
    english = sorted(
        text for text in said if text not in SENTENCES or not CYRILLIC.search(translate("ru", text))
    )
    assert not english, f"console.web.schema_messages does not know {english}"


def test_every_validator_that_is_used_is_tried_here() -> None:
    named = [getattr(validate, name, None) for name in _used("validate")]
    used = {value for value in named if isinstance(value, type) and issubclass(value, validate.Validator)}
    assert validate.Range in used
    assert used <= set(REFUSED)


@pytest.mark.parametrize(("validator", "value"), [case for tried in REFUSED.values() for case in tried])
def test_what_a_validator_says_is_said_in_russian(validator: validate.Validator, value: object) -> None:
    with pytest.raises(ValidationError) as problem:
        validator(value)
    (message,) = problem.value.messages
    msgid, values = taken_apart(message)
    assert msgid in PHRASES
    assert translate("en", msgid, **values) == message
    assert CYRILLIC.search(translate("ru", msgid, **values))
    assert set(values) == set(PLACE.findall(msgid))


def test_words_of_our_own_are_left_alone() -> None:
    for message in ("Choose one of the list.", "Must be nice.", "100 % of it"):
        assert taken_apart(message) == (message, {})

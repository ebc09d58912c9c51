"""Messages for people: a message id that carries what is filled into it, and those of a failed check by field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError


class Message(str):
    """A message id with its parameters: `Message(N_("“%(typed)s” is no number."), typed="12")`.

    It is a text, so that it goes wherever a plain message id does; `params` are filled in once it is translated.
    """

    params: Mapping[str, Any]

    def __new__(cls, msgid: str, **params: Any) -> Message:
        """The message id with parameters; amounts are `core.money.Money`, counts are whole numbers."""
        message = super().__new__(cls, msgid)
        message.params = params
        return message

    def format(self, *_args: object, **_params: object) -> Message:
        """The message itself: marshmallow formats what it says, which would lose the parameters."""
        return self


def field_messages(problem: ValidationError) -> dict[str, list[str]]:
    """All messages of a failed check, by field; those of what is nested under the outer field."""
    by_field: dict[str, Any] = problem.normalized_messages()  # type: ignore[no-untyped-call]
    return {name: [_text(message) for message in _flat(messages)] for name, messages in by_field.items()}


def _text(message: Any) -> str:
    return message if isinstance(message, str) else str(message)


def _flat(messages: Any) -> list[Any]:
    if isinstance(messages, Mapping):
        return [message for inner in messages.values() for message in _flat(inner)]
    return list(messages) if isinstance(messages, list) else [messages]

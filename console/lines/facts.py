"""The facts on the card of a number, made from the attributes of a line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lines.attribute import Attribute, CardFact
from lines.attributes import ATTRIBUTES


@dataclass(frozen=True)
class Fact:
    """A fact: its title (message id), the macro that draws it, the getter of its value, words for codes."""

    title: str
    macro: str
    value: Callable[[Any], Any]
    words: Mapping[str, str]


def _fact(attribute: Attribute, shown: CardFact) -> Fact:
    return Fact(
        shown.title or attribute.label,
        shown.macro or attribute.kind.value,
        attribute.value,
        attribute.words,
    )


_PLACED = [
    (attribute.on_card.place, _fact(attribute, attribute.on_card))
    for attribute in ATTRIBUTES
    if attribute.on_card
]
FACTS = tuple(fact for _, fact in sorted(_PLACED, key=lambda placed: placed[0]))

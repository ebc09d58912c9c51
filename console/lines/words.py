"""Words for lines: tones of their states, parts of a filter, and the changes in the history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from console.runs.words import Mark
from console.web.i18n import locale, number, text
from core.i18n import ntranslate
from core.journal.actions import JournalRegistry
from lines.attribute_filters import VALUE_ALONE, AnyOf, AttributeFilter, OneId, Presence
from lines.filters import LineFilter
from lines.models import LineState
from lines.words import BLOCK_REASONS, STATES, in_sentence

MARKS: Mapping[str, Mark] = {
    LineState.ACTIVE: Mark(STATES[LineState.ACTIVE], "good", icon="check-circle-fill"),
    LineState.BLOCKED: Mark(STATES[LineState.BLOCKED], "bad", icon="lock-fill"),
    LineState.TERMINATED: Mark(STATES[LineState.TERMINATED], "off", icon="x-circle"),
}


def state_mark(state: str) -> Mark:
    """The mark of a line's state; a state that the console does not know by its code."""
    return MARKS.get(state) or Mark(state, "off", icon="question-circle")


def block_reason(code: str) -> str:
    """The reason why a line is blocked, as it is written behind its state."""
    return in_sentence(text(BLOCK_REASONS.get(code, code)))


@dataclass(frozen=True)
class Chip:
    """One part of a filter that is set: what it says, and the query string without it."""

    text: str
    query: str


def chips(line_filter: LineFilter, names: Mapping[str, Mapping[str, str]]) -> list[Chip]:
    """Every part that is set, in words; `names` gives those of tariffs, accounts and departments."""
    chips: list[Chip] = []

    def add(label: str, *parts: str) -> None:
        chips.append(Chip(label, line_filter.without(*parts).query()))

    if line_filter.q:
        add(_("“%(text)s”", text=line_filter.q), "q")
    for part, value in line_filter.attribute_filters():
        add(_label(part, value, names), part.name)
    if line_filter.direct:
        add(_("Without what is below"), "direct")
    return chips


def _label(part: AttributeFilter, value: Any, names: Mapping[str, Mapping[str, str]]) -> str:
    """A value that is set: its words or names, within the sentence of the filter."""
    if isinstance(part.chip, tuple):
        return ntranslate(locale(), *part.chip, value)
    names_by_id = names.get(part.names, {}) if isinstance(part, AnyOf | OneId) else {}
    words = part.words if isinstance(part, AnyOf | Presence) else {}
    values = [str(item) for item in (value if isinstance(value, tuple) else (value,))]
    texts = [text(words[item]) if item in words else names_by_id.get(item, item) for item in values]
    if part.chip:
        phrases = [in_sentence(item) for item in texts] if words and part.chip != VALUE_ALONE else texts
        return text(part.chip, value=", ".join(phrases))
    return f"{text(part.label)}: {', '.join(texts)}"


def field_name(journal: JournalRegistry, name: str) -> str:
    """The name of a field of the history."""
    return text(journal.field_text(name))


def counted(count: int, is_exact: bool = True) -> str:
    """ "4,812 numbers"; "more than 10,000 numbers" where counting stopped there."""
    phrase: str = ngettext("%(count)s number", "%(count)s numbers", count, count=number(count))
    return phrase if is_exact else str(_("more than %(numbers)s", numbers=phrase))

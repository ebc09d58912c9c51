"""The words of a state stand beside its enum, once: no second dictionary of them, no ladder of ifs in a template."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from enum import StrEnum

import pytest

from forms.requests.models import RequestState
from forms.requests.words import REQUEST_STATES
from lines.models import BlockReason, LimitPeriod, LineState
from lines.words import BLOCK_REASONS, LIMIT_PERIODS, STATES, STATES_OF_MANY
from runs.models import ItemState, RunState
from runs.words import ITEM_STATES, RUN_STATES
from tests.architecture.source import ROOT, product_files, shown, tree

ENUMS: tuple[type[StrEnum], ...] = (LineState, BlockReason, LimitPeriod, ItemState, RunState, RequestState)
HOMES = ("lines/words.py", "lines/attributes.py", "runs/words.py", "forms/requests/words.py")
MARKERS = {"N_", "NN_", "_", "gettext", "ngettext", "pgettext"}
STEP = re.compile(
    r"\{%-?\s*(?:el)?if\s[^%]*?==\s*[\"'](\w+)[\"'][^%]*%\}(.*?)(?=\{%-?\s*(?:elif|else|endif)\b)", re.DOTALL
)
"""One step of a ladder in a template: the code that is asked for, and what is written for it."""


def _code(key: ast.expr | None) -> str | None:
    """The value of a key: a text, or a member of one of the enums."""
    if isinstance(key, ast.Constant) and isinstance(key.value, str):
        return key.value
    if isinstance(key, ast.Attribute) and key.attr == "value":
        return _code(key.value)
    if isinstance(key, ast.Attribute) and isinstance(key.value, ast.Name):
        for enum in ENUMS:
            if enum.__name__ == key.value.id and key.attr in enum.__members__:
                return enum[key.attr].value
    return None


def _is_text(value: ast.expr) -> bool:
    """Whether words stand there; a sentence around a figure ("failed: %(count)s") is none of a value."""
    calls = [node for node in ast.walk(value) if isinstance(node, ast.Call) and node.args]
    return any(
        isinstance(call.func, ast.Name)
        and call.func.id in MARKERS
        and not (isinstance(call.args[0], ast.Constant) and "%(" in str(call.args[0].value))
        for call in calls
    )


def _second_dictionaries(source: ast.AST) -> Iterator[int]:
    """Lines on which a dictionary gives texts to two or more values of one enum, and to nothing else."""
    for node in ast.walk(source):
        if not isinstance(node, ast.Dict) or not any(map(_is_text, node.values)):
            continue
        codes = [_code(key) for key in node.keys if key is not None]
        if _belong_together(codes) and len(codes) == len(node.keys):
            yield node.lineno


def _belong_together(codes: Iterable[str | None]) -> bool:
    wanted = set(codes)
    return len(wanted) > 1 and any(wanted <= {member.value for member in enum} for enum in ENUMS)


def _has_ladder(template: str) -> bool:
    """Whether a template writes texts for two or more values of one enum."""
    codes = {code for code, written in STEP.findall(template) if "_(" in written}
    return any(len(codes & {member.value for member in enum}) > 1 for enum in ENUMS)


def test_no_second_dictionary_of_words() -> None:
    wrong = []
    for path in product_files():
        if shown(path) not in HOMES:
            wrong += [f"{shown(path)}:{line}" for line in _second_dictionaries(tree(path))]
    assert not wrong, f"take the words from {', '.join(HOMES)}"


def test_no_template_puts_codes_into_words() -> None:
    templates = sorted((ROOT / "console" / "templates").rglob("*.html"))
    assert templates
    assert not [shown(path) for path in templates if _has_ladder(path.read_text(encoding="utf-8"))]


def test_every_value_has_words() -> None:
    assert set(STATES) == set(STATES_OF_MANY) == set(LineState)
    assert set(BLOCK_REASONS) == set(BlockReason)
    assert set(LIMIT_PERIODS) == set(LimitPeriod)
    assert set(ITEM_STATES) == set(ItemState)
    assert set(RUN_STATES) == set(RunState) - {RunState.PREVIEWED}
    assert set(REQUEST_STATES) == set(RequestState)


@pytest.mark.parametrize(
    ("source", "is_wrong"),
    [
        ('X = {"active": N_("Active"), "blocked": N_("Blocked")}', True),
        ('X = {LineState.ACTIVE: Mark(N_("Active"), "good"), LineState.BLOCKED.value: N_("Blocked")}', True),
        ('X = {"debt": N_("debt"), "operator": N_("by the operator")}', True),
        ('X = {LineState.ACTIVE: Mark(STATES[LineState.ACTIVE], "good"), LineState.BLOCKED: 2}', False),
        ('X = {"lost": N_("The card is lost"), "damaged": N_("The card is damaged")}', False),
        ('X = {"active": N_("Active")}', False),
        ('X = {"done": N_("done: %(n)s"), "failed": N_("failed: %(n)s")}', False),
    ],
)
def test_dictionaries_are_recognised(source: str, is_wrong: bool) -> None:
    assert bool(list(_second_dictionaries(ast.parse(source)))) is is_wrong


@pytest.mark.parametrize(
    ("template", "is_wrong"),
    [
        ('{% if x == "debt" %}{{ _("debt") }}{%- elif x == "lost" %}{{ _("lost") }}{% endif %}', True),
        ('{% if x == "debt" %}<b></b>{% elif x == "lost" %}{{ _("lost") }}{% endif %}', False),
        ('{% if x == "debt" %}{{ _("debt") }}{% endif %}', False),
    ],
)
def test_ladders_are_recognised(template: str, is_wrong: bool) -> None:
    assert _has_ladder(template) is is_wrong

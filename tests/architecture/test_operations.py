"""Every operation is whole: registered, worded in both languages, with a permission that somebody holds."""

from __future__ import annotations

import pytest
from babel.messages.pofile import read_po

from core.i18n import TRANSLATIONS
from lines.operations import OPERATIONS
from rbac.presets import PRESETS
from runs.operation import Operation
from runs.refusals import ITEM_TEXTS
from tests.architecture.source import ROOT

BY_CODE = {operation.code: operation for operation in OPERATIONS}


def test_every_file_is_registered_once() -> None:
    files = {path.stem for path in (ROOT / "lines" / "operations").glob("*.py")} - {"__init__", "common"}
    assert files == set(BY_CODE)
    assert len(BY_CODE) == len(OPERATIONS)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.code)
def test_counted_words_are_plurals_of_the_catalogue(operation: Operation) -> None:
    with (TRANSLATIONS / "ru" / "LC_MESSAGES" / "messages.po").open("rb") as stream:
        catalogue = read_po(stream, locale="ru")
    for pair in (operation.words.confirm, operation.words.done):
        entry = catalogue.get(pair[0])
        assert entry is not None, pair
        assert isinstance(entry.id, tuple), f"{pair}: mark both forms with NN_()"
        assert all("%(n)s" in form for form in entry.string), pair


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda one: one.code)
def test_the_permission_is_held_by_a_preset_of_companies(operation: Operation) -> None:
    assert any(operation.permission in preset.permissions for preset in PRESETS if not preset.for_operator)


def test_reasons_of_items_have_a_sentence() -> None:
    assert all(sentence for sentence, _ in ITEM_TEXTS.values())

"""The words of all domains put together."""

from __future__ import annotations

import pytest

from core.journal.actions import Action, Area, JournalRegistry, JournalWords

RENAMED = Action("tree.renamed", "Renamed")
TREE = JournalWords(
    (Area("tree", "Tree"),), (RENAMED,), {"name": "Name"}, {"on": "On"}, {"gardener": "Gardener"}
)


def test_words_of_every_domain_are_known() -> None:
    other = JournalWords((Area("cell", "Cells"),), fields={"name": "Name", "size": "Size"})
    registry = JournalRegistry((TREE, other))
    assert list(registry.areas.items()) == [("tree", "Tree"), ("cell", "Cells")]
    assert registry.action_text("tree.renamed") == "Renamed"
    assert [registry.field_text(name) for name in ("name", "size")] == ["Name", "Size"]
    assert registry.value_text("on") == "On"


def test_what_nobody_declares_stands_for_itself() -> None:
    registry = JournalRegistry((TREE,))
    assert registry.action_text("tree.felled") == "tree.felled"
    assert registry.field_text("colour") == "colour"
    assert registry.value_text("off") is None
    assert registry.system_text("system", "postman") is None


def test_people_keep_their_names_even_if_a_system_has_the_same() -> None:
    registry = JournalRegistry((TREE,))
    assert registry.system_text("system", "gardener") == "Gardener"
    assert registry.system_text("user", "gardener") is None


@pytest.mark.parametrize(
    "other",
    [
        JournalWords(actions=(Action("tree.renamed", "Renamed"),)),
        JournalWords(areas=(Area("tree", "Tree"),)),
        JournalWords(fields={"name": "Title"}),
        JournalWords(values={"on": "Yes"}),
        JournalWords(systems={"gardener": "Forester"}),
    ],
    ids=["action", "area", "field", "value", "system"],
)
def test_two_declarations_of_one_code_are_refused(other: JournalWords) -> None:
    with pytest.raises(ValueError, match="two"):
        JournalRegistry((TREE, other))

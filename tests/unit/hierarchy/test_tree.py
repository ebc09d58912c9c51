"""Rules of the tree on plain values."""

import pytest

from hierarchy import tree
from hierarchy.errors import BadName, Circle, RootStays
from hierarchy.models import Department


def department(path: str) -> Department:
    ids = tree.ids_of(path)
    return Department(id=ids[-1], parent_id=ids[-2] if len(ids) > 1 else None, path=path, name=path)


def test_paths() -> None:
    assert tree.path_below(department("/1/4/"), 9) == "/1/4/9/"
    assert tree.parent_path("/1/4/") == "/1/"
    assert tree.ids_of("/1/42/7/") == [1, 42, 7]


@pytest.mark.parametrize(("given", "kept"), [("  North ", "North"), ("A \t B", "A B")])
def test_names_are_cleaned(given: str, kept: str) -> None:
    assert tree.clean_name(given) == kept


@pytest.mark.parametrize("name", ["", "   ", "x" * 121, "\u200b", "Nor\u00adth", "\ufeffNorth", "\u3164"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(BadName):
        tree.clean_name(name)


def test_a_branch_hangs_neither_on_itself_nor_below_itself() -> None:
    for target in ("/1/4/", "/1/4/5/"):
        with pytest.raises(Circle):
            tree.check_move(department("/1/4/"), department(target), height=1)
    tree.check_move(department("/1/4/"), department("/1/42/"), height=1)


def test_the_root_stays() -> None:
    with pytest.raises(RootStays):
        tree.check_move(department("/1/"), department("/1/4/"), height=3)


def test_the_tree_has_a_greatest_depth() -> None:
    deep = "/" + "/".join(str(number) for number in range(1, 31)) + "/"
    tree.check_move(department("/1/99/"), department(deep), height=0)
    with pytest.raises(BadName):
        tree.check_move(department("/1/99/"), department(deep), height=1)

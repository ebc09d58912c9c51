"""Every kind of attribute can be drawn: on the card, in the list."""

from __future__ import annotations

import re

import pytest

from lines.attribute import Kind
from lines.attributes import ATTRIBUTES
from tests.architecture.source import ROOT


@pytest.mark.parametrize(("template", "table"), [("facts", "FACTS"), ("cells", "CELLS")])
def test_each_kind_has_its_macro(template: str, table: str) -> None:
    text = (ROOT / "console" / "templates" / "lines" / f"{template}.html").read_text(encoding="utf-8")
    match = re.search(rf"set {table} = {{(.*?)}}", text)
    assert match is not None
    drawn = dict(re.findall(r'"(\w+)": (\w+)', match[1]))
    assert {kind.value for kind in Kind} <= drawn.keys()
    macros = set(re.findall(r"macro (\w+)\(", text))
    assert set(drawn.values()) <= macros


def test_an_attribute_with_a_right_of_its_own_stands_where_that_is_asked() -> None:
    unasked = [
        item.code for item in ATTRIBUTES if item.permission and (item.in_list or item.in_api or item.sort)
    ]
    assert unasked == [], "the list, sorting and the API ask for the right on the line alone"

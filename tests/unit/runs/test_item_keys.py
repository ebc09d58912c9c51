"""External ids of items: made of run and number, read for one run only."""

from __future__ import annotations

import pytest

from runs.models import item_key, item_no


def test_a_key_is_read_as_it_was_made() -> None:
    assert item_key(12, 7) == "12-7"
    assert item_no(12, item_key(12, 7)) == 7


@pytest.mark.parametrize(
    "key", ["", "12", "12-", "7-12", "012-7", "12-7-1", "12--7", "12-٧", "12-x", f"12-{'9' * 19}"]
)
def test_what_is_no_item_of_the_run_has_no_number(key: str) -> None:
    assert item_no(12, key) is None

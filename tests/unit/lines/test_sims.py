"""What the operator says of a SIM card against what is known of it."""

import pytest

from lines.sync.sims import believed


@pytest.mark.parametrize(
    ("reported", "stored", "is_held", "state"),
    [
        ("spare", None, False, "spare"),
        ("in_use", None, False, "in_use"),
        ("dead", None, False, "dead"),
        ("unknown", None, False, "unknown"),
        ("in_use", "spare", False, "in_use"),
        ("dead", "in_use", False, "dead"),
        # The list was asked for before an order of ours ended.
        ("spare", "in_use", True, "in_use"),
        ("in_use", "dead", False, "dead"),
        # The card came back: a line uses it again, or the operator has it in stock.
        ("in_use", "dead", True, "in_use"),
        ("spare", "dead", False, "spare"),
        # The line lags behind: its own news will come.
        ("dead", "in_use", True, "dead"),
        # No word is no news.
        ("unknown", "dead", False, "dead"),
        ("unknown", "spare", True, "in_use"),
    ],
)
def test_whose_word_counts(reported: str, stored: str | None, is_held: bool, state: str) -> None:
    assert believed(reported, stored, is_held=is_held) == state

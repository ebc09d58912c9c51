"""What a search text may mean."""

import pytest

from lines.search import Meaning, understand


@pytest.mark.parametrize(
    "text",
    ["+7 912 345-67-89", "8(912)345-67-89", "89123456789", "79123456789", "9123456789", "+7912 345 6789"],
)
def test_a_whole_number_in_any_writing(text: str) -> None:
    assert understand(text) == Meaning(number="79123456789")


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("67-89", Meaning(number_start="76789", number_end="6789")),
        ("912 345", Meaning(number_start="7912345", number_end="912345")),
        ("8 912", Meaning(number_start="7912", number_end="8912")),
        ("+7 912", Meaning(number_start="7912", number_end="7912")),
        ("8970", Meaning(number_start="7970", number_end="8970", iccid_start="8970")),
        ("8970 1990 8334 3058", Meaning(iccid_start="8970199083343058")),
        ("89701012345678901236", Meaning(iccid_start="89701012345678901236")),
    ],
)
def test_parts_of_numbers_and_sim_cards(text: str, meaning: Meaning) -> None:
    assert understand(text) == meaning


@pytest.mark.parametrize(
    ("text", "name"), [("Иванов", "иванов"), ("  Фёдорова А", "федорова а"), ("Цех 5", "цех 5")]
)
def test_names(text: str, name: str) -> None:
    assert understand(text) == Meaning(name=name)


def test_a_number_among_words() -> None:
    assert understand("тел. 8 912 345-67-89") == Meaning(number="79123456789")


@pytest.mark.parametrize("text", ["²", "٣٤", "-", "()", "%", "_"])
def test_odd_signs_are_names_that_nobody_has(text: str) -> None:
    assert understand(text).name == text.lower()

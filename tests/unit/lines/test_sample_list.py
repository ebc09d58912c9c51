"""The sample list people download is read as its comments say."""

from pathlib import Path

from devtools.make_sample import PLAUSIBLE, SAMPLE, make_sample, sample_rows
from lines.uploads.reading import read_number_list


def test_sample_in_the_repository_is_readable() -> None:
    numbers = read_number_list(SAMPLE, SAMPLE.name)
    problems = [problem for problem in numbers.problems if problem]
    assert problems == ["duplicate", "not_a_number"]
    assert len(numbers) >= 8


def test_sample_of_given_numbers(tmp_path: Path) -> None:
    make_sample(tmp_path / "numbers.xlsx")
    numbers = read_number_list(tmp_path / "numbers.xlsx", "numbers.xlsx")
    assert numbers.values[: len(PLAUSIBLE)] == list(PLAUSIBLE)
    assert numbers.rows[0] == 2
    assert len(numbers) == len(PLAUSIBLE) + 3


def test_writings_differ() -> None:
    assert len({str(row[0]) for row in sample_rows(PLAUSIBLE[:8])}) == 8 + len(
        [None, "repeated", "broken", "unknown"]
    )

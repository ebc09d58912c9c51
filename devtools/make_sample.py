"""Makes docs/samples/numbers.xlsx, the sample list of numbers that stands in the repository.

Run `python -m devtools.make_sample` for plausible numbers, or name a text file with one number a line.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from lines.numbers import parse_msisdn
from lines.uploads.sample import sample_rows, write_sample

SAMPLE: Final = Path(__file__).resolve().parents[1] / "docs" / "samples" / "numbers.xlsx"
PLAUSIBLE: Final = tuple(f"7912345{number:04}" for number in range(1001, 1013))

__all__ = ["PLAUSIBLE", "SAMPLE", "make_sample", "sample_rows"]


def make_sample(path: Path, msisdns: Sequence[str] = PLAUSIBLE) -> None:
    """Writes the sample with these numbers (E.164 digits, "79…")."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_sample(path, msisdns)


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the sample list of numbers.")
    parser.add_argument("numbers", nargs="?", type=Path, help="text file with one number a line")
    parser.add_argument("--output", type=Path, default=SAMPLE)
    arguments = parser.parse_args()
    msisdns: Sequence[str] = PLAUSIBLE
    if arguments.numbers is not None:
        parsed = map(parse_msisdn, arguments.numbers.read_text(encoding="utf-8").splitlines())
        msisdns = [number for number in parsed if number is not None]
    make_sample(arguments.output, msisdns)
    print(arguments.output)


if __name__ == "__main__":
    main()

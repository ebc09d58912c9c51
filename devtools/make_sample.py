"""Makes docs/samples/numbers.xlsx, the sample list of numbers people download from the upload page.

Run `python -m devtools.make_sample` for plausible numbers, or name a text file with one number a line (for example
of the demo company), so that the sample works on the demonstration data.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.excel import Column, write_template
from core.i18n import N_
from lines.numbers import parse_msisdn

SAMPLE: Final = Path(__file__).resolve().parents[1] / "docs" / "samples" / "numbers.xlsx"
UNKNOWN_NUMBER: Final = "+7 900 000-00-00"
BROKEN_NUMBER: Final = "8 912 345-6"
PLAUSIBLE: Final = tuple(f"7912345{number:04}" for number in range(1001, 1013))

_COLUMNS: Final = (
    Column(N_("Number"), "number", width=26),
    Column(N_("Employee"), "employee", width=30),
    Column(N_("Comment"), "comment", width=52),
)
_EMPLOYEES: Final = (
    "Анна Соколова",
    "Борис Климов",
    "Вера Никитина",
    "Глеб Орлов",
    "Дарья Фомина",
    "Егор Белов",
    "Жанна Ильина",
    "Захар Котов",
)
_NOTES: Final = (
    N_("One number in a row, in any column; a header is not needed."),
    N_("Numbers may be written in any usual way: +7 912 345-67-89, 8(912)345-67-89, 9123456789."),
    N_("SIM card numbers (ICCID) may stand instead; set the format of their column to “Text”."),
    N_("Blank rows are passed over. Repeated, unknown and wrong numbers are reported by row."),
    N_("Up to 100,000 rows, as an Excel workbook (.xlsx) or CSV."),
)


def sample_rows(msisdns: Sequence[str]) -> list[tuple[str | float | None, str | None, str | None]]:
    """Every usual writing in turn over ``msisdns`` (at least one), then a repeated, a broken and an unknown one."""
    rows: list[tuple[str | float | None, str | None, str | None]] = []
    for index, msisdn in enumerate(msisdns):
        if index == 5:
            rows.append((None, None, None))
        rows.append((_written(msisdn, index), _EMPLOYEES[index % len(_EMPLOYEES)], None))
    rows.append((_written(msisdns[0], 1), _EMPLOYEES[0], "Этот номер уже есть в первой строке"))
    rows.append((BROKEN_NUMBER, "Инна Лапина", "В этом номере не хватает цифр"))
    rows.append((UNKNOWN_NUMBER, "Кирилл Мухин", "Этого номера у компании нет"))
    return rows


def make_sample(path: Path, msisdns: Sequence[str] = PLAUSIBLE) -> None:
    """Writes the sample with these numbers (E.164 digits, "79…")."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_template(path, _COLUMNS, sample_rows(msisdns), sheet=N_("Numbers"), notes=_NOTES, locale="ru")


def _written(msisdn: str, style: int) -> str | float:
    code, a, b, c = msisdn[1:4], msisdn[4:7], msisdn[7:9], msisdn[9:]
    writings: tuple[str | float, ...] = (
        f"+7 {code} {a}-{b}-{c}",
        f"8({code}){a}-{b}-{c}",
        msisdn[1:],
        float(msisdn),
        f"8 {code} {a} {b} {c}",
        f"+7\u00a0({code})\u00a0{a}\u00a0{b}\u00a0{c}",
        msisdn,
        f"тел. 8 {code} {a}-{b}-{c}",
    )
    return writings[style % len(writings)]


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

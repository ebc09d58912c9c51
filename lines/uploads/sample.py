"""The sample list of numbers that people download: every usual writing, and one of each usual mistake."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.excel import Column, write_template
from core.i18n import DEFAULT_LOCALE, N_, translate

UNKNOWN_NUMBER: Final = "+7 900 000-00-00"
BROKEN_NUMBER: Final = "8 912 345-6"

_COLUMNS: Final = (
    Column(N_("Number"), "number", width=26),
    Column(N_("Employee"), "employee", width=30),
    Column(N_("Comment"), "comment", width=52),
)
EMPLOYEES: Final = (
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


Cells = tuple[str | float | None, str | None, str | None]


def sample_rows(
    msisdns: Sequence[str], employees: Sequence[str] = EMPLOYEES, locale: str = DEFAULT_LOCALE
) -> list[Cells]:
    """Every usual writing in turn over ``msisdns`` (at least one), then a repeated, a broken and an unknown one."""
    rows: list[Cells] = []
    for index, msisdn in enumerate(msisdns):
        if index == 5:
            rows.append((None, None, None))
        rows.append((_written(msisdn, index), employees[index % len(employees)], None))
    again = translate(locale, N_("This number already stands in the first row"))
    rows.append((_written(msisdns[0], 1), employees[0], again))
    rows.append((BROKEN_NUMBER, None, translate(locale, N_("Some digits of this number are missing"))))
    rows.append((UNKNOWN_NUMBER, None, translate(locale, N_("The company has no such number"))))
    return rows


def write_sample(
    path: Path,
    msisdns: Sequence[str],
    employees: Sequence[str] = EMPLOYEES,
    locale: str = DEFAULT_LOCALE,
) -> None:
    """Write the sample with these numbers (E.164 digits, "79…") and who has them."""
    rows = sample_rows(msisdns, employees, locale)
    write_template(path, _COLUMNS, rows, sheet=N_("Numbers"), notes=_NOTES, locale=locale)


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

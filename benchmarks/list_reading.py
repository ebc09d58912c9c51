"""Time of reading an uploaded list of 100,000 numbers, against bare reading of the same file with openpyxl."""

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import openpyxl

from benchmarks.harness import apart, peak_mb
from lines.uploads.reading import read_number_list

ROWS = 100_000
LIMIT = 0.3
ROUNDS = 3


def make_list(path: Path, msisdns: Sequence[str] | None = None) -> None:
    """Writes a list as people keep it: number in several writings, employee, department, tariff, comment."""
    numbers = msisdns or [f"7912{number:07}" for number in range(ROWS)]
    workbook = openpyxl.Workbook()
    sheet: Any = workbook.active
    sheet.append(["Номер", "Сотрудник", "Отдел", "Тариф", "Комментарий"])
    for index, number in enumerate(numbers):
        code, a, b, c = number[1:4], number[4:7], number[7:9], number[9:]
        written = (f"+7 {code} {a}-{b}-{c}", f"8({code}){a}-{b}-{c}", number[1:], float(number))[index % 4]
        sheet.append(
            [written, f"Сотрудник {index}", f"Отдел {index % 300}", f"Бизнес {index % 12}", f"запись {index}"]
        )
    workbook.save(path)


def read_bare(path: Path) -> int:
    """What anyone would do with openpyxl: walk all cells of the file and nothing else; returns how many."""
    workbook = openpyxl.load_workbook(path, read_only=True)
    cells = sum(len(row) for sheet in workbook.worksheets for row in sheet.iter_rows(values_only=True))
    workbook.close()
    return cells


def read_ours(path: Path) -> int:
    return len(read_number_list(path, path.name))


def seconds_and_peak(reader: str, path: Path) -> tuple[float, float]:
    """Seconds of one reading and the peak memory (MB) of a process that does nothing else."""
    seconds, peak = apart("list_reading", reader, str(path))
    return seconds, peak


def run_one(reader: str, path: Path) -> None:
    start = time.perf_counter()
    {"ours": read_ours, "bare": read_bare}[reader](path)
    seconds = time.perf_counter() - start
    print(json.dumps([seconds, peak_mb()]))


def main() -> Iterator[dict[str, Any]]:
    """Yields the figures; turns are taken by both readers so that a busy moment hurts both."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "list.xlsx")
        make_list(path)
        ours: list[float] = []
        bare: list[float] = []
        peak = 0.0
        for _ in range(ROUNDS):
            seconds, peak = seconds_and_peak("ours", path)
            ours.append(seconds)
            bare.append(seconds_and_peak("bare", path)[0])
    value, baseline = min(ours), min(bare)
    yield {
        "name": "list_reading",
        "value": round(value, 3),
        "unit": "s",
        "baseline": round(baseline, 3),
        "ratio": round(value / baseline, 4),
        "limit": LIMIT,
        "peak_rss_mb": round(peak, 1),
    }


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run_one(sys.argv[1], Path(sys.argv[2]))
    else:
        for figure in main():
            print(json.dumps(figure))

"""Time and memory of a result file of 100,000 rows, against openpyxl's write-only workbook with the same cells."""

import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from benchmarks.harness import apart, peak_mb
from core.excel import Column, write_rows

ROWS = 100_000
FEW_ROWS = 10_000
LIMIT = 0.25
ROUNDS = 3
COLUMNS = (
    Column("Number", "msisdn", "text", 18),
    Column("ICCID", "iccid", "text", 24),
    Column("Employee", "employee", "text", 30),
    Column("Department", "department", "text", 30),
    Column("Tariff", "tariff", "text", 20),
    Column("Outcome", "outcome", "text", 14),
    Column("Reason", "reason", "text", 40),
    Column("State before", "before", "text", 14),
    Column("State after", "after", "text", 14),
    Column("Attempts", "attempts", "int", 10),
    Column("Price", "price", "decimal", 12),
    Column("Finished", "finished", "datetime", 18),
)


def result_rows(count: int) -> Iterator[tuple[object, ...]]:
    """Rows as the result of a run has them."""
    start = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
    for number in range(count):
        yield (
            f"+7 912 {number // 10_000:03}-{number // 100 % 100:02}-{number % 100:02}",
            f"89701{number:014}",
            f"Сотрудник Сотрудникович {number}",
            f"Отдел продаж {number % 300}",
            f"Бизнес {number % 12}",
            "выполнено" if number % 9 else "отказано",
            "" if number % 9 else "Номер уже заблокирован",
            "активен",
            "заблокирован",
            1 + number % 3,
            Decimal(number % 500) / 100,
            start + timedelta(seconds=number),
        )


def write_ours(path: Path, count: int) -> None:
    write_rows(path, COLUMNS, result_rows(count), total=count, sheet="Result", locale="en")


def write_openpyxl(path: Path, count: int) -> None:
    """The same cells and the same look, by the usual means."""
    workbook = openpyxl.Workbook(write_only=True)
    sheet: Any = workbook.create_sheet("Result")
    sheet.freeze_panes = "A2"
    header = [WriteOnlyCell(sheet, column.title) for column in COLUMNS]
    for cell in header:
        cell.font = Font(bold=True)
    sheet.append(header)
    for row in result_rows(count):
        sheet.append([value.replace(tzinfo=None) if isinstance(value, datetime) else value for value in row])
    workbook.save(path)


def seconds_and_peak(writer: str, count: int) -> tuple[float, float]:
    """Seconds of one writing and the peak memory (MB) of the process that did nothing else."""
    seconds, peak = apart("result_excel", writer, str(count))
    return seconds, peak


def run_one(writer: str, count: int) -> None:
    """What the process of its own does: writes one file and prints seconds and peak memory."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "result.xlsx")
        start = time.perf_counter()
        {"ours": write_ours, "openpyxl": write_openpyxl}[writer](path, count)
        seconds = time.perf_counter() - start
    print(json.dumps([seconds, peak_mb()]))


def main() -> Iterator[dict[str, Any]]:
    """Yields the figures; turns are taken by both writers so that a busy moment hurts both."""
    ours: list[float] = []
    theirs: list[float] = []
    peak = 0.0
    for _ in range(ROUNDS):
        seconds, peak = seconds_and_peak("ours", ROWS)
        ours.append(seconds)
        theirs.append(seconds_and_peak("openpyxl", ROWS)[0])
    _, few_peak = seconds_and_peak("ours", FEW_ROWS)
    value, baseline = min(ours), min(theirs)
    yield {
        "name": "result_excel",
        "value": round(value, 3),
        "unit": "s",
        "baseline": round(baseline, 3),
        "ratio": round(value / baseline, 4),
        "limit": LIMIT,
        "peak_rss_mb_10000": round(few_peak, 1),
        "peak_rss_mb_100000": round(peak, 1),
    }


if __name__ == "__main__":
    if len(sys.argv) > 1:
        run_one(sys.argv[1], int(sys.argv[2]))
    else:
        for figure in main():
            print(json.dumps(figure))

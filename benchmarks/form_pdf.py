"""Time per page of an application as PDF with a table of 5,000 numbers, against one of 100 numbers."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pypdfium2

from benchmarks.harness import Result, seconds
from forms import printing
from forms.documents.types.tariff_and_services import FORM

FEW, MANY = 100, 5_000
LIMIT = 1.3
ROUNDS = {FEW: 9, MANY: 3}


def application(numbers: int) -> printing.Document:
    """A filled-in application with so many numbers."""
    rows = tuple(
        (
            str(no),
            f"+7 916 {no // 10_000:03d}-{no // 100 % 100:02d}-{no % 100:02d}",
            f"8970 1010 0000 {no:06d}",
            "Иванов Иван",
        )
        for no in range(1, numbers + 1)
    )
    blank = printing.blank(FORM, "ru")
    facts = tuple(replace(fact, value="Заполнено") for fact in blank.facts)
    annex = ("Приложение № 1", blank.title, "Список номеров")
    return replace(
        blank, facts=facts, numbers=rows, annex=annex, number="№ З-2026-000001", date="1 декабря 2026 г."
    )


def measure(numbers: int, folder: Path) -> tuple[float, int]:
    """Median seconds of drawing, and how many pages came out."""
    document, path = application(numbers), folder / f"{numbers}.pdf"
    printing.write(document, "pdf", path)
    took = [seconds(lambda: printing.write(document, "pdf", path)) for _ in range(ROUNDS[numbers])]
    pages = len(pypdfium2.PdfDocument(path))
    return statistics.median(took), pages


def main() -> Iterator[Result]:
    """Milliseconds per page, the long document against the short one."""
    with tempfile.TemporaryDirectory() as folder:
        (few, few_pages), (many, many_pages) = (measure(numbers, Path(folder)) for numbers in (FEW, MANY))
    short, long = 1000 * few / few_pages, 1000 * many / many_pages
    extra = {"pages_100": few_pages, "pages_5000": many_pages, "seconds_5000": round(many, 2)}
    yield Result("form_pdf", long, "ms per page", short, long / short, at_most=LIMIT, extra=extra)

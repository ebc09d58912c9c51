"""Every report in LibreOffice, where that is installed: it opens as it is, and shows the same cells."""

from __future__ import annotations

import csv
import shutil
import subprocess
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bootstrap import ALL_REPORTS
from tests.integration.reports.conftest import ReportHarness

PROGRAM = shutil.which("soffice")
EVERY_SHEET = "csv:Text - txt - csv (StarCalc):59,34,76,1,,0,false,true,false,false,false,-1"


@pytest.mark.skipif(PROGRAM is None, reason="LibreOffice is not installed here")
def test_every_report_opens_with_the_same_cells(harness: ReportHarness, tmp_path: Path) -> None:
    books = []
    for report in ALL_REPORTS:
        job_id = harness.order(report.code)
        harness.make(job_id)
        books.append(Path(shutil.copy(harness.file(job_id), tmp_path / f"{report.code}.xlsx")))
    command = [str(PROGRAM), "--headless", f"-env:UserInstallation=file://{tmp_path}/profile"]
    command += ["--convert-to", EVERY_SHEET, "--outdir", str(tmp_path), *map(str, books)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    for path in books:
        for sheet in openpyxl.load_workbook(path):
            with (tmp_path / f"{path.stem}-{sheet.title}.csv").open(encoding="utf-8") as stream:
                shown = list(csv.reader(stream, delimiter=";"))
            stored = list(sheet.values)
            assert len(shown) == len(stored)
            for there, here in zip(shown, stored, strict=True):
                assert [pair for pair in zip(there, here, strict=True) if not is_same(*pair)] == []


def is_same(shown: str, stored: Any) -> bool:
    if isinstance(stored, str):
        return shown == stored
    if isinstance(stored, (int, float)):
        return abs(float(shown.replace(",", "")) - stored) < 0.006
    return bool(shown) == (stored is not None)

"""Memory and time of reading hostile lists: the process that asks for it against the child that reads."""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

from benchmarks.harness import Result, apart, peak_mb
from core.errors import InvalidInput
from lines.uploads.reader import READ

PARENT_MB, CHILD_MB, SECONDS = 32, 512, 10
CELLS = 3_000_000
TEXT = 960
FORMULAS = 100_000
COLUMNS = 16
LINES = 11_000_000
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"


def write_files(folder: Path) -> Iterator[Path]:
    """One text that millions of cells point to, formulas beside many cells, millions of blank lines."""
    rows = ("<row>" + '<c t="s"><v>0</v></c>' * 30 + "</row>" for _ in range(CELLS // 30))
    yield _workbook(folder / "repeated_text.xlsx", rows, f"<si><t>{'x' * TEXT}</t></si>")
    beside = "".join(f'<c r="{chr(65 + column)}%d"><v>1</v></c>' for column in range(1, COLUMNS))
    rows = (
        f'<row r="{n}"><c r="A{n}"><f>B{n}</f><v>7912{n:07}</v></c>{beside % ((n,) * (COLUMNS - 1))}</row>'
        for n in range(1, FORMULAS + 1)
    )
    yield _workbook(folder / "formulas.xlsx", rows, "")
    blank = folder / "blank_lines.txt"
    blank.write_bytes(b"\n" * LINES)
    yield blank
    table = folder / "blank_lines.csv"
    table.write_bytes("Номер;Имя\n79120000001;Анна\n".encode() + b"\n" * LINES)
    yield table


def _workbook(path: Path, rows: Iterator[str], texts: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{OFFICE}/officeDocument" '
            'Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}"><sheets><sheet name="S" sheetId="1" r:id="r"/></sheets>'
            "</workbook>",
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{PACKAGE}"><Relationship Id="r" Type="{OFFICE}/worksheet" '
            f'Target="worksheets/sheet1.xml"/><Relationship Id="t" Type="{OFFICE}/sharedStrings" '
            'Target="sharedStrings.xml"/></Relationships>',
        )
        archive.writestr("xl/sharedStrings.xml", f'<sst xmlns="{MAIN}">{texts}</sst>')
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            sheet.write(f'<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            for row in rows:
                sheet.write(row.encode())
            sheet.write(b"</sheetData></worksheet>")
    return path


def measure(path: Path) -> None:
    """In a process of its own: prints how much it grew, the peak of its child (MB) and the seconds."""
    before, start = peak_mb(), perf_counter()
    try:
        READ.run({"path": str(path), "filename": path.name, "kinds": []}, lambda columns: [0] * len(columns))
    except InvalidInput as refusal:
        print(refusal.code, file=sys.stderr)
    seconds = perf_counter() - start
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / (
        2**10 if sys.platform == "linux" else 2**20
    )
    print(json.dumps([peak_mb() - before, child, seconds]))


def main() -> Iterator[Result]:
    """Each file with the growth of the process that asks, against what it may grow."""
    with tempfile.TemporaryDirectory(prefix="vm-bench-") as folder:
        for path in write_files(Path(folder)):
            parent, child, seconds = apart("upload_memory", str(path))
            extra = {
                "child_mb": round(child),
                "seconds": round(seconds, 1),
                "file_mb": round(path.stat().st_size / 2**20, 1),
            }
            name = f"upload_memory_{path.stem}_{path.suffix[1:]}"
            yield Result(name, parent, "MB", PARENT_MB, parent / PARENT_MB, at_most=1.0, extra=extra)
            yield Result(f"{name}_child", child, "MB", CHILD_MB, child / CHILD_MB, at_most=1.0)
            yield Result(f"{name}_seconds", seconds, "s", SECONDS, seconds / SECONDS, at_most=1.0)


if __name__ == "__main__":
    measure(Path(sys.argv[1]))

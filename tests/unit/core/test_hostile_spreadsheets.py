"""Hostile and broken files: each is refused with its reason, quickly and without eating the machine."""

import tracemalloc
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from core.confined import TOO_LARGE, Confined
from core.errors import InvalidInput
from core.spreadsheets import REFUSALS, FileRefused, ReadLimits, Sheet, read_workbook
from lines.uploads.reader import SENTENCES
from tests.unit.core.workbooks import (
    HEAD,
    MAIN,
    one_cell,
    parts_of,
    sheet_xml,
    with_declared_size,
    write_parts,
    write_workbook,
)

MB = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
GOOD = sheet_xml(one_cell())


def read_sheets(path: Path, filename: str, limits: ReadLimits | None = None) -> list[Sheet]:
    return read_workbook(path, filename, limits or ReadLimits()).sheets


def outcome(path: Path) -> str:
    """The code with which a child that has the bounds of an uploaded list refuses the file."""
    child = Confined("tests.unit.core.confined_sheets", "count", SENTENCES)
    try:
        child.run({"path": str(path), "filename": path.name})
    except InvalidInput as refusal:
        return refusal.code
    return "read"


def refused(path: Path, filename: str | None = None, limits: ReadLimits | None = None) -> str:
    with pytest.raises(FileRefused) as caught:
        read_sheets(path, filename or path.name, limits or ReadLimits())
    text = caught.value.message % caught.value.params
    assert text.endswith(".")
    return caught.value.code


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return tmp_path / "list.xlsx"


def test_every_refusal_says_what_to_do() -> None:
    assert all(message.count(".") >= 2 or "Choose" in message for message in REFUSALS.values())


def test_minimal_workbook_is_read(book: Path) -> None:
    sheets = read_sheets(write_parts(book, parts_of(GOOD)), book.name)
    assert [list(row.cells) for row in sheets[0].rows] == [[79123456789.0]]


def test_empty_file(book: Path) -> None:
    book.write_bytes(b"")
    assert refused(book) == "empty_file"


def test_file_too_large(book: Path) -> None:
    book.write_bytes(b"x" * 3 * MB)
    assert refused(book, limits=ReadLimits(file_bytes=2 * MB)) == "file_too_large"


@pytest.mark.parametrize("keep", [8, 200, -30])
def test_cut_off_file(book: Path, keep: int) -> None:
    write_parts(book, parts_of(GOOD))
    book.write_bytes(book.read_bytes()[:keep])
    assert refused(book) == "damaged"


def test_changed_bytes_inside(book: Path) -> None:
    write_parts(book, parts_of(sheet_xml("".join(one_cell(f"A{n}", str(n * 7919)) for n in range(1, 2000)))))
    data = bytearray(book.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 40] = bytes(40)
    book.write_bytes(bytes(data))
    assert refused(book) in {"damaged", "unsafe"}


def test_not_a_zip_though_called_xlsx(book: Path) -> None:
    book.write_bytes(b"\x00\x01\x02\x03" * 50)
    assert refused(book) == "damaged"
    book.write_text("79123456789\n79123456780\n")
    assert refused(book) == "wrong_extension"


def test_workbook_called_csv_and_other_kinds(book: Path) -> None:
    write_parts(book, parts_of(GOOD))
    assert refused(book, "list.csv") == "wrong_extension"
    assert refused(write_parts(book, {"word/document.xml": "<a/>"})) == "unsupported_format"
    book.write_bytes(b"%PDF-1.7 ...")
    assert refused(book, "list.pdf") == "unsupported_format"
    book.write_bytes(b"<html><table><tr><td>1</td></tr></table></html>")
    assert refused(book, "list.xls") == "wrong_extension"


def test_encrypted_and_old_workbooks(book: Path) -> None:
    ole = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504)
    book.write_bytes(ole + "EncryptedPackage".encode("utf-16-le"))
    assert refused(book) == "encrypted"
    book.write_bytes(ole + "Workbook".encode("utf-16-le"))
    assert refused(book, "list.xls") == "damaged"


def test_encrypted_zip_entries(book: Path) -> None:
    write_parts(book, parts_of(GOOD))
    data = bytearray(book.read_bytes())
    at = data.find(b"PK\x01\x02")
    data[at + 8] |= 1
    book.write_bytes(bytes(data))
    assert refused(book) == "encrypted"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("xl/vbaProject.bin", "macros"),
        ("xl/externalLinks/externalLink1.xml", "external_links"),
        ("xl/embeddings/Book2.xlsx", "embedded_files"),
        ("xl/media/more.zip", "embedded_files"),
        ("../../etc/cron.d/x", "unsafe"),
        ("x:/etc/passwd", "unsafe"),
        ("xl\\..\\x", "unsafe"),
        ("XL/Workbook.xml", "unsafe"),
    ],
)
def test_what_is_packed_inside(book: Path, name: str, code: str) -> None:
    write_parts(book, parts_of(GOOD))
    with zipfile.ZipFile(book, "a") as archive:
        info = zipfile.ZipInfo("placeholder")
        info.filename = name
        archive.writestr(info, "x")
    assert refused(book) == code


def test_zip_bomb_is_refused_unopened(book: Path) -> None:
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts_of().items():
            archive.writestr(name, content)
        with archive.open(SHEET, "w", force_zip64=True) as sheet:
            for _ in range(201):
                sheet.write(b" " * MB)
    assert book.stat().st_size < 2 * MB
    tracemalloc.start()
    assert refused(book) == "too_large_unpacked"
    assert tracemalloc.get_traced_memory()[1] < 20 * MB
    tracemalloc.stop()


def test_bomb_that_lies_about_its_size(book: Path) -> None:
    write_parts(book, parts_of(sheet_xml(one_cell() + " " * 20 * MB)))
    with_declared_size(book, SHEET, 5_000)
    tracemalloc.start()
    assert refused(book) == "damaged"
    assert tracemalloc.get_traced_memory()[1] < 15 * MB
    tracemalloc.stop()


def test_more_bytes_declared_than_there_are(book: Path) -> None:
    write_parts(book, parts_of(GOOD))
    assert len(read_sheets(with_declared_size(book, SHEET, 3_000), book.name)[0].rows) == 1


def test_overlapping_entries(book: Path) -> None:
    write_parts(book, parts_of(sheet_xml("".join(one_cell(f"A{n}", str(n * 7919)) for n in range(1, 3000)))))
    data = book.read_bytes()
    with zipfile.ZipFile(book) as archive:
        end = archive.start_dir
    directory = data[end:]
    entry_at = directory.rfind(b"PK\x01\x02")
    tail_at = directory.rfind(b"PK\x05\x06")
    entry = directory[entry_at:tail_at]
    copies = b"".join(entry.replace(b"sheet1.xml", b"sheet%c.xml" % letter) for letter in b"abcdefgh")
    tail = bytearray(directory[tail_at:])
    for at in (8, 10):
        tail[at : at + 2] = (int.from_bytes(tail[at : at + 2], "little") + 8).to_bytes(2, "little")
    tail[12:16] = (tail_at + len(copies)).to_bytes(4, "little")
    book.write_bytes(data[:end] + directory[:tail_at] + copies + bytes(tail))
    assert refused(book) == "unsafe"


def test_too_many_entries(book: Path) -> None:
    parts = parts_of(GOOD) | {f"x/{n}.xml": "" for n in range(2_100)}
    assert refused(write_parts(book, parts)) == "unsafe"


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE a [<!ENTITY b "ха">]>',
        '<!DOCTYPE a [<!ENTITY c SYSTEM "file:///etc/passwd">]>',
    ],
)
def test_document_types_are_refused(book: Path, doctype: str) -> None:
    xml = GOOD.replace(HEAD, HEAD + doctype)
    assert refused(write_parts(book, parts_of(xml))) == "unsafe"


def test_other_encodings_of_xml_are_refused(book: Path) -> None:
    assert (
        refused(write_parts(book, parts_of() | parts_of(GOOD) | {SHEET: GOOD.encode("utf-16")})) == "unsafe"
    )


@pytest.mark.parametrize(
    "rows",
    [
        one_cell("A1") + one_cell("XFD1048576"),
        one_cell("A1") + one_cell("A9999999") + one_cell("B1"),
        "<row><c r='A1'><v>1</v></c></row><row><c  r='XFD900000'><v>1</v></c></row>",
        '<x:row xmlns:x="' + MAIN + '"><x:c r="XFD900000"><x:v>1</x:v></x:c></x:row>' + one_cell("A1"),
        one_cell("A1") + '<row r="900000"><c s="1" r="XFD900000"><v>1</v></c></row>',
        '<row r="900000">' + "<c><v>1</v></c>" * 50 + "</row>" + one_cell("A1"),
    ],
)
def test_cells_far_apart_do_not_fill_the_memory(book: Path, rows: str) -> None:
    assert outcome(write_parts(book, parts_of(sheet_xml(rows)))) in {TOO_LARGE, "damaged"}


def test_a_lying_dimension_is_ignored(book: Path) -> None:
    xml = GOOD.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    assert len(read_sheets(write_parts(book, parts_of(xml)), book.name)[0].rows) == 1


def test_styled_empty_cells_do_not_count(book: Path) -> None:
    xml = sheet_xml(one_cell() + '<row r="1048576"><c r="XFD1048576" s="0"/></row>')
    assert len(read_sheets(write_parts(book, parts_of(xml)), book.name)[0].rows) == 1


def test_nonsense_references_are_refused(book: Path) -> None:
    for reference in ("A0", "1A", "AAAAAAAAAAAAAAA1", "A99999999999999999999", "", "Ä1", "A1:B2"):
        xml = sheet_xml(f'<row r="1"><c r="{reference}"><v>1</v></c></row>')
        try:
            sheets = read_sheets(write_parts(book, parts_of(xml)), book.name)
        except FileRefused as refusal:
            assert refusal.code == "damaged", reference
        else:
            assert len(sheets[0].rows) == 1, reference


@pytest.mark.parametrize("length", [960, MB])
def test_one_text_repeated_by_many_cells(book: Path, length: int) -> None:
    count = 1_000_000 if length < MB else 5_000
    cells = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>0</v></c></row>' for n in range(1, count))
    parts = parts_of(sheet_xml(cells), texts=f"<si><t>{'x' * length}</t></si>")
    assert outcome(write_parts(book, parts)) == TOO_LARGE


def test_millions_of_shared_texts(book: Path) -> None:
    parts = parts_of(GOOD, texts="<si/>" * 20_000_000)
    assert outcome(write_parts(book, parts)) == TOO_LARGE


@pytest.mark.parametrize("text", ["\n" * 11_000_000, "79123456789;a\n" + "\n" * 11_000_000])
def test_millions_of_blank_lines(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.txt"
    path.write_text(text)
    assert outcome(path) == ("read" if "7" in text else "no_rows")


def test_a_column_of_formulas_beside_many_cells(book: Path) -> None:
    cells = "".join(
        f'<row r="{n}"><c r="A{n}"><f>B{n}</f><v>{n}</v></c><c r="B{n}"><v>1</v></c></row>'
        for n in range(1, 100_000)
    )
    assert outcome(write_parts(book, parts_of(sheet_xml(cells)))) == "read"


def test_too_many_rows_sheets_and_columns(book: Path) -> None:
    rows: list[Sequence[object]] = [["79120000000"], *([n] for n in range(30))]
    write_workbook(book, rows, rows)
    assert refused(book, limits=ReadLimits(rows=59)) == "too_many_rows"
    assert len(read_sheets(book, book.name, ReadLimits(rows=60))) == 2
    assert refused(book, limits=ReadLimits(sheets=1)) == "too_many_sheets"
    write_workbook(book, [[1] * 60])
    assert refused(book, limits=ReadLimits(columns=50)) == "too_many_columns"


def test_no_rows(book: Path) -> None:
    assert refused(write_workbook(book, [])) == "no_rows"
    assert refused(write_workbook(book, [["  "], [None]])) == "no_rows"


def test_broken_xml(book: Path) -> None:
    assert refused(write_parts(book, parts_of(sheet_xml('<row r="1"><c r="A1"><v>1</v></row>')))) == "damaged"
    assert refused(write_parts(book, parts_of(GOOD) | {"xl/workbook.xml": "<workbook"})) == "damaged"
    without = parts_of(GOOD)
    del without["xl/_rels/workbook.xml.rels"]
    assert refused(write_parts(book, without)) == "damaged"

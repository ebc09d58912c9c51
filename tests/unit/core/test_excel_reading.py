"""Honest workbooks and CSV files in all the shapes people save them."""

from datetime import date
from pathlib import Path

import openpyxl
import pytest

from core.excel import FileRefused, Formulas, ReadLimits, read_rows, read_sheets
from tests.unit.core.workbooks import MAIN, parts_of, sheet_xml, write_parts, write_workbook

LINES = [["Номер", "Имя"], ["+7 912 345-67-89", "Иванов, Иван"], ["8(912)3456780", 'ООО "Ромашка"; филиал']]


def written_csv(lines: list[list[str]], delimiter: str) -> str:
    quoted = [
        ['"' + cell.replace('"', '""') + '"' if set(cell) & set('",;\t') else cell for cell in line]
        for line in lines
    ]
    return "".join(delimiter.join(line) + "\r\n" for line in quoted)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", ",", "\t"])
def test_csv_encodings_and_delimiters(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(written_csv(LINES, delimiter).encode(encoding))
    assert read_sheets(path, path.name)[0].rows == LINES


def test_csv_of_one_column_and_named_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("89123456789\n\n+7 (912) 345-67-80\n")
    assert [(row.number, row.cells) for row in read_rows(path, path.name)] == [
        (1, ["89123456789"]),
        (3, ["+7 (912) 345-67-80"]),
    ]
    path.write_text("sep=,\na,b;c\n")
    assert [(row.number, row.cells) for row in read_rows(path, path.name)] == [(2, ["a", "b;c"])]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00\x01\x02\x03\xff" * 100, "unsupported_format"),
        (b"\xef\xbb\xbf\xff\xfe", "unknown_encoding"),
        (b"a\x98\n", "unknown_encoding"),
        (b'a;b\n"' + b"x" * 200_000, "damaged"),
        (b"1;" * 2_000, "too_many_cells"),
        (b"\n \n;;\n", "no_rows"),
        (b"1\n" * 12, "too_many_rows"),
        (b"1;2\n" * 12, "too_many_rows"),
    ],
)
def test_broken_csv(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused) as caught:
        read_sheets(path, path.name, ReadLimits(rows=10))
    assert caught.value.code == code


def test_workbook_cells_keep_their_types_and_places(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook["Sheet"]
    sheet["C3"], sheet["D3"], sheet["C5"], sheet["D5"] = "text", 12.5, date(2026, 1, 2), True
    path = tmp_path / "list.xlsx"
    workbook.save(path)
    (read,) = read_sheets(path, path.name)
    assert (read.first_row, read.first_column) == (3, 3)
    assert read.rows == [["text", 12.5], ["", ""], [date(2026, 1, 2), True]]
    assert [row.number for row in read_rows(path, path.name)] == [3, 5]


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook["Sheet"].append(["89123456789"])
    for name, state in (("H", "hidden"), ("V", "veryHidden")):
        hidden = workbook.create_sheet(name)
        hidden.append(["89123456780"])
        hidden.sheet_state = state
    path = tmp_path / "list.xlsx"
    workbook.save(path)
    assert [sheet.name for sheet in read_sheets(path, path.name)] == ["Sheet"]


def test_formulas_are_located(tmp_path: Path) -> None:
    rows = (
        '<row r="2"><c r="B2"><f>A2</f><v>5</v></c><c r="C2"><f>A2</f></c><c r="D2"><f>A2</f><v/></c></row>'
    )
    plain = sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')
    path = write_parts(tmp_path / "list.xlsx", parts_of(plain, sheet_xml(rows)))
    first, second = read_sheets(path, path.name)
    assert first.formulas == Formulas()
    assert second.formulas == Formulas(frozenset({(2, 2)}), frozenset({(2, 3), (2, 4)}))
    with pytest.raises(FileRefused) as caught:
        read_sheets(path, path.name, ReadLimits(formulas=2))
    assert caught.value.code == "too_many_formulas"
    with pytest.raises(FileRefused) as caught:
        read_sheets(path, path.name, ReadLimits(walked_cells=2))
    assert caught.value.code == "too_many_cells"


def test_unusual_but_honest_xml(tmp_path: Path) -> None:
    prefixed = (
        f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData><x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )
    without_places = sheet_xml("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")
    path = write_parts(tmp_path / "list.xlsx", parts_of(prefixed, without_places))
    assert [list(map(list, sheet.rows)) for sheet in read_sheets(path, path.name)] == [
        [[1.0]],
        [[1.0, 2.0], [3.0, ""]],
    ]


def test_shared_texts(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n % 2}</v></c></row>' for n in range(1, 5))
    path = write_parts(
        tmp_path / "list.xlsx", parts_of(sheet_xml(rows), texts="<si><t>а</t></si><si><t>б</t></si>")
    )
    assert read_sheets(path, path.name)[0].rows == [["б"], ["а"], ["б"], ["а"]]


def test_a_long_comment_among_many_rows_is_no_reason_to_refuse(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "list.xlsx", [["x" * 30_000], *([f"8912{n:07}"] for n in range(300))])
    assert len(read_sheets(path, path.name, ReadLimits(text_bytes=100_000))[0].rows) == 301

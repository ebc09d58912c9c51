"""Honest workbooks and CSV files in all the shapes people save them."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from core.spreadsheets import FileRefused, ReadLimits, Sheet, read_workbook
from tests.unit.core.workbooks import MAIN, parts_of, sheet_xml, write_parts, write_workbook

SAMPLES = Path(__file__).parents[2] / "fixtures" / "lists"
LINES = [["Номер", "Имя"], ["+7 912 345-67-89", "Иванов, Иван"], ["8(912)3456780", 'ООО "Ромашка"; филиал']]


def read_sheets(path: Path, filename: str = "", limits: ReadLimits | None = None) -> list[Sheet]:
    return read_workbook(path, filename or path.name, limits or ReadLimits()).sheets


def cells_of(sheet: Sheet) -> list[list[object]]:
    return [list(row.cells) for row in sheet.rows]


def places_of(sheet: Sheet) -> list[tuple[int, list[object]]]:
    return [(row.number, list(row.cells)) for row in sheet.rows]


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
    assert cells_of(read_sheets(path)[0]) == LINES


def test_csv_of_one_column_and_named_delimiter(tmp_path: Path) -> None:
    path = tmp_path / "list.txt"
    path.write_text("89123456789\n\n+7 (912) 345-67-80\n")
    assert places_of(read_sheets(path)[0]) == [
        (1, ["89123456789"]),
        (3, ["+7 (912) 345-67-80"]),
    ]
    path.write_text("sep=,\na,b;c\n")
    assert places_of(read_sheets(path)[0]) == [(2, ["a", "b;c"])]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\x00\x01\x02\x03\xff" * 100, "unsupported_format"),
        (b"\xef\xbb\xbf\xff\xfe", "unknown_encoding"),
        (b'a;b\n"' + b"x" * 200_000, "damaged"),
        (b"1;" * 2_000, "too_many_columns"),
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
    (sheet_read,) = read_sheets(path)
    assert sheet_read.first_column == 3
    assert places_of(sheet_read) == [(3, ["text", 12.5]), (5, [date(2026, 1, 2), True])]


def test_hidden_sheets_are_not_read(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook["Sheet"].append(["89123456789"])
    for name, state in (("H", "hidden"), ("V", "veryHidden")):
        hidden = workbook.create_sheet(name)
        hidden.append(["89123456780"])
        hidden.sheet_state = state
    path = tmp_path / "list.xlsx"
    workbook.save(path)
    read = read_workbook(path, path.name)
    assert [sheet.name for sheet in read.sheets] == ["Sheet"]
    assert read.hidden_sheets == ["H", "V"]


FORMULAS = (
    '<row r="2"><c r="B2"><f>A2</f><v>5</v></c><c r="C2"><f>A2</f></c><c r="D2"><f>A2</f><v/></c>'
    '<c r="E2" t="str"><f>A2</f><v></v></c><c r="F2" t="e"><f>A2</f><v>#N/A</v></c></row>'
)
PREFIXED = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>%s</x:sheetData></x:worksheet>'


def prefixed(rows: str) -> str:
    return PREFIXED % re.sub(r"<(/?)(row|c|f|v)\b", r"<\1x:\2", rows)


@pytest.mark.parametrize("write", [sheet_xml, prefixed, lambda rows: sheet_xml(rows.replace("><", ">\n<"))])
def test_formulas_and_errors_are_located(tmp_path: Path, write: Callable[[str], str]) -> None:
    plain = sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')
    path = write_parts(tmp_path / "list.xlsx", parts_of(plain, write(FORMULAS)))
    first, second = read_sheets(path)
    assert (first.formula_columns, first.unfinished) == (frozenset(), frozenset())
    assert second.formula_columns == {2, 5, 6}
    assert second.unfinished == {(2, 3), (2, 4)}
    (row,) = second.rows
    assert (row.number, [str(cell).strip() for cell in row.cells]) == (2, ["5.0", "", "", "", "#N/A"])
    with pytest.raises(FileRefused) as caught:
        read_sheets(path, limits=ReadLimits(unfinished=1))
    assert caught.value.code == "formulas_without_values"


HIDDEN = (
    '<row r="1"><c r="A1"><v>1</v></c></row><row r="2" hidden="1"><c r="A2"><v>2</v></c></row>'
    '<row r="3" ht="0" hidden="true"/><row r="4" hidden="0"><c r="A4"><v>4</v></c></row>'
)


@pytest.mark.parametrize("write", [sheet_xml, prefixed, lambda rows: sheet_xml(rows.replace('"', "'"))])
def test_hidden_rows_are_seen(tmp_path: Path, write: Callable[[str], str]) -> None:
    (sheet,) = read_sheets(write_parts(tmp_path / "list.xlsx", parts_of(write(HIDDEN))))
    assert sheet.hidden_rows == {2, 3}


def test_hidden_rows_without_their_number_are_counted(tmp_path: Path) -> None:
    rows = '<row><c><v>1</v></c></row><row hidden="1"><c><v>2</v></c></row><row><c><v>3</v></c></row>'
    (sheet,) = read_sheets(write_parts(tmp_path / "list.xlsx", parts_of(sheet_xml(rows))))
    assert sheet.hidden_rows == {2}
    assert cells_of(sheet) == [[1.0], [2.0], [3.0]]


def test_hidden_columns_are_seen(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook["Sheet"]
    sheet.append([1, 2, 3, 4])
    sheet.column_dimensions.group("B", "C", hidden=True)
    workbook.save(tmp_path / "list.xlsx")
    assert read_sheets(tmp_path / "list.xlsx")[0].hidden_columns == {2, 3}


@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods"])
def test_other_kinds_of_workbooks(kind: str) -> None:
    read = read_workbook(SAMPLES / f"numbers.{kind}", f"numbers.{kind}")
    assert cells_of(read.sheets[0])[:2] == [["Номер", "Имя"], ["+7 912 000-00-01", "Анна"]]
    assert not read.knows_hidden


def test_a_workbook_is_known_by_its_content(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "list", [["89123456789"]])
    for name in ("list", "list.xls", "list.ods", "LIST.XLSX"):
        assert cells_of(read_sheets(path, name)[0]) == [["89123456789"]]


def test_old_encodings_of_russian_text(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    for encoding in ("cp866", "mac_cyrillic", "koi8_r", "cp1251"):
        path.write_bytes("Номер;Фамилия\n79120000001;Шарова\n".encode(encoding))
        assert cells_of(read_sheets(path)[0])[1] == ["79120000001", "Шарова"]


@pytest.mark.parametrize(
    "text",
    [
        '1;"срочно\n2;б\n3;в\n4;г\n',
        '1;"срочно\n2;"и это\n3;в\n4;г\n',
        '1;"срочно\n2;б\n3;"в\n4;г\n',
        '1;а\n2;б\n3;в\n4;"г',
    ],
)
def test_a_quotation_mark_that_is_never_closed_swallows_no_rows(tmp_path: Path, text: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(text)
    assert [row.cells[0] for row in read_sheets(path)[0].rows] == ["1", "2", "3", "4"]


def test_a_cell_of_several_lines_is_one_cell(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('1;"ул. Ленина,\nд. 5"\n2;"ООО ""Ромашка"""\n')
    assert cells_of(read_sheets(path)[0]) == [["1", "ул. Ленина,\nд. 5"], ["2", 'ООО "Ромашка"']]


def test_a_leading_slash_in_the_names_of_parts(tmp_path: Path) -> None:
    parts = {
        f"/{name}": content
        for name, content in parts_of(sheet_xml('<row r="1"><c r="A1"><v>1</v></c></row>')).items()
    }
    assert cells_of(read_sheets(write_parts(tmp_path / "list.xlsx", parts))[0]) == [[1.0]]


def test_unusual_but_honest_xml(tmp_path: Path) -> None:
    without_places = sheet_xml("<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")
    path = write_parts(
        tmp_path / "list.xlsx", parts_of(prefixed('<row r="1"><c r="A1"><v>1</v></c></row>'), without_places)
    )
    assert [cells_of(sheet) for sheet in read_sheets(path)] == [
        [[1.0]],
        [[1.0, 2.0], [3.0, ""]],
    ]


def test_shared_texts(tmp_path: Path) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{n % 2}</v></c></row>' for n in range(1, 5))
    path = write_parts(
        tmp_path / "list.xlsx", parts_of(sheet_xml(rows), texts="<si><t>а</t></si><si><t>б</t></si>")
    )
    assert cells_of(read_sheets(path)[0]) == [["б"], ["а"], ["б"], ["а"]]

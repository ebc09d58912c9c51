"""Lists as people send them, each with its right value: what is read is what people see in the file."""

from pathlib import Path

import pytest

from core.spreadsheets import FileRefused
from lines.uploads.number_list import NumberList, OtherColumn
from lines.uploads.reading import read_number_list
from tests.unit.core.workbooks import parts_of, sheet_xml, write_parts, write_workbook

LISTS = Path(__file__).parents[2] / "fixtures" / "lists"
SEVERAL = "several_numbers"


def read(name: str, tmp_path: Path) -> NumberList:
    path = tmp_path / name
    path.write_bytes((LISTS / name).read_bytes())
    return read_number_list(path, name)


@pytest.mark.parametrize(
    ("name", "right", "problems", "letters"),
    [
        ("power_query.xlsx", 3, [], "A"),
        ("backslashes.xlsx", 3, [], "A"),
        ("root_parts.xlsx", 3, [], "A"),
        ("crash_duration.xlsx", 2, [], "A"),
        ("dateformat.xlsx", 3, [], "A"),
        ("x000d.xlsx", 2, [], "A"),
        ("formula_blank.xlsx", 5, [], "B"),
        ("na.xlsx", 3, ["excel_error"], "A"),
        ("last_row.xlsx", 3, [], "A"),
        ("quoted_iccid.csv", 5, [], "A"),
        ("equals_iccid.csv", 5, [], "B"),
        ("apostrophe_iccid.csv", 5, [], "B"),
        ("label_iccid.xlsx", 5, [], "A"),
        ("one_line.txt", 10, [], "ABCDEFGHIJ"),
        ("five_a_line.txt", 15, [], "ABCDE"),
        ("invisible_inside.xlsx", 3, [], "A"),
        ("decimals.csv", 6, [], "B"),
        ("cp866.csv", 2, [], "A"),
        ("inn.xlsx", 5, [], "B"),
        ("passport.xlsx", 5, [], "C"),
        ("title.csv", 5, ["not_a_number"], "A"),
        ("several.xlsx", 1, [SEVERAL] * 4, "A"),
        ("unbalanced_small.csv", 5, [], "A"),
        ("empty_dimension.xlsx", 3, [], "A"),
        ("libreoffice_dimension.xlsx", 3, [], "A"),
        ("twocol.csv", 3, [], "A"),
        ("numbers.xls", 2, [], "A"),
        ("numbers.xlsb", 2, [], "A"),
        ("numbers.ods", 2, [], "A"),
    ],
)
def test_right_values(name: str, right: int, problems: list[str], letters: str, tmp_path: Path) -> None:
    numbers = read(name, tmp_path)
    assert [problem for problem in numbers.problems if problem] == problems
    assert numbers.problems.count(None) == right
    assert numbers.account.sheets[0].letters == list(letters)


@pytest.mark.parametrize(
    ("name", "shown", "hidden"), [("filtered.xlsx", 3, 5), ("own_report_filtered.xlsx", 3, 27)]
)
def test_hidden_rows_are_kept_apart(name: str, shown: int, hidden: int, tmp_path: Path) -> None:
    numbers = read(name, tmp_path)
    used = numbers.account.sheets[0]
    assert (used.rows, used.hidden_rows) == (shown, len(numbers.hidden)) == (shown, hidden)


def test_a_hidden_column_is_not_read(tmp_path: Path) -> None:
    used = read("hidden_column.xlsx", tmp_path).account.sheets[0]
    assert (used.letters, used.others) == (["B"], [OtherColumn("A", "Номер", is_hidden=True)])
    cols = '<cols><col min="1" max="1" hidden="1"/></cols><sheetData>'
    xml = sheet_xml('<row r="1"><c r="A1"><v>79120000001</v></c></row>').replace("<sheetData>", cols)
    path = write_parts(tmp_path / "list.xlsx", parts_of(xml))
    with pytest.raises(FileRefused) as caught:
        read_number_list(path, path.name)
    assert caught.value.code == "hidden_numbers"


def test_a_second_column_of_numbers_is_told(tmp_path: Path) -> None:
    used = read("two_columns.xlsx", tmp_path).account.sheets[0]
    assert (used.letters, used.rows, used.others) == (["B"], 5, [OtherColumn("C", "Номер 2")])


def test_rows_without_a_number_are_counted(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Телефон", "Имя"],
        ["89120000001", "А"],
        ["", "Б"],
        ["89120000003", "В"],
        [None, "Г"],
    ]
    path = write_workbook(tmp_path / "list.xlsx", rows)
    assert read_number_list(path, path.name).account.sheets[0].without_number == 2


def test_the_header_of_a_phone_wins_over_those_of_documents(tmp_path: Path) -> None:
    for other in (
        "Номер паспорта",
        "Табельный номер",
        "Номер карты",
        "Номер счёта",
        "ИНН",
        "Договор",
        "Дом. телефон",
    ):
        for phone in ("Телефон", "Мобильный", "Абонентский номер"):
            rows = [[other, phone], *([f"920412345{n}", f"+7 912 000-00-0{n}"] for n in range(5))]
            path = write_workbook(tmp_path / "list.xlsx", rows)
            letters = read_number_list(path, path.name).account.sheets[0].letters
            assert letters == ["B"], (other, phone)


def test_mobile_numbers_before_those_of_landlines(tmp_path: Path) -> None:
    rows = [["ФИО", "а", "б"], *(["И", f"+7 495 000-00-0{n}", f"+7 912 000-00-0{n}"] for n in range(5))]
    path = write_workbook(tmp_path / "list.xlsx", rows)
    assert read_number_list(path, path.name).account.sheets[0].letters == ["C"]


def test_the_column_with_lines_of_the_company_wins(tmp_path: Path) -> None:
    rows = [
        ["Имя", "Номер", "Связь"],
        *(["И", f"+7 913 000-00-0{n}", f"+7 912 000-00-0{n}"] for n in range(5)),
    ]
    path = write_workbook(tmp_path / "list.xlsx", rows)
    for ours, letter in (("7912", "C"), ("7913", "B"), ("7000", "B")):

        def known(columns: object, ours: str = ours) -> list[int]:
            return [sum(number.startswith(ours) for number in column["msisdn"]) for column in columns]  # type: ignore[attr-defined]

        used = read_number_list(path, path.name, known=known).account.sheets[0]
        assert used.letters == [letter]


def test_vanity_numbers_are_problems_and_no_header(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "list.xlsx", [["8-800-РОССИЯ"], ["8 912 000-00-01"]])
    assert read_number_list(path, path.name).problems == ["not_a_number", None]


def test_a_workbook_without_an_ending(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "list", [["89120000001"]])
    assert len(read_number_list(path, "list")) == 1

"""Uploaded lists: the column is found, every row gets its value or its problem."""

from pathlib import Path
from typing import Any

import pytest

from core.spreadsheets import FileRefused, ReadLimits
from lines.numbers import luhn_check_digit
from lines.uploads.cells import column_letters
from lines.uploads.number_list import NumberList
from lines.uploads.reading import read_number_list
from tests.unit.core.workbooks import parts_of, sheet_xml, write_parts, write_workbook

SIM = "897010000000000001"
SIM += luhn_check_digit(SIM)


def read(tmp_path: Path, *sheets: list[list[Any]]) -> NumberList:
    return read_number_list(write_workbook(tmp_path / "list.xlsx", *sheets), "list.xlsx")


def test_with_header_in_a_later_column(tmp_path: Path) -> None:
    numbers = read(
        tmp_path,
        [
            ["Список номеров на 22.11.2026"],
            [],
            ["№", "Сотрудник", "Номер телефона"],
            [1, "Иванов И.", "+7 912 345-67-89"],
            [2, "Петров П.", None],
            [3, "Сидоров С.", 79123456780.0],
        ],
    )
    assert numbers.rows == [4, 6]
    assert numbers.values == ["79123456789", "79123456780"]
    assert numbers.kinds == ["msisdn", "msisdn"]
    assert numbers.raws == ["+7 912 345-67-89", "79123456780"]
    assert (numbers.account.sheets[0].letters, numbers.account.sheets[0].header) == (["C"], "Номер телефона")
    assert numbers.problems == [None, None]


def test_without_header_and_with_problems(tmp_path: Path) -> None:
    numbers = read(
        tmp_path,
        [
            ["8912345"],
            ["89123456789"],
            ["  "],
            ["9123456789"],
            ["итого"],
            [8.9701e18],
            [SIM[:-1] + str((int(SIM[-1]) + 1) % 10)],
            ["8 912 345 67 81, 8 912 345 67 82"],
            [SIM + "F"],
        ],
    )
    assert list(zip(numbers.rows, numbers.problems, strict=True)) == [
        (1, "not_a_number"),
        (2, None),
        (4, "duplicate"),
        (5, "not_a_number"),
        (6, "digits_lost"),
        (7, "iccid_check_digit"),
        (8, "several_numbers"),
        (9, None),
    ]
    assert numbers.values[-1] == SIM
    assert numbers.kinds[-1] == "iccid"
    assert numbers.describe_problem(2) == ("This number already stands in row %(row)s.", {"row": 2})
    assert numbers.describe_problem(1) is None
    assert numbers.problem_counts()["not_a_number"] == 2


def test_several_sheets_and_duplicates_between_them(tmp_path: Path) -> None:
    numbers = read(
        tmp_path,
        [["Телефон"], ["89123456789"]],
        [["Как заполнять"], ["Впишите номера"], ["Например, +7 912 345-67-89"], ["По одному в строке"]],
        [["Имя", "Моб."], ["А", "+7 912 345-67-89"], ["Б", "9123456780"]],
    )
    assert numbers.sheets == ["S1", "S3", "S3"]
    assert numbers.problems == [None, "duplicate", None]
    assert numbers.account.skipped_sheets == ["S2"]
    message, params = numbers.describe_problem(1) or ("", {})
    assert message % params == "This number already stands in row 2 of the sheet “S1”."


def test_phone_column_is_preferred_to_sim_and_contact_columns(tmp_path: Path) -> None:
    header = ["Номер SIM-карты", "Контакт", "Номер"]
    rows = [[SIM, f"+7 900 000-00-0{n}", f"+7 912 000-00-0{n}"] for n in range(8)]
    numbers = read(tmp_path, [header, *rows])
    assert numbers.account.sheets[0].letters == ["C"]
    assert read(tmp_path, [["A", "B"], [SIM, "x"]]).kinds == ["iccid"]


def test_all_rows_wrong_are_reported_not_refused(tmp_path: Path) -> None:
    numbers = read(tmp_path, [["Имя", "ICCID"], ["А", 8.9701e18], ["Б", 8.9702e18]])
    assert numbers.problems == ["digits_lost", "digits_lost"]


def test_formulas(tmp_path: Path) -> None:
    rows = (
        '<row r="1"><c r="B1" t="inlineStr"><is><t>Номер</t></is></c></row>'
        '<row r="2"><c r="B2"><f>A2</f><v>79123456789</v></c></row>'
        '<row r="3"><c r="B3"><f>A3</f></c></row>'
        '<row r="4"><c r="B4" t="str"><f>A4</f><v>+7 912 345-67-80</v></c></row>'
        '<row r="9"><c r="B9"><f>A9</f><v></v></c></row>'
    )
    path = write_parts(tmp_path / "list.xlsx", parts_of(sheet_xml(rows)))
    numbers = read_number_list(path, path.name)
    assert numbers.rows == [2, 3, 4, 9]
    assert numbers.problems == [None, "formula_without_value", None, "formula_without_value"]
    assert numbers.account.sheets[0].has_formulas


def test_only_formulas_without_values(tmp_path: Path) -> None:
    header = '<row r="1"><c r="A1" t="inlineStr"><is><t>Номер</t></is></c></row>'
    cells = '<row r="2"><c r="A2"><f>B2</f></c></row><row r="3"><c r="A3"><f>B3</f></c></row>'
    path = write_parts(tmp_path / "list.xlsx", parts_of(sheet_xml(header + cells)))
    assert read_number_list(path, path.name).problems == ["formula_without_value"] * 2
    write_parts(path, parts_of(sheet_xml(cells)))
    with pytest.raises(FileRefused) as caught:
        read_number_list(path, path.name)
    assert caught.value.code == "formulas_without_values"


def test_no_numbers_at_all(tmp_path: Path) -> None:
    with pytest.raises(FileRefused) as caught:
        read(tmp_path, [["Имя", "Отдел"], ["Иванов", "Продажи"]])
    assert caught.value.code == "no_numbers"


def test_csv_list(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(
        "Сотрудник;Номер\r\nИванов;8 (912) 345-67-89\r\n\r\nПетров;7,91235E+10\r\n".encode("cp1251")
    )
    numbers = read_number_list(path, path.name)
    assert numbers.rows == [2, 4]
    assert numbers.problems == [None, "digits_lost"]


def test_limits_are_passed_on(tmp_path: Path) -> None:
    path = write_workbook(tmp_path / "list.xlsx", [["89123456789"]] * 5)
    with pytest.raises(FileRefused) as caught:
        read_number_list(path, path.name, ReadLimits(rows=3))
    assert caught.value.code == "too_many_rows"


def test_column_letters() -> None:
    assert [column_letters(number) for number in (1, 26, 27, 703)] == ["A", "Z", "AA", "AAA"]

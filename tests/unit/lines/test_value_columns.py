"""Which column of a list says which lines are meant, and which what they get."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from lines.numbers import luhn_check_digit
from lines.operations import OPERATIONS
from lines.uploads.kinds import restored
from lines.uploads.number_list import NumberList
from lines.uploads.reader import described
from lines.uploads.reading import read_number_list
from runs.models import UNREADABLE
from runs.operation import Operations

FIRST, SECOND = ("79101234567", "79101234568"), ("79107654321", "79107654322")


def card(number: int) -> str:
    body = f"897010177{number:09d}"
    return body + luhn_check_digit(body)


CARDS, OTHERS = (card(1), card(2)), (card(3), card(4))


def read(tmp_path: Path, headers: list[str], *columns: tuple[object, ...]) -> NumberList:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(headers)
    for row in zip(*columns, strict=True):
        sheet.append(list(row))
    path = tmp_path / "list.xlsx"
    book.save(path)
    return read_number_list(path, "list.xlsx", kinds=restored(described(Operations(OPERATIONS).row_values())))


@pytest.mark.parametrize(
    "headers",
    [
        ["Основной номер", "Дополнительный номер"],
        ["Номер (Ульяновск)", "Контактный телефон"],
        ["Номер абонента", "Контакт (Иванов)"],
        ["Номер на замену SIM", "Контактный телефон"],
        ["Плановый номер", "Наименование: телефон"],
        ["Renewed phone", "Newton's phone"],
    ],
)
def test_a_second_column_of_numbers_is_somebody_s_contact(tmp_path: Path, headers: list[str]) -> None:
    table = read(tmp_path, headers, FIRST, SECOND)
    assert table.values == list(FIRST)
    assert table.row_values == {}


@pytest.mark.parametrize("header", ["Новый номер", "новый телефон", "New number", "Номер (новый)"])
def test_a_header_that_says_new_makes_them_new(tmp_path: Path, header: str) -> None:
    for headers, columns in (
        (["Номер", header], (FIRST, SECOND)),
        ([header, "Номер"], (SECOND, FIRST)),
    ):
        table = read(tmp_path, headers, *columns)
        assert table.values == list(FIRST)
        assert [table.row_values[no]["msisdn"] for no in range(2)] == list(SECOND)


def test_cards_beside_the_numbers(tmp_path: Path) -> None:
    table = read(tmp_path, ["Номер", "ICCID"], FIRST, CARDS)
    assert [table.row_values[no] for no in range(2)] == [{"iccid": card} for card in CARDS]
    for headers in (
        ["Номер", "Текущая SIM-карта", "Новая SIM-карта"],
        ["Номер", "SIM-карта", "Номер новой SIM-карты"],
    ):
        table = read(tmp_path, headers, FIRST, CARDS, OTHERS)
        assert [table.row_values[no]["iccid"] for no in range(2)] == list(OTHERS)
    assert read(tmp_path, ["Номер", "Текущая SIM-карта"], FIRST, CARDS).row_values == {}


def test_cards_that_excel_has_rounded_are_told_and_the_present_ones_not_taken(tmp_path: Path) -> None:
    rounded = [float(card) for card in OTHERS]
    table = read(tmp_path, ["Номер", "Текущая SIM-карта", "Новая SIM-карта"], FIRST, CARDS, tuple(rounded))
    assert all(table.row_values[no]["iccid"].startswith(UNREADABLE) for no in range(2))


def test_both_at_once(tmp_path: Path) -> None:
    table = read(tmp_path, ["Номер", "Новая SIM", "Новый номер"], FIRST, CARDS, SECOND)
    assert table.row_values[1] == {"iccid": CARDS[1], "msisdn": SECOND[1]}

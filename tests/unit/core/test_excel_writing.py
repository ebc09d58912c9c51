"""Written workbooks: text stays text, every digit stays, whole files or none."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from core.excel import Column, picked, write_rows, write_template
from core.excel.columns import clean_text
from core.spreadsheets import read_workbook

TEXT = (Column("Text", "text"),)
ICCID = "8970100000000000005"


def load(path: Path) -> Any:
    return openpyxl.load_workbook(path)


def write(path: Path, columns: tuple[Column, ...], rows: list[tuple[object, ...]], **options: Any) -> Any:
    write_rows(path, columns, rows, total=len(rows), sheet="Result", **options)
    return load(path)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "result.xlsx"


@pytest.mark.parametrize(
    "text", ["=1+1", "+7 912", "-1", "@cmd", ICCID, "0012", "http://a.b", "_x0041_", "a<b>&", "😀"]
)
def test_text_is_never_anything_else(path: Path, text: str) -> None:
    cell = write(path, TEXT, [(text,)]).active["A2"]
    assert cell.data_type == "s"
    assert cell.number_format == "@"
    assert read_workbook(path, path.name).sheets[0].rows[1].cells == [text]


def test_kinds(path: Path) -> None:
    columns = (
        Column("Text", "a", "text"),
        Column("Count", "b", "int"),
        Column("Price", "c", "decimal"),
        Column("Day", "d", "date"),
        Column("Moment", "e", "datetime"),
    )
    moment = datetime(2026, 11, 22, 21, 30, tzinfo=UTC)
    book = write(
        path,
        columns,
        [
            (79123456789, 5, Decimal("10.50"), moment, moment),
            (None, None, None, None, None),
            (True, 10**18, "x", "", ""),
        ],
        zone=ZoneInfo("Europe/Moscow"),
    )
    rows = list(book.active.iter_rows(min_row=2, values_only=True))
    assert rows[0][:3] == ("79123456789", 5, 10.5)
    assert [str(moment) for moment in rows[0][3:]] == ["2026-11-23 00:00:00", "2026-11-23 00:30:00"]
    assert rows[1] == (None,) * 5
    assert rows[2][1] == str(10**18)
    assert book.active["D2"].number_format == "dd.mm.yyyy"


def test_days_and_infinities(path: Path) -> None:
    columns = (Column("Day", "a", "date"), Column("Price", "b", "decimal"))
    book = write(path, columns, [(date(2026, 1, 2), float("nan")), (None, Decimal("Infinity"))], locale="en")
    assert str(book.active["A2"].value) == "2026-01-02 00:00:00"
    assert book.active["A2"].number_format == "yyyy-mm-dd"
    assert book.active["B2"].value is None


def test_forbidden_characters_and_lengths() -> None:
    assert clean_text("a\x00b\x1f\ud800\uffffc\r\nd\te") == "abc\nd\te"
    assert clean_text("x" * 40_000) == "x" * 32_767
    assert clean_text(None) is None


def test_look(path: Path) -> None:
    sheet = write(path, (Column("Number", "n", width=21), Column("Name", "m")), [("a", "b")]).active
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B2"
    assert sheet["A1"].font.b
    assert sheet["A1"].fill.fgColor.rgb.endswith("E9EEF5")
    assert 20 < sheet.column_dimensions["A"].width < 23


def test_header_without_rows(path: Path) -> None:
    assert [cell.value for cell in write(path, TEXT, []).active[1]] == ["Text"]


def test_next_sheet_when_one_is_full(path: Path) -> None:
    book = write(path, TEXT, [(str(number),) for number in range(10)], sheet_rows=5)
    assert book.sheetnames == ["Результат", "Результат 2", "Результат 3"]
    assert [sheet.max_row for sheet in book] == [5, 5, 3]
    assert book["Результат 3"]["A3"].value == "9"
    assert book["Результат 3"].freeze_panes == "A2"


def test_more_rows_than_announced_are_never_dropped(path: Path) -> None:
    with pytest.raises(ValueError, match="more rows"):
        write_rows(path, TEXT, [("a",)] * 6, total=3, sheet="R", sheet_rows=5)
    assert not list(path.parent.iterdir())


def test_a_failure_leaves_the_old_file(path: Path) -> None:
    def failing() -> Iterator[tuple[str]]:
        yield ("new",)
        raise RuntimeError("database gone")

    write(path, TEXT, [("old",)])
    with pytest.raises(RuntimeError, match="database gone"):
        write_rows(path, TEXT, failing(), total=2, sheet="R")
    assert load(path).active["A2"].value == "old"
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_rows_must_fit_the_columns(path: Path) -> None:
    with pytest.raises(ValueError, match="zip"):
        write(path, TEXT, [("a", "b")])
    with pytest.raises(ValueError, match="share a title"):
        write(path, (Column("A", "a"), Column("A", "b")), [])


def test_sheet_titles_are_made_fit(path: Path) -> None:
    assert write(path, TEXT, [("a",)]).sheetnames == ["Результат"]
    write_rows(path, TEXT, [("a",)], total=1, sheet="A/B: [very] long title of a sheet, indeed")
    assert len(load(path).sheetnames[0]) <= 31


def test_picked() -> None:
    records = [{"a": 1, "b": 2, "c": 3}]
    assert list(picked((Column("C", "c"), Column("A", "a")), records)) == [(3, 1)]
    assert list(picked((Column("C", "c"),), records)) == [(3,)]


def test_template(path: Path) -> None:
    columns = (Column("Number", "n", width=20), Column("Since", "s", "date"))
    rows = [("=1+1", date(2026, 1, 2)), (79123456789.0, None)]
    write_template(path, columns, rows, sheet="Numbers", notes=["=One", "Two"], locale="en")
    book = load(path)
    sheet = book["Numbers"]
    assert (sheet["A2"].value, sheet["A2"].data_type) == ("=1+1", "s")
    assert (sheet["A3"].value, sheet["A3"].data_type) == (79123456789, "n")
    assert str(sheet["B2"].value) == "2026-01-02 00:00:00"
    assert sheet.freeze_panes == "A2"
    assert sheet["A1"].font.b
    assert book["How to fill in"]["A1"].data_type == "s"

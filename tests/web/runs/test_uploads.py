"""Lists of numbers uploaded the way the page does it: good ones, wrong rows, hostile files."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select, text

from core import db
from core.tenancy import company_scope
from lines.models import Line
from lines.numbers import luhn_check_digit
from runs.models import Upload, UploadRow
from tests.web.runs.harness import RunPages, workbook


def rows(harness: RunPages, address: str) -> list[UploadRow]:
    upload_id = int(address.rsplit("/", 1)[1])
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        query = select(UploadRow).where(UploadRow.upload_id == upload_id).order_by(UploadRow.no)
        return list(session.scalars(query))


def problems(harness: RunPages, address: str) -> list[str | None]:
    return [row.problem for row in rows(harness, address)]


def upload_counts(harness: RunPages, address: str) -> tuple[int, int, int]:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        upload = session.get_one(Upload, (harness.place.company_id, int(address.rsplit("/", 1)[1])))
        return upload.rows, upload.matches, upload.problems


def test_numbers_in_every_writing_are_found(harness: RunPages) -> None:
    a, b, c, d = harness.numbers()[:4]
    written = [f"+7 {a[1:4]} {a[4:7]}-{a[7:9]}-{a[9:]}", f"8({b[1:4]}){b[4:]}", int(c), c and d[1:]]
    address = harness.upload_numbers(written, header="Телефон")
    assert upload_counts(harness, address) == (4, 4, 0)
    assert [row.line_id for row in rows(harness, address)] == harness.place.line_ids[:4]
    page = harness.client.get(address)
    assert page.status_code == 200
    for code in ("block", "unblock", "set_limit", "remove_limit", "change_tariff"):
        assert f"/operations/{code}/new" in page.text


def test_problems_by_row_with_what_to_do(harness: RunPages) -> None:
    first, second = harness.numbers()[:2]
    address = harness.upload_numbers(
        [first, "нет", f"8{first[1:]}", "+7 900 000-00-00", second], header="Номер"
    )
    assert problems(harness, address) == [None, "not_a_number", "duplicate", "unknown_number", None]
    assert upload_counts(harness, address) == (5, 2, 3)
    page = harness.client.get(address)
    for code in ("not_a_number", "duplicate", "unknown_number"):
        assert f"problem={code}" in page.text
    shown = harness.client.get(f"{address}/rows?problem=duplicate")
    assert f"8{first[1:]}" in shown.text
    book = openpyxl.load_workbook(BytesIO(harness.client.get(f"{address}/problems.xlsx").data))
    cells = list(book.worksheets[0].iter_rows(min_row=2, values_only=True))
    assert [(row[0], row[1], row[2]) for row in cells] == [
        ("Numbers", 3, "нет"),
        ("Numbers", 4, f"8{first[1:]}"),
        ("Numbers", 5, "+7 900 000-00-00"),
    ]
    assert all(row[3] and row[4] for row in cells)


def test_cards_are_found_and_a_line_named_twice_is_a_problem(harness: RunPages) -> None:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        session.execute(
            text("UPDATE lines SET iccid = '8970199000000000013' WHERE id = :id"),
            {"id": harness.place.line_ids[0]},
        )
        session.execute(
            text("UPDATE lines SET iccid = '8970199000000000021' WHERE id = :id"),
            {"id": harness.place.line_ids[1]},
        )
        numbers = list(session.scalars(select(Line.msisdn).order_by(Line.id)))
    cards = [_with_check_digit("897019900000000001"), _with_check_digit("897019900000000002")]
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        for line_id, card in zip(harness.place.line_ids, cards, strict=False):
            session.execute(
                text("UPDATE lines SET iccid = :card WHERE id = :id"), {"id": line_id, "card": card}
            )
    address = harness.upload_numbers([cards[0], cards[1], numbers[2], numbers[1]], header="ICCID")
    assert problems(harness, address) == [None, None, None, "same_line"]
    assert [row.line_id for row in rows(harness, address)] == [*harness.place.line_ids[:3], None]
    assert ">2<" not in harness.client.get(f"{address}/rows?problem=same_line").text
    assert rows(harness, address)[3].detail == '{"row": 3}'


def _with_check_digit(digits: str) -> str:
    from lines.numbers import luhn_check_digit

    return digits + luhn_check_digit(digits)


def test_a_card_rounded_by_excel_is_said_so(harness: RunPages) -> None:
    address = harness.upload_numbers([harness.numbers()[0], float(8970199000000000013)])
    assert problems(harness, address) == [None, "digits_lost"]


def test_foreign_and_unseen_numbers_look_like_unknown_ones(harness: RunPages) -> None:
    other = harness.world.company("Other", lines=1)
    with company_scope(other.company_id), db.unit_of_work() as session:
        foreign = session.scalars(select(Line.msisdn)).one()
    north = harness.world.lines(harness.place, 1, department="north")
    address = harness.upload_numbers([foreign, *harness.numbers()])
    assert problems(harness, address) == ["unknown_number"] + [None] * 26
    person = harness.world.person(harness.place, "numbers_manager", at="north")
    harness.client = harness.browser(person)
    address = harness.upload_numbers([foreign, *harness.numbers()])
    assert problems(harness, address) == ["unknown_number"] * 26 + [None]
    assert rows(harness, address)[-1].line_id == north[0]


def test_an_upload_belongs_to_who_sent_it(harness: RunPages) -> None:
    address = harness.upload_numbers(harness.numbers()[:2])
    for person in (harness.world.person(harness.place), harness.world.person(harness.world.company("Other"))):
        browser = harness.browser(person)
        for path in ("", "/rows?problem=duplicate", "/problems.xlsx"):
            assert browser.get(address + path).status_code == 404


def test_from_the_list_to_the_preview(harness: RunPages) -> None:
    address = harness.upload_numbers([*harness.numbers()[:3], "нет"])
    upload_id = address.rsplit("/", 1)[1]
    answer = harness.preview(sel="upload", upload=upload_id)
    run = harness.run(int(answer.location.split("/")[2]))
    assert (run.preview["allowed"], run.preview["missing"]) == (3, 1)
    assert address in harness.client.get(answer.location).text


def test_the_sample_is_a_list_that_can_be_read(harness: RunPages) -> None:
    answer = harness.client.get("/uploads/sample.xlsx")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")
    sent = harness.upload(answer.data, "numbers.xlsx")
    assert sent.status_code == 303
    assert problems(harness, sent.location) == [None] * 12 + ["duplicate", "not_a_number", "unknown_number"]
    empty = harness.browser(harness.world.person(harness.world.company("Empty")))
    assert empty.get("/uploads/sample.xlsx").status_code == 200


def test_csv_and_text(harness: RunPages) -> None:
    a, b = harness.numbers()[:2]
    for name, data in (
        ("a.csv", f"Имя;Номер\nАня;{a}\nБоря;{b}\n".encode("cp1251")),
        ("b.txt", f"{a}\n{b}".encode()),
    ):
        answer = harness.upload(data, name)
        assert upload_counts(harness, answer.location)[:2] == (2, 2)


def _bomb() -> bytes:
    target = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(workbook(["79123456789"]))) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for entry in source.infolist():
            data = source.read(entry)
            if entry.filename.startswith("xl/worksheets/"):
                data = data.replace(b"</sheetData>", b" " * 150_000_000 + b"</sheetData>")
            copy.writestr(entry.filename, data)
    return target.getvalue()


def _with_macro() -> bytes:
    target = BytesIO(workbook(["79123456789"]))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    return target.getvalue()


def _encrypted() -> bytes:
    return (
        bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600
    )


HOSTILE: dict[str, tuple[str, Callable[[], bytes]]] = {
    "bomb": ("list.xlsx", _bomb),
    "macro": ("list.xlsx", _with_macro),
    "macro by name": ("list.xlsm", _with_macro),
    "encrypted": ("list.xlsx", _encrypted),
    "old Excel": ("list.xls", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600),
    "cut off": ("list.xlsx", lambda: workbook(["79123456789"] * 50)[:2000]),
    "not a workbook": ("list.xlsx", lambda: b"79123456789\n" * 3),
    "a picture": ("list.png", lambda: b"\x89PNG\r\n\x1a\n" + b"\0" * 100),
    "a program": ("list.csv", lambda: b"MZ\0\0" + bytes(range(256)) * 20),
    "empty": ("list.xlsx", lambda: b""),
    "empty text": ("list.csv", lambda: b"\n\n \n"),
    "no numbers": ("list.xlsx", lambda: workbook(["Аня", "Боря"])),
    "no rows": ("list.xlsx", lambda: workbook([])),
    "too many rows": ("list.csv", lambda: b"\n".join(b"7912%07d" % n for n in range(100_001 + 1))),
    "no name": ("", lambda: b"79123456789"),
    "only a path": ("../../", lambda: b"79123456789"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_get_a_message_on_the_page(harness: RunPages, kind: str) -> None:
    name, make = HOSTILE[kind]
    answer = harness.upload(make(), name)
    assert answer.status_code == 422, answer.location
    assert "error-summary" in answer.text
    assert 'type="file"' in answer.text
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        assert session.scalars(select(Upload)).all() == []


def test_no_file_at_all(harness: RunPages) -> None:
    assert harness.client.post("/uploads").status_code == 422


def test_larger_than_the_limit_is_refused_before_it_is_read(harness: RunPages) -> None:
    answer = harness.upload(b"7" * (13 * 1024 * 1024))
    assert answer.status_code == 413
    assert "12" in answer.text


def test_formulas_are_read_as_what_they_show(harness: RunPages) -> None:
    answer = harness.upload(workbook([f'="{harness.numbers()[0]}"', harness.numbers()[1]]))
    assert answer.status_code == 303
    assert problems(harness, answer.location) == ["formula_without_value", None]


@pytest.mark.parametrize(
    "name", ["/secret/спи\x07сок.csv", "<script>alert(1)</script>.csv", "a" * 400 + ".csv"]
)
def test_odd_names_are_made_harmless(harness: RunPages, name: str, tmp_path: Path) -> None:
    answer = harness.upload(harness.numbers()[0].encode(), name)
    assert answer.status_code == 303
    page = harness.client.get(answer.location)
    assert "<script>alert" not in page.text
    assert "secret" not in page.text


def test_many_problems_come_page_by_page(harness: RunPages) -> None:
    address = harness.upload_numbers([harness.numbers()[0], *(f"нет {n}" for n in range(70))])
    first = harness.client.get(f"{address}/rows?problem=not_a_number")
    assert first.text.count("<tr>") == 51
    assert "after=51" in first.text
    rest = harness.client.get(f"{address}/rows?problem=not_a_number&after=51")
    assert rest.text.count("<tr>") == 20


def test_control_characters_in_cells_do_no_harm(harness: RunPages) -> None:
    answer = harness.upload(f"номер;\n{harness.numbers()[0]};\n\x1f\x01нет 9123456;\n".encode(), "list.csv")
    assert answer.status_code == 303
    assert problems(harness, answer.location)[0] is None
    assert harness.client.get(answer.location).status_code == 200


def filtered_list(harness: RunPages) -> str:
    """The address of a list of four numbers, of which a filter hides the last two; the second stands there again."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Склад"
    sheet.append(["Имя", "Телефон"])
    first, second, third = harness.numbers()[:3]
    for number in (first, second, third, second):
        sheet.append(["Имя", number])
    for row in (4, 5):
        sheet.row_dimensions[row].hidden = True
    content = BytesIO()
    book.save(content)
    return str(harness.upload(content.getvalue()).location)


def test_hidden_rows_are_left_out_said_and_taken_on_demand(harness: RunPages) -> None:
    address = filtered_list(harness)
    assert upload_counts(harness, address) == (2, 2, 0)
    assert problems(harness, address) == [None, None, "hidden_row", "hidden_row"]
    page = harness.client.get(address)
    assert "2 скрытые строки не взяты" in page.text
    assert "Лист «Склад», столбец B «Телефон», строки с 2 по 5" in page.text
    chosen = harness.client.post(f"{address}/hidden")
    assert chosen.status_code == 303
    assert problems(harness, address) == [None, None, None, "duplicate"]
    assert upload_counts(harness, address) == (4, 3, 1)
    assert "скрытые строки" not in harness.client.get(address).text
    shown = harness.client.get(f"{address}/rows?problem=duplicate")
    assert "уже есть в строке 3" in shown.text


def test_number_and_card_of_different_lines_are_told(harness: RunPages) -> None:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        lines = list(session.scalars(select(Line).order_by(Line.msisdn).limit(2)))
        cards = [f"8970199000000009{no:02}" for no in range(2)]
        for line, card in zip(lines, cards, strict=True):
            line.iccid = card + luhn_check_digit(card)
        first, first_card, second_card = lines[0].msisdn, lines[0].iccid, lines[1].iccid
    listed = f"Номер;ICCID\n{first};{second_card}\n;{first_card}\n"
    address = str(harness.upload(listed.encode(), "list.csv").location)
    assert problems(harness, address) == ["other_line", None]


def test_the_column_with_lines_of_the_company_is_read(harness: RunPages) -> None:
    listed = "Имя;Номер;Связь\n" + "".join(
        f"И;7913000000{n};{number}\n" for n, number in enumerate(harness.numbers()[:3])
    )
    address = str(harness.upload(listed.encode(), "list.csv").location)
    assert upload_counts(harness, address) == (3, 3, 0)
    assert "Столбец C «Связь», строки с 2 по 4" in harness.client.get(address).text

"""Operations that no page knows of appear everywhere by themselves: one that asks for a date, one with row values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import clock, db, fields
from core.tenancy import company_scope
from lines.models import Line
from lines.operations import block
from lines.operations.common import NoParams, row_value_refusals
from operators.changes import Change
from operators.port import LineOutcome, Outcome
from rbac.actor import Actor
from rbac.permissions import Permission
from runs.models import RunValue
from runs.operation import ROW_VALUE, Operation
from runs.row_value_kind import ListColumn, Offer, Replaced, RowValue, Stock, StockSearch
from tests.web.runs.harness import RunPages


class LostParams(fields.FieldSchema):
    """A field of which only its kind says how to draw it."""

    lost_on = fields.day("Lost on")


LOST = Operation(
    code="report_lost",
    words=block.OPERATION.words,
    permission=Permission.LINES_BLOCK,
    icon="flag",
    schema=LostParams,
    refusals=block.OPERATION.refusals,
    change=lambda params: Change(state="blocked", block_reason="lost"),
    effect=lambda params: {"state": "blocked", "block_reason": "lost"},
    group="block",
)


FOLLOWED: list[Replaced] = []
"""What the operation below was told to follow up."""


def read_equipment(raw: object) -> str | None:
    """The number on a device as "EQ-1234", however it was typed; spreadsheets may have it as a whole number."""
    text = f"{raw:.0f}" if isinstance(raw, float) else str(raw)
    match = re.fullmatch(r"(?:EQ)?[- ]?(\d{4})", text.strip().upper())
    return f"EQ-{match[1]}" if match else None


def shelf(session: Session, actor: Actor, wanted: StockSearch, most: int) -> list[Offer]:
    """What lies in stock: three devices, of which the last is a new one."""
    devices = [
        Offer("EQ-0001", "used"),
        Offer("EQ-0002", "used"),
        Offer("EQ-0003", "new", Decimal("990.00")),
    ]
    chosen = [
        device
        for device in devices
        if wanted.containing in device.value and wanted.offer_class in ("", device.offer_class)
    ]
    return chosen[:most]


EQUIPMENT = RowValue(
    code="equipment",
    column="employee",
    label="New equipment",
    hint="The number on the device.",
    present_label="Present equipment",
    wrong="This is not the number of a device.",
    read=read_equipment,
    show=lambda value: value.replace("-", " "),
    list_column=ListColumn(re.compile("equipment|оборудован", re.IGNORECASE)),
    stock=Stock(shelf, search_label="Digits of the device", classes={"used": "Second hand", "new": "New"}),
    after=lambda session, company_id, replaced: FOLLOWED.extend(replaced),
)
EQUIP = Operation(
    code="equip",
    words=block.OPERATION.words,
    permission=Permission.LINES_SIM,
    icon="phone",
    schema=NoParams,
    row_value=EQUIPMENT,
    refusals=lambda params: row_value_refusals(
        missing="No equipment", wrong="Odd equipment", twice="The same equipment twice"
    ),
    change=lambda params: Change(iccid=params[ROW_VALUE]),
    effect=lambda params: {"employee": RunValue.value},
    reasons={"no_signal": ("The device does not answer", "Switch it on.")},
    group="equip",
)


@pytest.fixture(autouse=True)
def known(harness: RunPages) -> Iterator[None]:
    operations = harness.parts.operations
    operations.update({"report_lost": LOST, "equip": EQUIP})
    FOLLOWED.clear()
    yield
    del operations["report_lost"], operations["equip"]


def test_it_has_buttons_and_stands_in_the_api(harness: RunPages) -> None:
    for address in ("/lines", f"/lines/{harness.place.line_ids[0]}"):
        assert "/operations/report_lost/new" in harness.client.get(address).text, address
    by_code = {
        operation["code"]: operation for operation in harness.client.get("/api/v1/operations").get_json()
    }
    assert by_code["report_lost"]["parameters"]["properties"]["lost_on"]["format"] == "date"


def test_a_date_is_picked_and_said_as_people_say_it(harness: RunPages) -> None:
    page = harness.client.get(f"/operations/report_lost/new?sel=ids&ids={harness.place.line_ids[0]}")
    assert 'name="lost_on" type="date"' in page.text
    wrong = harness.preview("report_lost", lost_on="вчера")
    assert wrong.status_code == 422
    assert "Укажите дату: день, месяц и год." in wrong.text
    yesterday = (clock.now() - timedelta(days=1)).date().isoformat()
    run_id = harness.start("report_lost", lost_on=yesterday)
    page = harness.client.get(f"/runs/{run_id}")
    assert f'<time datetime="{yesterday}">' in page.text
    assert harness.finish(run_id).done == len(harness.place.line_ids)


def preview_of(harness: RunPages, **form: object) -> int:
    """The id of a preview of the operation with row values."""
    answer = harness.client.post("/operations/equip/preview", data=form)
    assert answer.status_code == 303, answer.text
    return int(answer.location.split("/")[2])


def present(harness: RunPages) -> list[str]:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        return list(session.scalars(select(Line.employee).order_by(Line.id)))


def test_row_values_of_a_new_kind_on_the_page(harness: RunPages) -> None:
    first, second = harness.place.line_ids[:2]
    chosen = {"sel": "ids", "ids": [str(first), str(second)]}
    page = harness.client.post("/operations/equip/new", data=chosen, follow_redirects=True).text
    assert page.count('name="value-') == 2
    for part in (
        "New equipment",
        "The number on the device.",
        "Digits of the device",
        "Second hand",
        "EQ-0003",
    ):
        assert part in page, part
    assert f'Present equipment: <span class="nowrap">{present(harness)[0]}' in page
    assert "EQ-0003" in harness.client.get("/operations/equip/offers?class=new").text
    assert "EQ-0001" not in harness.client.get("/operations/equip/offers?class=new").text
    wrong = harness.client.post("/operations/equip/preview", data={**chosen, f"value-{first}": "abc"})
    assert wrong.status_code == 422
    assert "This is not the number of a device." in wrong.text
    run_id = preview_of(harness, **chosen, **{f"value-{first}": "eq 0001"})
    assert "EQ 0001" in harness.client.get(f"/runs/{run_id}/preview/lines").text
    assert harness.run(run_id).preview["refused"] == {"no_value": 1}


def test_row_values_of_a_new_kind_from_order_to_result(harness: RunPages) -> None:
    first, second, third = harness.place.line_ids[:3]
    before = present(harness)

    def outcome(item: str) -> LineOutcome:
        if item.endswith("-3"):
            return LineOutcome(item, Outcome.REFUSED, "no_signal")
        return LineOutcome(item, Outcome.DONE)

    harness.operator.outcome = outcome
    typed = {f"value-{line}": f"000{no}" for no, line in enumerate((first, second, third), 1)}
    run_id = harness.start("equip", ids=[str(first), str(second), str(third)], **typed)
    assert harness.finish(run_id).done == 2
    assert present(harness)[:3] == ["EQ-0001", "EQ-0002", before[2]]
    assert sorted(FOLLOWED) == sorted([Replaced(before[0], "EQ-0001"), Replaced(before[1], "EQ-0002")])
    page = harness.client.get(f"/runs/{run_id}").text
    assert "EQ 0002" in page
    assert "The device does not answer" in page
    book = openpyxl.load_workbook(BytesIO(harness.client.get(f"/runs/{run_id}/result.xlsx").data))
    header, *rows = book.active.iter_rows(values_only=True)  # type: ignore[union-attr]
    assert header[-1] == "New equipment"
    assert [row[-1] for row in rows] == ["EQ 0001", "EQ 0002", "EQ 0003"]
    assert [row[7:9] for row in rows[:2]] == [
        (before[0].replace("-", " "), "EQ 0001"),
        (before[1].replace("-", " "), "EQ 0002"),
    ]
    assert rows[2][5] == "The device does not answer"


def test_row_values_of_a_new_kind_in_the_api(harness: RunPages) -> None:
    first, second = harness.place.line_ids[:2]
    listed = {
        operation["code"]: operation for operation in harness.client.get("/api/v1/operations").get_json()
    }
    assert listed["equip"]["parameters"]["properties"]["values"]["title"] == "New equipment"
    offers = "/api/v1/operations/equip/offers"
    assert harness.client.get(f"{offers}?class=new").json == [
        {"value": "EQ-0003", "class": "new", "price": "990.00"}
    ]
    assert harness.client.get(f"{offers}?class=golden").status_code == 422
    wanted = {
        "params": {"values": {str(first): "EQ-0007", str(second): "x"}},
        "selection": {"kind": "ids", "ids": [first, second]},
    }
    wrong = harness.client.post("/api/v1/lines/operations/equip", json=wanted)
    assert list(wrong.get_json()["fields"]) == [f"values.{second}"]
    wanted["params"] = {"values": {str(first): "EQ-0007", str(second): "0008"}}
    headers = {"Idempotency-Key": "equipment-of-two"}
    made = harness.client.post(
        "/api/v1/lines/operations/equip", json={**wanted, "submit": True}, headers=headers
    )
    assert made.status_code == 200, made.text
    harness.finish(made.get_json()["id"])
    items = harness.client.get(f"/api/v1/runs/{made.get_json()['id']}/items").get_json()["items"]
    assert [item["own"] for item in items] == ["EQ-0007", "EQ-0008"]


@pytest.mark.parametrize("header", ["New equipment", "Новое оборудование"])
def test_row_values_of_a_new_kind_from_an_uploaded_list(harness: RunPages, header: str) -> None:
    numbers = harness.numbers()[:4]
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Номер", "Сотрудник", header])
    for number, value in zip(numbers, ("EQ-0011", 1012, None, "lost"), strict=True):
        sheet.append([f"+{number}", "Иванова Анна", value])
    target = BytesIO()
    book.save(target)
    upload = harness.upload(target.getvalue()).location.rsplit("/", 1)[1]
    form = harness.client.get(f"/operations/equip/new?sel=upload&upload={upload}").text
    assert 'name="value-' not in form
    run_id = preview_of(harness, sel="upload", upload=upload)
    preview = harness.run(run_id).preview
    assert (preview["allowed"], preview["refused"]) == (2, {"no_value": 1, "value_wrong": 1})
    harness.client.post(f"/runs/{run_id}/confirm")
    harness.finish(run_id)
    assert present(harness)[:2] == ["EQ-0011", "EQ-1012"]


def test_a_list_to_fill_in_comes_back_with_a_new_kind(harness: RunPages) -> None:
    chosen = {"sel": "ids", "ids": [str(line_id) for line_id in harness.place.line_ids[:2]]}
    sent = harness.client.post("/operations/equip/list.xlsx", data=chosen)
    book = openpyxl.load_workbook(BytesIO(sent.data))
    sheet = book.active
    assert sheet is not None
    for row in (2, 3):
        sheet.cell(row, sheet.max_column).value = f"EQ-000{row}"
    target = BytesIO()
    book.save(target)
    upload = harness.upload(target.getvalue()).location.rsplit("/", 1)[1]
    run_id = preview_of(harness, sel="upload", upload=upload)
    assert harness.run(run_id).preview["allowed"] == 2

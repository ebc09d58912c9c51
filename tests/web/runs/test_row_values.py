"""SIM cards and numbers that each line gets for itself: the form, the list to fill in, the preview, the result."""

from __future__ import annotations

from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest
from jsonschema import Draft202012Validator
from sqlalchemy import event, select

from core import clock, db
from core.tenancy import all_companies, company_scope
from lines.models import Line, SimCard
from lines.numbers import format_iccid, format_msisdn, luhn_check_digit
from operators.models import PoolNumber
from operators.pool_sync import STREAM, WHOLE
from operators.states import note_done
from tests.web.runs.harness import RunPages


def card(number: int) -> str:
    body = f"897010166{number:09d}"
    return body + luhn_check_digit(body)


@pytest.fixture
def stocked(harness: RunPages) -> RunPages:
    """Five spare cards, and two numbers to choose from."""
    company_id = harness.place.company_id
    with company_scope(company_id), db.unit_of_work() as session:
        session.add_all(
            SimCard(company_id=company_id, operator_id=f"S{no}", iccid=card(no), state="spare")
            for no in range(5)
        )
    with all_companies(reason="the pool is the operator's"), db.unit_of_work() as session:
        for msisdn, kind, price in (("79995551234", "ordinary", 0), ("79997777777", "golden", 15_000)):
            session.add(
                PoolNumber(
                    msisdn=msisdn, number_class=kind, price=Decimal(price), party_id=None, seen_at=clock.now()
                )
            )
    note_done(STREAM, WHOLE)
    return harness


def ticked(harness: RunPages, count: int) -> dict[str, object]:
    return {"sel": "ids", "ids": [str(line_id) for line_id in harness.place.line_ids[:count]]}


def test_the_form_has_a_field_for_each_number_and_offers_what_is_in_stock(stocked: RunPages) -> None:
    page = stocked.client.post("/operations/replace_sim/new", data=ticked(stocked, 3), follow_redirects=True)
    assert page.text.count('name="value-') == 3
    assert page.text.count("<option") == 5
    assert f'<option value="{card(0)}">' in page.text
    everything = stocked.client.get(
        f"/operations/replace_sim/new?sel=department&department={stocked.place.root_id}"
    )
    assert everything.text.count('name="value-') == 25


def test_a_mistyped_card_leads_to_its_field_and_the_others_stay(stocked: RunPages) -> None:
    first, second = stocked.place.line_ids[:2]
    typed = {
        f"value-{first}": "8970 12",
        f"value-{second}": card(1),
        "value-²": "",
        f"value-{'9' * 5000}": "",
    }
    page = stocked.client.post("/operations/replace_sim/preview", data={**ticked(stocked, 2), **typed})
    assert page.status_code == 422
    assert f'href="#value-{first}"' in page.text
    assert 'value="8970 12"' in page.text
    assert f'value="{card(1)}"' in page.text
    assert stocked.runs() == 0


def test_cards_from_the_form_to_the_result(stocked: RunPages) -> None:
    first, second, third = stocked.place.line_ids[:3]
    typed = {f"value-{first}": format_iccid(card(0)), f"value-{second}": card(1), f"value-{third}": ""}
    answer = stocked.client.post("/operations/replace_sim/preview", data={**ticked(stocked, 3), **typed})
    run_id = int(answer.location.split("/")[2])
    page = stocked.client.get(answer.location)
    assert f'name="values_of" value="{run_id}"' in page.text
    through = stocked.client.get(f"/runs/{run_id}/preview/lines")
    assert format_iccid(card(0)) in through.text
    assert through.text.count("<tr>") == 3
    again = stocked.client.post(
        "/operations/replace_sim/preview", data={**ticked(stocked, 3), "values_of": str(run_id)}
    )
    run_id = int(again.location.split("/")[2])
    form = stocked.client.post(
        "/operations/replace_sim/new", data={**ticked(stocked, 3), "values_of": str(run_id)}
    )
    assert f'value="{card(1)}"' in form.text
    assert stocked.client.post(f"/runs/{run_id}/confirm").location == f"/runs/{run_id}"
    stocked.work(run_id)
    assert format_iccid(card(1)) in stocked.client.get(f"/runs/{run_id}").text
    book = openpyxl.load_workbook(BytesIO(stocked.client.get(f"/runs/{run_id}/result.xlsx").data))
    rows = list(book.active.iter_rows(min_row=2, values_only=True))  # type: ignore[union-attr]
    assert sorted(str(row[-1] or "") for row in rows) == ["", format_iccid(card(0)), format_iccid(card(1))]


def test_a_list_to_fill_in_goes_out_and_comes_back(stocked: RunPages) -> None:
    sent = stocked.client.post("/operations/replace_sim/list.xlsx", data=ticked(stocked, 4))
    book = openpyxl.load_workbook(BytesIO(sent.data))
    sheet = book.active
    assert sheet is not None
    assert sheet.max_row == 5
    for row in range(2, 6):
        sheet.cell(row, sheet.max_column).value = card(row - 2)
    filled = BytesIO()
    book.save(filled)
    page = stocked.upload(filled.getvalue()).location
    upload = page.rsplit("/", 1)[1]
    form = stocked.client.get(f"/operations/replace_sim/new?sel=upload&upload={upload}")
    assert 'name="value-' not in form.text
    answer = stocked.client.post("/operations/replace_sim/preview", data={"sel": "upload", "upload": upload})
    run_id = int(answer.location.split("/")[2])
    assert stocked.run(run_id).preview["allowed"] == 4
    stocked.client.post(f"/runs/{run_id}/confirm")
    stocked.work(run_id)
    with company_scope(stocked.place.company_id), db.unit_of_work() as session:
        chosen = select(Line.iccid).where(Line.id.in_(stocked.place.line_ids[:4])).order_by(Line.msisdn)
        assert list(session.scalars(chosen)) == [card(no) for no in range(4)]


def test_numbers_are_found_by_digits_and_class(stocked: RunPages) -> None:
    address = "/operations/change_number/offers"
    assert "79995551234" in stocked.client.get(f"{address}?containing=555-12").text
    assert "79995551234" not in stocked.client.get(f"{address}?class=golden").text
    assert "15" in stocked.client.get(f"{address}?class=golden").text
    assert "<option" not in stocked.client.get(f"{address}?containing=000000").text
    assert stocked.client.get("/operations/block/offers").status_code == 404
    assert stocked.client.get("/operations/block/list.xlsx?sel=ids&ids=1").status_code == 404


def test_the_api_tells_what_is_in_stock(stocked: RunPages) -> None:
    address = "/api/v1/operations/change_number/offers"
    ordinary = {"value": "79995551234", "class": "ordinary", "price": "0.00"}
    golden = {"value": "79997777777", "class": "golden", "price": "15000.00"}
    assert stocked.client.get(address).json == [ordinary, golden]
    assert stocked.client.get(f"{address}?containing=555-12").json == [ordinary]
    assert stocked.client.get(f"{address}?class=golden").json == [golden]
    assert stocked.client.get(f"{address}?containing=000000").json == []
    assert stocked.client.get(f"{address}?class=leaden").status_code == 422
    cards = stocked.client.get("/api/v1/operations/replace_sim/offers").json
    assert cards == [{"value": card(no), "class": None, "price": None} for no in range(5)]
    assert stocked.client.get("/api/v1/operations/block/offers").status_code == 404
    assert stocked.client.get("/api/v1/operations/nothing/offers").status_code == 404
    viewer = stocked.browser(stocked.world.person(stocked.place, "viewer"))
    assert viewer.get(address).status_code == 403


def test_the_api_takes_the_values_of_an_earlier_run(stocked: RunPages) -> None:
    """As the parameters of the operation say, which are a JSON schema."""
    first = stocked.place.line_ids[0]
    wanted: dict[str, object] = {"selection": {"kind": "ids", "ids": [first]}}
    wanted["params"] = {"values": {str(first): card(2)}}
    earlier = stocked.client.post("/api/v1/lines/operations/replace_sim", json=wanted).get_json()["id"]
    wanted["params"] = {"values_of": earlier}
    listed = stocked.client.get("/api/v1/operations").get_json()
    (operation,) = [entry for entry in listed if entry["code"] == "replace_sim"]
    said = operation["parameters"]["properties"]["values_of"]
    assert said["type"] == "integer"
    assert said["description"]
    Draft202012Validator(operation["parameters"]).validate(wanted["params"])
    again = stocked.client.post("/api/v1/lines/operations/replace_sim", json=wanted)
    assert again.status_code == 200, again.text
    assert again.get_json()["preview"]["allowed"] == 1
    for entry in listed:
        assert ("values_of" in entry["parameters"].get("properties", {})) == (
            "values" in entry["parameters"].get("properties", {})
        )


def test_a_change_of_numbers_names_each_line_as_it_was_then(stocked: RunPages) -> None:
    """Also after the line got yet another number: what this run found and gave stays as it was."""
    first, second = stocked.place.line_ids[:2]
    old, untouched = stocked.numbers()[:2]
    run_id = change_number(stocked, {first: "79995551234"})
    assert_says_then(stocked, run_id, old, "79995551234")
    later = change_number(stocked, {first: "79997777777", second: old})
    assert_says_then(stocked, run_id, old, "79995551234")
    assert_says_then(stocked, later, "79995551234", "79997777777", (untouched, old))


def test_a_number_that_was_not_changed_is_the_present_one(stocked: RunPages) -> None:
    first = stocked.place.line_ids[0]
    stocked.failing(1)
    old = stocked.numbers()[0]
    run_id = change_number(stocked, {first: "79995551234"})
    assert_says_then(stocked, run_id, old, "79995551234")


def test_the_numbers_of_other_runs_are_not_looked_up_in_the_journal(stocked: RunPages) -> None:
    run_id = stocked.start()
    stocked.finish(run_id)
    address = f"/api/v1/runs/{run_id}/items"
    asked: list[str] = []

    def note(*arguments: object) -> None:
        asked.append(str(arguments[2]))

    engine = db.engine()
    event.listen(engine, "before_cursor_execute", note)
    try:
        stocked.client.get(address)
        stocked.client.get(f"/runs/{run_id}")
    finally:
        event.remove(engine, "before_cursor_execute", note)
    about_items = [statement for statement in asked if "run_items" in statement]
    assert about_items
    assert not [statement for statement in about_items if "journal_entries" in statement]


def change_number(harness: RunPages, wanted: dict[int, str]) -> int:
    """Give these lines these numbers; returns the run's id when it has ended."""
    typed = {f"value-{line}": number for line, number in wanted.items()}
    run_id = harness.start("change_number", ids=[str(line) for line in wanted], **typed)
    harness.finish(run_id)
    return run_id


def assert_says_then(harness: RunPages, run_id: int, old: str, new: str, *more: tuple[str, str]) -> None:
    """The page, the API and the file of a run name the same numbers."""
    expected = {(old, new), *more}
    items = harness.client.get(f"/api/v1/runs/{run_id}/items").get_json()["items"]
    assert {(item["msisdn"], item["own"]) for item in items} == expected
    book = openpyxl.load_workbook(BytesIO(harness.client.get(f"/runs/{run_id}/result.xlsx").data))
    rows = book.active.iter_rows(min_row=2, values_only=True)  # type: ignore[union-attr]
    said = {(str(row[0]), str(row[-1])) for row in rows}
    assert said == {(f"+{then}", format_msisdn(given)) for then, given in expected}
    page = harness.client.get(f"/runs/{run_id}").text
    for then, _ in expected:
        assert f">{format_msisdn(then)}</a>" in page


def test_the_price_of_a_number_is_said_before(stocked: RunPages) -> None:
    first = stocked.place.line_ids[0]
    answer = stocked.client.post(
        "/operations/change_number/preview",
        data={**ticked(stocked, 1), f"value-{first}": "8 999 777-77-77"},
    )
    page = stocked.client.get(answer.location)
    assert "15,000.00" in page.text or "15\u202f000,00" in page.text or "15\xa0000,00" in page.text


def test_the_same_over_the_api(stocked: RunPages) -> None:
    first = stocked.place.line_ids[0]
    wanted = {
        "params": {"values": {str(first): card(2)}},
        "selection": {"kind": "ids", "ids": [first]},
        "submit": True,
    }
    headers = {"Idempotency-Key": "cards-0001"}
    run = stocked.client.post("/api/v1/lines/operations/replace_sim", json=wanted, headers=headers)
    assert run.status_code == 200, run.text
    stocked.work(run.get_json()["id"])
    (item,) = stocked.client.get(f"/api/v1/runs/{run.get_json()['id']}/items").get_json()["items"]
    assert (item["state"], item["own"]) == ("done", card(2))
    again = stocked.client.post("/api/v1/lines/operations/replace_sim", json=wanted, headers=headers)
    assert again.get_json()["id"] == run.get_json()["id"]
    other = {**wanted, "params": {"values": {str(first): card(3)}}}
    assert (
        stocked.client.post("/api/v1/lines/operations/replace_sim", json=other, headers=headers).status_code
        == 409
    )
    same = {**wanted, "params": {"values_of": run.get_json()["id"]}}
    again = stocked.client.post("/api/v1/lines/operations/replace_sim", json=same, headers=headers)
    assert again.get_json()["id"] == run.get_json()["id"]
    wrong = {**wanted, "params": {"values": {str(first): "123"}}}
    answer = stocked.client.post(
        "/api/v1/lines/operations/replace_sim", json=wrong, headers={"Idempotency-Key": "cards-0002"}
    )
    assert answer.status_code == 422
    assert f"values.{first}" in answer.text
    listed = stocked.client.get("/api/v1/operations").get_json()
    (operation,) = [entry for entry in listed if entry["code"] == "replace_sim"]
    assert "values" in operation["parameters"]["properties"]

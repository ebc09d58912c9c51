"""Invoice delivery from the page of contracts to the result: the same way as for numbers, in words of accounts."""

from __future__ import annotations

from io import BytesIO

import openpyxl

from operators.port import LineOutcome, Outcome
from tests.web.languages import in_english
from tests.web.runs.harness import RunPages

CODE = "set_invoice_delivery"
BY_EMAIL = {"channel": "email", "email": "accounts@example.org"}


def ticked(harness: RunPages, *names: str) -> dict[str, object]:
    return {"sel": "ids", "ids": [str(harness.place.accounts[name]) for name in names]}


def test_the_page_offers_it_to_those_who_hold_the_right(harness: RunPages) -> None:
    page = in_english(harness.client).get("/structure/operator").text
    assert f"/operations/{CODE}/new" in page and f'value="{harness.place.accounts["fine"]}"' in page
    assert "/operations/block/new" not in page
    assert f"/operations/{CODE}/new" not in harness.client.get("/lines").text
    accountant = harness.browser(harness.world.person(harness.place, "accountant"))
    looked = accountant.get("/structure/operator").text
    assert CODE not in looked and 'name="ids"' not in looked
    assert (
        accountant.post(
            f"/operations/{CODE}/preview", data={**ticked(harness, "fine"), **BY_EMAIL}
        ).status_code
        == 403
    )


def test_the_way_from_ticks_to_the_result(harness: RunPages) -> None:
    client = in_english(harness.client)
    form = client.post(f"/operations/{CODE}/new", data=ticked(harness, "fine"), follow_redirects=True).text
    assert (
        "1 billing account</b>" in form
        and "Check 1 billing account" in form
        and "/structure/operator" in form
    )
    harness.operator.outcome = lambda item: (
        LineOutcome(item, Outcome.REFUSED, "delivery_address_unfit")
        if item.endswith("-1")
        else LineOutcome(item, Outcome.DONE)
    )
    answer = harness.preview(CODE, **ticked(harness, "fine", "debt"), **BY_EMAIL)
    assert answer.status_code == 303, answer.text
    preview = client.get(answer.location).text
    assert "all 2 billing accounts can go through" in preview
    assert "Set the delivery address of 2 billing accounts" in preview
    assert "accounts@example.org" in preview and "numbers" not in preview.partition("<main")[2]
    run_id = harness.start(CODE, **ticked(harness, "fine", "debt"), **BY_EMAIL)
    harness.finish(run_id)
    result = client.get(f"/runs/{run_id}").text
    assert "elivery address set for 1 billing account" in result
    assert "The operator cannot deliver to this address" in result
    assert '<th scope="col">Billing account</th>' in result and "Employee" not in result
    assert '<a class="nowrap" href="/structure/operator">fine</a>' in result
    book = openpyxl.load_workbook(BytesIO(client.get(f"/runs/{run_id}/result.xlsx").data))
    rows = list(book.active.iter_rows(values_only=True))  # type: ignore[union-attr]
    head = next(row for row in rows if row[0] == "Billing account")
    assert head[:3] == ("Billing account", "Contract", "Outcome")
    assert {row[0] for row in rows[rows.index(head) + 1 :]} >= {"debt", "fine"}
    assert any("accounts@example.org" in str(cell) for row in rows for cell in row)
    assert "By e-mail: accounts@example.org" in client.get("/structure/operator").text
    journal = client.get("/journal?object=account")
    assert journal.status_code == 200 and "Invoice delivery" in journal.text


def test_nothing_ticked_leads_back(harness: RunPages) -> None:
    answer = in_english(harness.client).post(
        f"/operations/{CODE}/new", data={"sel": "ids"}, follow_redirects=True
    )
    assert answer.status_code == 200 and "Choose at least one billing account." in answer.text
    assert harness.client.get(f"/operations/{CODE}/new").status_code == 422
    listed = {"sel": "department", "department": str(harness.place.root_id)}
    assert harness.preview(CODE, **listed, **BY_EMAIL).status_code == 422


def test_what_is_refused_is_listed(harness: RunPages) -> None:
    client = in_english(harness.client)
    harness.finish(harness.start(CODE, **ticked(harness, "fine"), **BY_EMAIL))
    answer = harness.preview(CODE, **ticked(harness, "fine"), **BY_EMAIL)
    page = client.get(answer.location).text
    assert (
        "none of the billing accounts can go through" in page and "Invoices already go exactly there" in page
    )
    listed = client.get(answer.location + "/lines?reason=same_delivery").text
    assert ">fine</a>" in listed and "Employee" not in listed


def test_the_api_says_what_runs_are_on(harness: RunPages) -> None:
    client = in_english(harness.client)
    kinds = {
        operation["code"]: operation["target"] for operation in client.get("/api/v1/operations").get_json()
    }
    assert (kinds["block"], kinds[CODE]) == ("line", "account")
    body = {
        "selection": {"kind": "ids", "ids": list(harness.place.accounts.values())},
        "params": BY_EMAIL,
        "submit": True,
    }
    headers = {"Idempotency-Key": "accounts-first"}
    assert client.post(f"/api/v1/lines/operations/{CODE}", json=body, headers=headers).status_code == 404
    assert client.post("/api/v1/accounts/operations/block", json=body, headers=headers).status_code == 404
    run = client.post(f"/api/v1/accounts/operations/{CODE}", json=body, headers=headers).get_json()
    assert (run["target"], run["total"]) == ("account", 2)
    items = client.get(f"/api/v1/runs/{run['id']}/items").get_json()["items"]
    assert {item["target_id"] for item in items} == set(harness.place.accounts.values())
    assert all(item["line_id"] is None and item["msisdn"] is None and item["title"] for item in items)

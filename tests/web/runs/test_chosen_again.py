"""Lines chosen through an earlier run, and the same wish sent twice."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text, update

from core import db
from core.tenancy import all_companies, company_scope
from runs.models import Run, RunItem
from tests.web.runs.harness import RunPages
from tests.web.runs.test_row_values import card

CALL = "/api/v1/lines/operations"


def submit(
    harness: RunPages, code: str, ids: list[int], params: dict[str, Any], key: str = "a-key-of-mine"
) -> Any:
    body = {"selection": {"kind": "ids", "ids": ids}, "params": params, "submit": True}
    return harness.client.post(f"{CALL}/{code}", json=body, headers={"Idempotency-Key": key})


def fail(harness: RunPages, run_id: int, ids: list[int]) -> None:
    """As if the operator had failed these lines and done the others."""
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        of_run = RunItem.run_id == run_id
        session.execute(update(RunItem).where(of_run).values(state="done"))
        session.execute(update(RunItem).where(of_run, RunItem.target_id.in_(ids)).values(state="failed"))
        ended = {"state": "finished", "pending": 0, "failed": len(ids), "finished_at": text("now()")}
        session.execute(update(Run).where(Run.id == run_id).values(**ended, done=Run.total - len(ids)))


@pytest.mark.parametrize("role", ["accountant", "own_number", "numbers_manager"])
def test_what_failed_in_the_run_of_another_is_not_told(harness: RunPages, role: str) -> None:
    ids = harness.place.line_ids
    run_id = submit(harness, "block", ids, {"reason": "voluntary"}).json["id"]
    fail(harness, run_id, ids[:3])
    other = harness.browser(harness.world.person(harness.place, role))
    asked = f"sel=failed_of&run={run_id}"
    assert other.get(f"/runs/{run_id}").status_code == (200 if role == "numbers_manager" else 404)
    seen = other.get(f"/operations/block/new?{asked}")
    wish = {"selection": {"kind": "failed_of", "run": run_id}, "params": {"reason": "voluntary"}}
    sent = other.post(f"{CALL}/block", json=wish)
    if role == "numbers_manager":
        assert (seen.status_code, sent.status_code) == (200, 200)
        return
    assert seen.status_code in (403, 404)
    assert sent.status_code in (403, 404)
    assert other.get(f"/requests/new/tariff_and_services?{asked}").status_code in (403, 404)


def test_a_retry_shows_the_values_of_its_own_lines_however_many_the_run_had(harness: RunPages) -> None:
    harness.world.lines(harness.place, 200)
    ids = harness.place.line_ids
    run_id = submit(harness, "replace_sim", ids, {"values": {str(key): card(key) for key in ids}}).json["id"]
    fail(harness, run_id, ids[-2:])
    retry = int(harness.client.post(f"/runs/{run_id}/retry").location.split("/")[-2])
    fields = {"sel": "failed_of", "run": str(run_id), "values_of": str(retry)}
    page = harness.client.post("/operations/replace_sim/new", data=fields, follow_redirects=True)
    assert page.text.count('name="value-') == 2
    assert all(f'value="{card(key)}"' in page.text for key in ids[-2:])


def test_more_values_than_numbers_are_refused(harness: RunPages) -> None:
    first, second = harness.place.line_ids[:2]
    answer = submit(harness, "replace_sim", [first], {"values": {str(first): card(1), str(second): card(2)}})
    assert answer.status_code == 422
    assert "values" in answer.json["fields"]
    wrong = {str(10**15 + no): "x" for no in range(5_000)}
    everything = {"kind": "department", "department": harness.place.root_id}
    answer = harness.client.post(
        f"{CALL}/replace_sim", json={"selection": everything, "params": {"values": wrong}}
    )
    assert answer.status_code == 422
    fields = answer.get_json()["fields"]
    assert len(fields) == 51
    assert "4" in fields["…"][0] and "950" in fields["…"][0]


def test_a_key_still_finds_its_run_when_the_tariff_was_withdrawn(harness: RunPages) -> None:
    ids, params = harness.place.line_ids[:2], {"tariff": "T-M", "effective": "now"}
    first = submit(harness, "change_tariff", ids, params)
    assert first.status_code == 200, first.text
    with all_companies(reason="a test"), db.unit_of_work() as session:
        session.execute(text("UPDATE tariffs SET is_sellable = false"))
    again = submit(harness, "change_tariff", ids, params)
    assert (again.status_code, again.json["id"]) == (200, first.json["id"])
    assert submit(harness, "change_tariff", ids, params, "another-key").status_code == 422


@pytest.mark.parametrize("params", [{}, {"values": {}}])
def test_a_key_of_a_run_with_values_is_not_for_one_without(harness: RunPages, params: dict[str, Any]) -> None:
    (line,) = harness.place.line_ids[:1]
    first = submit(harness, "replace_sim", [line], {"values": {str(line): card(1)}})
    assert first.status_code == 200
    assert submit(harness, "replace_sim", [line], params).json["code"] == "key_used"

"""The desk and the files of requests through the JSON API: what programs of both sides can do, and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from threading import Barrier
from typing import Any

import pytest
from flask.testing import FlaskClient

from forms.requests.models import RequestState
from tests.integration.forms.conftest import TARIFF, hire
from tests.web.requests.conftest import PDF, PNG, RequestPages


def post(client: FlaskClient, address: str, status: int = 200, **body: Any) -> Any:
    answer = client.post(f"/api/v1{address}", json=body)
    assert answer.status_code == status, answer.text
    return answer.json


def get(client: FlaskClient, address: str) -> Any:
    answer = client.get(f"/api/v1{address}")
    assert answer.status_code == 200, answer.text
    return answer.json


def send_file(client: FlaskClient, address: str, name: str, content: bytes, **said: str) -> Any:
    return client.post(f"/api/v1{address}", data={**said, "file": (BytesIO(content), name)})


def test_from_a_draft_to_the_outcome_of_each_line(harness: RequestPages) -> None:
    customer, manager = harness.customer, harness.manager
    chosen = {"kind": "ids", "ids": harness.office.place.line_ids}
    draft = post(customer, "/requests", form="tariff_and_services", values=TARIFF, selection=chosen)["id"]
    assert send_file(customer, f"/requests/{draft}/files", "scan.pdf", PDF).status_code == 200
    assert get(manager, "/desk?view=all")["items"] == []
    number = post(customer, f"/requests/{draft}/submit")["number"]
    row = get(manager, "/desk")["items"][0]
    assert (row["id"], row["number"], row["company"]) == (draft, number, "ООО «Ромашка»")
    assert [item["id"] for item in get(manager, f"/desk?view=all&number={number[-6:]}")["items"]] == [draft]
    taken = post(manager, f"/desk/{draft}/take")
    assert (taken["state"], taken["operation"]) == ("taken", "change_tariff")
    assert [file["name"] for file in taken["files"]] == ["scan.pdf"]
    assert post(manager, f"/desk/{draft}/steps", step="ask", text="Какой тариф?")["state"] == "asked"
    answered = send_file(
        customer, f"/requests/{draft}/files", "tariff.png", PNG, step="answer", text="Вот этот"
    )
    assert answered.status_code == 200, answered.text
    shown = get(manager, f"/desk/{draft}")
    assert (shown["state"], shown["events"][-1]["text"]) == ("answered", "Вот этот")
    assert shown["files"][-1]["event_id"] == shown["events"][-1]["id"]
    prospect = post(manager, f"/desk/{draft}/preview")
    assert (prospect["run"]["preview"]["allowed"], prospect["left"]) == (12, 0)
    resolved = post(manager, f"/desk/{draft}/resolve", text="Сделано", run=prospect["run"]["id"])
    assert (resolved["state"], resolved["run_id"]) == ("resolved", prospect["run"]["id"])
    assert resolved["steps"] == []
    harness.office.work(prospect["run"]["id"], wakes=3)
    for side, client in (("desk", manager), ("requests", customer)):
        page = get(client, f"/{side}/{draft}/lines")
        assert [item["state"] for item in page["items"]] == ["done"] * 12
        assert page["next"] is None
    assert get(manager, f"/desk/{draft}")["run"]["done"] == 12


def test_of_two_managers_one_takes_and_the_other_is_told_who(harness: RequestPages) -> None:
    request_id, gate = harness.office.submitted(), Barrier(2)

    def take(client: FlaskClient) -> tuple[int, Any]:
        gate.wait()
        answer = client.post(f"/api/v1/desk/{request_id}/take")
        return answer.status_code, answer.json

    with ThreadPoolExecutor(2) as pool:
        (won, taken), (lost, refusal) = sorted(
            pool.map(take, (harness.manager, harness.other)), key=lambda answer: answer[0]
        )
    assert (won, lost) == (200, 409)
    assert refusal["code"] == "taken"
    assert taken["assignee_name"] in refusal["message"]


def test_what_a_colleague_holds_is_passed_on_only(harness: RequestPages) -> None:
    request_id = harness.office.submitted()
    post(harness.manager, f"/desk/{request_id}/take")
    seen = get(harness.other, f"/desk/{request_id}")
    assert seen["steps"] == ["pass", "comment"]
    refused = post(harness.other, f"/desk/{request_id}/steps", 409, step="refuse", text="Нет")
    assert refused["code"] == "held"
    colleagues = {colleague["name"]: colleague["id"] for colleague in seen["colleagues"]}
    assert {"manager", "other"} <= colleagues.keys()
    passed = post(
        harness.manager, f"/desk/{request_id}/pass", assignee=colleagues["other"], text="Иду в отпуск"
    )
    assert passed["assignee_name"] == "other"
    assert post(harness.other, f"/desk/{request_id}/steps", step="refuse", text="Нет")["state"] == "refused"
    stranger = hire("stranger", "operator_manager")
    wrong = post(harness.manager, f"/desk/{request_id}/pass", 422, assignee=stranger, text="Вам")
    assert list(wrong["fields"]) == ["assignee"]


def test_resolved_without_an_operation_and_only_with_a_text(harness: RequestPages) -> None:
    request_id = harness.office.submitted()
    post(harness.manager, f"/desk/{request_id}/take")
    assert "text" in post(harness.manager, f"/desk/{request_id}/resolve", 422, text="  ")["fields"]
    run_id = post(harness.manager, f"/desk/{request_id}/preview")["run"]["id"]
    wrong = post(harness.manager, f"/desk/{request_id}/resolve", 409, text="Готово", run=run_id + 1)
    assert wrong["code"] == "look_first"
    assert harness.office.request(request_id).state == RequestState.TAKEN
    done = post(harness.manager, f"/desk/{request_id}/resolve", text="Вручную")
    assert (done["state"], done["run_id"], done["run"]) == ("resolved", None, None)
    again = post(harness.manager, f"/desk/{request_id}/resolve", 409, text="Вручную")
    assert again["code"] == "moved_on"


def test_the_queue_goes_on_where_it_ended(harness: RequestPages, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("forms.requests.desk.PAGE", 2)
    ids = [harness.office.submitted() for _ in range(5)]
    listed: list[int] = []
    after = ""
    while after is not None:
        page = harness.manager.get("/api/v1/desk", query_string={"view": "all", "after": after}).get_json()
        listed += [item["id"] for item in page["items"]]
        after = page["next"]
    assert listed == ids
    wrong = harness.manager.get("/api/v1/desk", query_string={"after": "1 yesterday"})
    assert wrong.status_code == 422
    assert list(wrong.get_json()["fields"]) == ["after"]


def test_the_desk_is_for_the_portfolio_alone(harness: RequestPages) -> None:
    request_id = harness.office.submitted()
    stranger = harness.browser(hire("stranger", "operator_manager"))
    assert get(stranger, "/desk?view=all")["items"] == []
    for address in ("", "/lines", "/files"):
        assert stranger.get(f"/api/v1/desk/{request_id}{address}").status_code == 404
        assert harness.customer.get(f"/api/v1/desk/{request_id}{address}").status_code == 403
    assert stranger.post(f"/api/v1/desk/{request_id}/take").status_code == 404


@pytest.mark.parametrize(
    ("name", "content", "status", "code"),
    [
        ("scan.pdf", PDF, 200, None),
        ("scan.pdf", PNG, 422, "name_lies"),
        ("page.html", b"<script>alert(1)</script>", 422, "kind_not_taken"),
        ("big.pdf", PDF[:-6] + b"0" * 10_500_000 + b"%%EOF", 422, "file_too_large"),
        ("huge.pdf", PDF[:-6] + b"0" * 13_000_000 + b"%%EOF", 413, "request_entity_too_large"),
    ],
)
def test_files_are_checked_as_on_the_pages(
    harness: RequestPages, name: str, content: bytes, status: int, code: str | None
) -> None:
    draft = harness.office.draft()
    answer = send_file(harness.customer, f"/requests/{draft}/files", name, content)
    assert answer.status_code == status, answer.text
    kept = get(harness.customer, f"/requests/{draft}/files")
    if code is None:
        assert [file["name"] for file in kept] == [name]
    else:
        assert (answer.json["code"], kept) == (code, [])


def test_files_are_downloads_for_the_parties_only(harness: RequestPages) -> None:
    draft = harness.office.draft()
    file_id = send_file(harness.customer, f"/requests/{draft}/files", "scan.pdf", PDF).json[0]["id"]
    address = f"/api/v1/requests/{draft}/files/{file_id}"
    answer = harness.customer.get(address)
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert "no-store" in answer.headers["Cache-Control"]
    stranger = harness.browser(harness.office.world.person(harness.office.world.company("ООО «Чужие»")))
    assert stranger.get(address).status_code == 404
    assert harness.manager.get(address.replace("requests", "desk")).status_code == 404  # it is a draft
    post(harness.customer, f"/requests/{draft}/submit")
    assert harness.manager.get(address.replace("requests", "desk")).data == PDF
    assert harness.customer.delete(address).status_code == 409


def test_a_draft_and_its_files_are_thrown_away(harness: RequestPages) -> None:
    draft = harness.office.draft()
    first, second = (
        send_file(harness.customer, f"/requests/{draft}/files", name, PDF).json[0]["id"]
        for name in ("a.pdf", "b.pdf")
    )
    assert harness.customer.delete(f"/api/v1/requests/{draft}/files/{first}").status_code == 204
    assert [file["id"] for file in get(harness.customer, f"/requests/{draft}/files")] == [second]
    gone = harness.customer.delete(f"/api/v1/requests/{draft}")
    assert (gone.status_code, gone.data) == (204, b"")
    assert harness.customer.get(f"/api/v1/requests/{draft}").status_code == 404


def test_a_file_that_is_refused_undoes_its_step(harness: RequestPages) -> None:
    request_id = harness.office.submitted()
    address = f"/requests/{request_id}/files"
    assert send_file(harness.customer, address, "scan.pdf", PNG, text="Вот").status_code == 422
    assert harness.customer.post(f"/api/v1{address}", data={"text": "Вот"}).status_code == 422
    assert send_file(harness.customer, address, "scan.pdf", PDF, step="take", text="Вот").status_code == 409
    events = get(harness.customer, f"/requests/{request_id}")["events"]
    assert [event["name"] for event in events] == ["submit"]
    on_desk = f"/desk/{request_id}/files"
    assert send_file(harness.manager, on_desk, "scan.pdf", PDF, text="Образец").status_code == 200
    assert (
        send_file(harness.manager, on_desk, "scan.pdf", PDF, step="take", text="Образец").status_code == 409
    )
    assert len(get(harness.manager, on_desk)) == 1

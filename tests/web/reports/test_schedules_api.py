"""Schedules of reports through the JSON API."""

from __future__ import annotations

from typing import Any

from tests.web.conftest import SignIn, TwoCompanies

WEEKLY: dict[str, Any] = {
    "report": "runs",
    "params": {"period": "week"},
    "format": "csv",
    "every": "weekly",
    "hour": 7,
    "day": 5,
    "addresses": ["boss@example.org", "office@example.org"],
}


def test_a_schedule_is_made_paused_and_deleted(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = sign_in(companies.home.users["accountant"])
    before = [schedule["id"] for schedule in client.get("/api/v1/schedules").get_json()]
    answer = client.post("/api/v1/schedules", json={**WEEKLY, "report": "lines", "params": {}})
    assert answer.status_code == 200, answer.text
    made = answer.get_json()
    assert (made["report"], made["every"], made["hour"], made["day"]) == ("lines", "weekly", 7, 5)
    assert made["addresses"] == WEEKLY["addresses"]
    address = f"/api/v1/schedules/{made['id']}"
    assert client.get(address).get_json()["mails"] == []
    assert client.post(f"{address}/pause").get_json()["is_paused"] is True
    assert client.post(f"{address}/resume").get_json()["is_paused"] is False
    assert sign_in(companies.home.users["auditor"]).get(address).status_code == 404
    assert client.delete(address).status_code == 204
    assert [schedule["id"] for schedule in client.get("/api/v1/schedules").get_json()] == before


def test_a_schedule_is_sent_at_once(companies: TwoCompanies, sign_in: SignIn) -> None:
    role = "global_admin"
    client, address = (
        sign_in(companies.home.users[role]),
        f"/api/v1/schedules/{companies.home.schedules[role]}",
    )
    before = client.get(address).get_json()
    made = client.post(f"{address}/send").get_json()
    assert (made["report"], made["state"]) == ("lines", "ordered")
    again = client.post(f"{address}/send")
    assert (again.status_code, again.get_json()["code"]) == (409, "still_made")
    after = client.get(address).get_json()
    assert (after["next_at"], after["last_file_id"]) == (before["next_at"], made["id"])
    assert client.post(f"/api/v1/files/{made['id']}/cancel").status_code == 200
    assert sign_in(companies.home.users["auditor"]).post(f"{address}/send").status_code == 404


def test_the_page_sends_at_once_and_says_how_it_goes_on(companies: TwoCompanies, sign_in: SignIn) -> None:
    role = "numbers_manager"
    client, schedule_id = sign_in(companies.home.users[role]), companies.home.schedules[role]
    send, row = f"/reports/schedules/{schedule_id}/send", f"/reports/schedules/{schedule_id}"
    assert send in client.get("/reports/schedules").text
    client.post("/profile/language", data={"locale": "en"})
    assert "The report is being made." in client.post(send, follow_redirects=True).text
    assert "This report is still being made." in client.post(send, follow_redirects=True).text
    shown = client.get(row, headers={"HX-Request": "true"}).text
    assert 'hx-trigger="every 2s"' in shown
    assert "Waits for its turn" in shown
    file_id = client.get(f"/api/v1/schedules/{schedule_id}").get_json()["last_file_id"]
    client.post(f"/api/v1/files/{file_id}/cancel")
    assert "hx-trigger" not in client.get(row, headers={"HX-Request": "true"}).text


def test_everything_wrong_is_said_at_its_field(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = sign_in(companies.home.users["global_admin"])
    wrong = {
        **WEEKLY,
        "params": {"period": "own", "since": "2026-05-01", "until": "2026-05-02"},
        "every": "hourly",
        "hour": 24,
        "addresses": ["no address"],
    }
    answer = client.post("/api/v1/schedules", json=wrong)
    assert answer.status_code == 422
    assert set(answer.get_json()["fields"]) == {"period", "every", "hour", "addresses"}
    assert client.post("/api/v1/schedules", json={**WEEKLY, "report": "nothing"}).status_code == 404
    assert client.post("/api/v1/schedules", json={"every": "daily"}).status_code == 422


def test_a_report_that_may_not_be_seen_is_not_scheduled(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = sign_in(companies.home.users["accountant"])
    assert client.post("/api/v1/schedules", json={**WEEKLY, "report": "journal"}).status_code == 403
    viewer = sign_in(companies.home.users["viewer"])
    assert viewer.get("/api/v1/schedules").status_code == 403


def test_a_file_is_ordered_again_and_deleted(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = sign_in(companies.home.users["account_manager_role"])
    first = client.post("/api/v1/reports/lines", json={"params": {"state": "active"}}).get_json()
    again = client.post(f"/api/v1/files/{first['id']}/repeat").get_json()
    assert again["params"] == first["params"]
    assert client.delete(f"/api/v1/files/{first['id']}").status_code == 204
    assert client.get(f"/api/v1/files/{first['id']}").status_code == 404

"""Pages and API of reports without a browser: progress, safe downloads, what stands at which field."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import update

import bootstrap
from bootstrap import Parts
from core import clock
from core.db import unit_of_work
from core.tenancy import all_companies
from reports import worker
from reports.models import JobState, ReportJob
from tests.web.conftest import SignIn, TwoCompanies


def change(job_id: int, **values: object) -> None:
    with all_companies(reason="a test"), unit_of_work() as session:
        session.execute(update(ReportJob).where(ReportJob.id == job_id).values(**values))


def test_progress_is_asked_for_until_it_has_ended(companies: TwoCompanies, sign_in: SignIn) -> None:
    role = "numbers_manager"
    job_id = companies.home.files[role]
    client = sign_in(companies.home.users[role])
    started = {"state": JobState.MAKING, "total": 1000, "done": 250, "started_at": clock.now()}
    change(job_id, **started)
    shown = client.get(f"/files/{job_id}", headers={"HX-Request": "true"}).text
    assert 'hx-trigger="every 1s"' in shown
    assert 'value="25"' in shown
    change(job_id, state=JobState.FAILED, trouble=worker.LOST_RIGHT)
    ended = client.get(f"/files/{job_id}", headers={"HX-Request": "true"}).text
    assert "hx-trigger" not in ended
    assert "<progress" not in ended


def test_a_download_is_kept_and_never_shown(parts: Parts, companies: TwoCompanies, sign_in: SignIn) -> None:
    client = sign_in(companies.home.users["viewer"])
    ordered = client.post("/api/v1/reports/lines", json={"params": {"state": "active"}, "format": "csv"})
    assert ordered.status_code == 200, ordered.text
    job_id = ordered.get_json()["id"]
    worker.make(parts, companies.home.company_id, job_id, "test")
    assert client.get(f"/api/v1/files/{job_id}").get_json()["state"] == "ready"
    answer = client.get(f"/files/{job_id}/download")
    headers = answer.headers
    assert headers["Content-Disposition"].startswith("attachment;")
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in headers["Cache-Control"]
    assert headers["Content-Security-Policy"].startswith(("sandbox", "default-src 'none'"))
    assert companies.home.msisdn in answer.text
    assert client.get(f"/api/v1/files/{job_id}/content").data == answer.data
    other = sign_in(companies.home.users["auditor"])
    assert other.get(f"/files/{job_id}/download").status_code == 404


@pytest.mark.parametrize("way", ["page", "order", "api"])
def test_a_reversed_period_is_said_at_its_field(companies: TwoCompanies, sign_in: SignIn, way: str) -> None:
    client = sign_in(companies.home.users["global_admin"])
    wrong = {"period": "own", "since": "2026-05-02", "until": "2026-05-01"}
    if way == "api":
        answer = client.post("/api/v1/reports/runs", json={"params": wrong})
        assert (answer.status_code, list(answer.get_json()["fields"])) == (422, ["until"])
        return
    if way == "page":
        answer = client.get("/reports/runs", query_string=wrong)
    else:
        answer = client.post("/reports/runs/order", data=wrong)
        assert answer.status_code == 422
    assert 'id="until-error"' in answer.text
    assert 'value="2026-05-02"' in answer.text, "what was typed stays"


def test_files_lie_outside_of_what_is_served(parts: Parts) -> None:
    folder = Path(parts.settings.data_dir) / "files"
    assert "static" not in folder.parts


def test_the_token_of_a_page_comes_into_no_address(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = sign_in(companies.home.users["global_admin"])
    page = client.get("/reports/limits").text
    assert 'formmethod="get"' not in page
    typed = {"csrf_token": "secret", "format": "csv", "columns": "department"}
    answer = client.post("/reports/limits/schedule/begin", data=typed)
    assert answer.status_code == 303
    assert "csrf_token" not in answer.location
    assert "format=csv" in answer.location
    assert "columns=department" in answer.location
    assert client.get(answer.location).status_code == 200


def test_the_catalogue_holds_what_a_role_may_see(companies: TwoCompanies, sign_in: SignIn) -> None:
    viewer = sign_in(companies.home.users["viewer"]).get("/api/v1/reports").get_json()
    assert {report["code"] for report in viewer} == {"lines", "limits", "idle", "runs"}
    admin = sign_in(companies.home.users["global_admin"]).get("/api/v1/reports").get_json()
    assert len(admin) == len(bootstrap.ALL_REPORTS)
    assert admin[0]["parameters"]["properties"]
    both, half = "account_manager_role", "accountant"
    assert sign_in(companies.home.users[both]).get("/reports/account_runs").status_code == 200
    assert sign_in(companies.home.users[half]).get("/reports/account_runs").status_code == 403
    assert sign_in(companies.home.users["viewer"]).get("/reports/journal").status_code == 403
    assert sign_in(companies.home.users["viewer"]).get("/reports/nothing").status_code == 404


def test_the_bell_rings_until_the_list_was_seen(
    parts: Parts, companies: TwoCompanies, sign_in: SignIn
) -> None:
    user = companies.home.users["accountant"]
    client = sign_in(user)
    job_id = client.post("/api/v1/reports/limits", json={}).get_json()["id"]
    worker.make(parts, companies.home.company_id, job_id, "test")
    fragment = {"HX-Request": "true"}
    assert "bell-count" in client.get("/notices/bell", headers=fragment).text
    assert "/files" in client.get("/notices").text
    assert "bell-count" not in client.get("/notices/bell", headers=fragment).text

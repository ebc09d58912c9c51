"""Bounds on what one person may ask: sizes of JSON, messages of an answer, calls a minute; hosts that are asked for."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from console.web import security
from console.web.downloads import ascii_name
from tests.web.conftest import SignIn, TwoCompanies


@pytest.fixture
def admin(sign_in: SignIn, companies: TwoCompanies) -> FlaskClient:
    return sign_in(companies.home.users["global_admin"])


@pytest.mark.parametrize(
    ("address", "megabytes"),
    [("/api/v1/schedules", 1), ("/api/v1/reports/lines", 1), ("/api/v1/requests", 6)],
)
def test_json_has_a_bound(admin: FlaskClient, address: str, megabytes: int) -> None:
    body = json.dumps({"report": "x" * (megabytes * 1024**2 + 1)})
    answer = admin.post(address, data=body, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (413, "request_entity_too_large")
    assert admin.post(address, json={"report": "x" * 500_000}).status_code in {404, 422}


def test_so_many_messages_and_the_rest_is_counted(admin: FlaskClient) -> None:
    body: dict[str, Any] = {f"k{number}": 1 for number in range(20_000)} | {"y" * 5_000: 1}
    answer = admin.post("/api/v1/requests", json=body)
    assert answer.status_code == 422
    fields = answer.get_json()["fields"]
    assert len(fields) == 51 and len(answer.data) < 20_000
    assert "19" in fields["…"][0]


@pytest.fixture
def limited(app: Flask) -> Iterator[Flask]:
    """The limits on, with counters of this process: the Redis of these tests is away."""
    security.limiter.enabled = True
    yield app
    security.limiter.enabled = False


def test_costly_calls_of_a_person_are_bounded(
    limited: Flask, sign_in: SignIn, companies: TwoCompanies
) -> None:
    roles = companies.home.users
    first, second = sign_in(roles["global_admin"]), sign_in(roles["viewer"])
    selection = {"kind": "ids", "ids": [companies.home.line]}
    body = {"selection": selection, "params": {"reason": "voluntary"}}
    answers = [first.post("/api/v1/lines/operations/block", json=body) for _ in range(62)]
    assert [answer.status_code for answer in answers[:50]] == [200] * 50
    assert answers[-1].status_code == 429
    assert answers[-1].get_json()["code"] == "too_many_requests" and answers[-1].get_json()["message"]
    assert int(answers[-1].headers["Retry-After"]) <= 61
    assert first.get("/lines").status_code == 200, "pages have a bound of their own"
    assert second.post("/api/v1/lines/operations/block", json=body).status_code != 429


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("127.0.0.1:8080", 200), ("localhost", 200), ("[::1]:8080", 200)),
        *(("evil.com", 400), ("console.example.evil.com", 400), ("evil.com:80@localhost", 400)),
    ],
)
def test_only_hosts_of_the_console_are_answered(app: Flask, host: str, status: int) -> None:
    client = app.test_client()
    assert client.get("/sign-in", headers={"Host": host}).status_code == status
    if status == 400:
        assert client.get("/health/live", headers={"Host": "10.1.2.3"}).status_code == 200
        answer = client.get("/api/v1", headers={"Host": host})
        assert answer.status_code == 400 and "Location" not in answer.headers


def test_methods_that_there_are_not_are_named(admin: FlaskClient) -> None:
    answer = admin.post("/api/v1/lines")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_program_without_a_session_is_told_to_sign_in(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    answer = app.test_client().post("/api/v1/requests", json={})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "sign_in_needed")
    assert app.test_client().post("/uploads").status_code == 400


@pytest.mark.parametrize("address", ["/uploads/sample.xlsx", "/runs/{run}/result.xlsx", "/connect/blank.pdf"])
def test_every_download_is_kept_and_never_shown(
    admin: FlaskClient, companies: TwoCompanies, address: str
) -> None:
    answer = admin.get(address.format(run=companies.home.runs["global_admin"]))
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["Content-Security-Policy"].startswith("sandbox")
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=")


@pytest.mark.parametrize(
    ("name", "ascii_part"),
    [
        ("З-2026-000006.pdf", "2026-000006.pdf"),
        ("Номера 2026-11-30.xlsx", "2026-11-30.xlsx"),
        ("Претензия.pdf", "file.pdf"),
        ('Счёт "за ноябрь" (2).pdf', "2.pdf"),
        ("report.csv", "report.csv"),
        ("файл", "file"),
        ("…", "file"),
    ],
)
def test_names_of_downloads_have_an_ascii_part(name: str, ascii_part: str) -> None:
    assert ascii_name(name) == ascii_part


def test_the_document_names_the_types_of_files(admin: FlaskClient) -> None:
    paths = admin.get("/api/v1/openapi.json").get_json()["paths"]
    content = paths["/api/v1/files/{file_id}/content"]["get"]["responses"]["200"]["content"]
    assert sorted(content) == [
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "text/csv",
    ]

"""The JSON API, the operator's events, health."""

from __future__ import annotations

import json
import re
import time
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from operators.tmf.events import SIGNATURE_HEADER, TIMESTAMP_HEADER, sign
from reports.files import TYPES
from tests.web.conftest import SignIn, TwoCompanies
from tests.web.routes import targets

RULE_ARGUMENT = re.compile(r"<(?:\w+:)?(\w+)>")
SECRET = "event-secret"


@pytest.fixture
def admin(sign_in: SignIn, companies: TwoCompanies) -> FlaskClient:
    return sign_in(companies.home.users["global_admin"])


def test_document_is_valid_openapi(app: Flask, admin: FlaskClient) -> None:
    document = admin.get("/api/v1/openapi.json").get_json()
    validate(document)
    assert "/api/v1/lines/operations/{code}" in document["paths"]
    assert admin.get("/api/v1/").status_code == 200
    described = {
        (path, method.upper())
        for path, methods in document["paths"].items()
        for method in methods.keys() - {"parameters"}
    }
    routed = {
        (RULE_ARGUMENT.sub(r"{\1}", target.rule.rule), target.method)
        for target in targets(app)
        if target.rule.endpoint.startswith("api") and not target.rule.endpoint.startswith("api_document.")
    }
    assert described == routed


def test_every_call_has_an_operation_id_of_its_own(admin: FlaskClient) -> None:
    document = admin.get("/api/v1/openapi.json").get_json()
    calls = [
        call
        for methods in document["paths"].values()
        for method, call in methods.items()
        if method != "parameters"
    ]
    named = [call["operationId"] for call in calls]
    assert len(set(named)) == len(calls)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in named)
    assert {"list_lines", "operate", "desk_take"} <= set(named)


def test_the_document_tells_the_truth_of_errors_files_and_proofs(app: Flask, admin: FlaskClient) -> None:
    document = admin.get("/api/v1/openapi.json").get_json()
    refusal = document["components"]["schemas"]["ErrorOut"]
    for answer in (admin.get("/api/v1/lines/999999"), admin.post("/api/v1/schedules", json={})):
        Draft202012Validator(refusal).validate(answer.get_json())
    default = document["paths"]["/api/v1/lines"]["get"]["responses"]["default"]["$ref"].rpartition("/")[2]
    schema = document["components"]["responses"][default]["content"]["application/json"]["schema"]
    assert schema == {"$ref": "#/components/schemas/ErrorOut"}
    sent = document["paths"]["/api/v1/requests/{request_id}/files"]["post"]
    assert list(sent["requestBody"]["content"]) == ["multipart/form-data"]
    assert sent["security"] == [{"session": [], "token": []}]
    file = document["paths"]["/api/v1/files/{file_id}/content"]["get"]["responses"]["200"]
    assert sorted(file["content"]) == sorted(TYPES.values())
    proofs = document["components"]["securitySchemes"]
    assert proofs["session"]["name"] == app.config["SESSION_COOKIE_NAME"]
    assert proofs["token"]["name"] in app.config["WTF_CSRF_HEADERS"]


def test_what_changes_something_needs_the_token_of_a_page(
    app: Flask, companies: TwoCompanies, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    role = "global_admin"
    client, address = (
        sign_in(companies.home.users[role]),
        f"/api/v1/schedules/{companies.home.schedules[role]}",
    )
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", True)
    for answer in (client.post(f"{address}/pause"), client.delete(address)):
        assert (answer.status_code, answer.get_json()["code"]) == (400, "csrf")
    token = re.search(r'<meta name="csrf-token" content="([^"]+)"', client.get("/lines").text)
    assert token is not None
    assert client.post(f"{address}/pause", headers={"X-CSRFToken": token[1]}).get_json()["is_paused"]


def test_lines_are_listed_and_shown(admin: FlaskClient, companies: TwoCompanies) -> None:
    page = admin.get("/api/v1/lines?q=" + companies.home.msisdn).get_json()
    assert [item["id"] for item in page["items"]] == [companies.home.line]
    shown = admin.get(f"/api/v1/lines/{companies.home.line}").get_json()
    assert shown["msisdn"] == companies.home.msisdn
    assert shown["department"] == "Sales"


def test_operations_tell_their_parameters(admin: FlaskClient) -> None:
    operations = {operation["code"]: operation for operation in admin.get("/api/v1/operations").get_json()}
    for operation in operations.values():
        Draft202012Validator.check_schema(operation["parameters"])
    limit = Draft202012Validator(operations["set_limit"]["parameters"])
    assert limit.is_valid({"amount": "500.00", "period": "day", "warn_at": 90})
    assert not limit.is_valid({"period": "day"})
    assert not limit.is_valid({"amount": "500.00", "warn_at": 101})
    tariff = operations["change_tariff"]["parameters"]["properties"]["tariff"]
    assert [(choice["const"], choice["title"]) for choice in tariff["oneOf"]] == [("T-1", "Start")]
    reason = operations["block"]["parameters"]["properties"]["reason"]
    assert reason["title"]
    assert all(choice["title"] for choice in reason["oneOf"])


def test_reports_and_documents_tell_their_parameters(admin: FlaskClient) -> None:
    for report in admin.get("/api/v1/reports").get_json():
        Draft202012Validator.check_schema(report["parameters"])
    forms = {entry["code"]: entry["values"] for entry in admin.get("/api/v1/forms").get_json()}
    for values in forms.values():
        Draft202012Validator.check_schema(values)
    credit = forms["credit_settlement"]["properties"]
    assert credit["account"]["oneOf"] == [{"const": "20-1", "title": "20-1"}]
    assert (credit["limit"]["format"], credit["limit"]["minimum"]) == ("decimal", 0.01)


def test_preview_and_submit_once_per_key(admin: FlaskClient, companies: TwoCompanies) -> None:
    body = {"selection": {"kind": "ids", "ids": [companies.home.line]}, "params": {"reason": "voluntary"}}
    assert admin.post("/api/v1/lines/operations/block", json=body).get_json()["preview"]["allowed"] == 1
    headers = {"Idempotency-Key": "one-and-only-1"}
    first = admin.post("/api/v1/lines/operations/block", json={**body, "submit": True}, headers=headers)
    again = admin.post("/api/v1/lines/operations/block", json={**body, "submit": True}, headers=headers)
    assert first.status_code == again.status_code == 200
    assert first.get_json()["id"] == again.get_json()["id"]
    other = {"selection": {"kind": "department", "department": companies.home.department}, "submit": True}
    assert admin.post("/api/v1/lines/operations/block", json=other, headers=headers).status_code in {409, 422}
    items = admin.get(f"/api/v1/runs/{first.get_json()['id']}/items").get_json()["items"]
    assert [item["line_id"] for item in items] == [companies.home.line]
    assert admin.post(f"/api/v1/runs/{first.get_json()['id']}/stop").get_json()["cancelled"] == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 422), ({"selection": {"kind": "ids"}}, 422), ({"selection": {"kind": "ids", "ids": []}}, 422)],
)
def test_bad_bodies_are_told_by_field(admin: FlaskClient, body: dict[str, Any], status: int) -> None:
    answer = admin.post("/api/v1/lines/operations/block", json=body)
    assert answer.status_code == status
    assert answer.get_json()["code"]


def test_submitting_needs_a_key(admin: FlaskClient, companies: TwoCompanies) -> None:
    body = {
        "selection": {"kind": "ids", "ids": [companies.home.line]},
        "params": {"reason": "lost"},
        "submit": True,
    }
    assert admin.post("/api/v1/lines/operations/block", json=body).get_json()["code"] == "key_needed"


def _event(app: Flask, body: bytes, secret: str = SECRET, moment: float | None = None) -> int:
    stamp = str(int(moment or time.time()))
    headers = {TIMESTAMP_HEADER: stamp, SIGNATURE_HEADER: sign(secret, stamp, body)}
    return app.test_client().post("/operator/events", data=body, headers=headers).status_code


def test_events_are_taken_only_from_the_operator(app: Flask, companies: TwoCompanies) -> None:
    order = {"id": "O1", "externalId": "unknown", "state": "completed", "productOrderItem": []}
    body = json.dumps(
        {"eventId": "1", "eventType": "ProductOrderStateChangeEvent", "event": {"productOrder": order}}
    ).encode()
    assert _event(app, body) == 204
    assert _event(app, body) == 204
    assert _event(app, body, secret="guessed") == 401
    assert _event(app, body, moment=time.time() - 3600) == 401
    assert app.test_client().post("/operator/events", data=body).status_code == 401
    assert _event(app, b"{not json") == 422


def test_health_tells_nothing_personal(app: Flask, companies: TwoCompanies) -> None:
    client = app.test_client()
    assert client.get("/health/live").get_json() == {"status": "alive"}
    assert client.get("/health/ready").get_json()["database"] == "there"
    figures = client.get("/metrics").text
    assert "console_run_items_open" in figures
    assert companies.home.msisdn not in figures

"""What no person types and any program may send: it is refused with a reason, never with 500."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import SignIn, TwoCompanies

BIG = "9" * 25
NESTED = base64.urlsafe_b64encode(b"[" * 2_200).decode()
NEXT = str(2**63)
"""The first whole number that no column of the database holds."""


@pytest.fixture
def admin(sign_in: SignIn, companies: TwoCompanies) -> FlaskClient:
    return sign_in(companies.home.users["global_admin"])


@pytest.mark.parametrize(
    "address",
    [
        "/lines?q=%00",
        "/lines?q=79%00",
        "/lines?tariff=%00",
        "/lines?%00=1",
        "/people?q=%00",
        "/journal?person=%00",
        "/structure/search?name=%00",
        "/lines/tree/search?name=%00",
        "/runs/{run}/items?state=%00",
        "/runs/{preview}/preview/lines?reason=%00",
        "/operations/block/new?sel=filter&query=q%3D%00",
        "/operations/bl%00ock/new?sel=ids&ids=1",
        "/api/v1/lines?q=%00",
        "/api/v1/runs/{run}/items?reason=%00",
    ],
)
def test_a_zero_character_in_an_address_is_refused(
    admin: FlaskClient, companies: TwoCompanies, address: str
) -> None:
    answer = admin.get(_filled(address, companies))
    assert answer.status_code == 400
    assert "NUL" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/lines?department={n}",
        "/lines?account={n}",
        "/lines?used={n}",
        "/lines?idle={n}",
        "/lines/{n}",
        "/lines/{n}/history",
        "/runs/{n}",
        "/runs?before={n}",
        "/runs/{run}/items?after={n}",
        "/runs/{run}/progress?said={n}",
        "/runs/{preview}/preview/lines?reason=busy&after={n}",
        "/uploads/{n}",
        "/uploads/{upload}/rows?problem=not_a_number&after={n}",
        "/people?after={n}",
        "/people/{n}",
        "/journal?id={n}",
        "/journal?before={n}-1",
        "/journal?since=9999-12-31&until=9999-12-31",
        "/journal?since=0001-01-01&until=0001-01-01",
        "/structure?department={n}",
        "/structure/{n}/branch",
        "/requests?before={n}",
        "/requests/{n}",
        "/reports/{n}",
        "/files?before={n}",
        "/files/{n}",
        "/api/v1/reports?after={n}",
        "/api/v1/requests?after={n}",
        "/operations/block/new?sel=ids&ids={n}",
        "/operations/block/new?sel=department&department={n}",
        "/operations/block/new?sel=upload&upload={n}",
        "/operations/block/new?sel=failed_of&run={n}",
        "/operations/block/new?sel=filter&query=q%3D%2500",
        "/operations/block/new?sel=filter&query=department%3D{n}",
        "/lines/{line}/history?before={n}-1",
        "/lines/rows?after=WyJcdTAwMDAiXQ",  # ["\u0000"]
        "/lines?after=WyJcdWQ4MDAiXQ",  # ["\ud800"]
        "/lines?after=eyJhIjoxfQ",
        "/lines?sort=employee&after=WyJhIiwgIjk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkiXQ",
        "/lines?sort=spent&after=WyJOYU4iLCAiMSJd",  # ["NaN", "1"]
        "/lines?sort=spent&after=WyIxRTk5OTk5OSIsICIxIl0",  # ["1E99999", "1"]
        "/api/v1/lines?after=W10",
        "/api/v1/lines?after=" + NESTED,
        "/lines?after=" + NESTED,
        "/lines/rows?after=" + NESTED,
        "/lines/{line}/history?before=²-²",
        "/lines/{line}/history?before=" + "9" * 5_000 + "-1",
        "/journal?before=²-²",
        "/journal?since=9999-12-31&until=9999-12-31",
        "/api/v1/lines?department={n}",
        "/api/v1/lines/{n}",
        "/api/v1/runs?after={n}",
        "/api/v1/runs?after=-{n}",
        "/api/v1/runs/{run}/items?after={n}",
        "/api/v1/runs/{n}/items",
    ],
)
@pytest.mark.parametrize("number", [BIG, NEXT])
def test_numbers_that_no_column_holds_are_refused(
    admin: FlaskClient, companies: TwoCompanies, address: str, number: str
) -> None:
    for headers in ({}, {"HX-Request": "true"}):
        assert admin.get(_filled(address, companies, number), headers=headers).status_code < 500


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/sign-in", {"login": "a\x00b", "password": "x"}),
        ("/sign-in", {"login": "viewer-1", "password": "x\x00"}),
        ("/structure/{root}/create", {"name": "A\x00B"}),
        ("/people", {"login": "abcde", "name": "N\x00", "password": "Correct-horse-7"}),
        ("/people", {"login": "abc\x00de", "name": "N", "password": "Correct-horse-7"}),
        ("/operations/change_tariff/preview", {"sel": "ids", "ids": "1", "tariff": "\x00"}),
    ],
)
def test_a_zero_character_in_a_form_is_refused(
    app: Flask, admin: FlaskClient, companies: TwoCompanies, address: str, form: dict[str, str]
) -> None:
    client = app.test_client() if address == "/sign-in" else admin
    answer = client.post(_filled(address, companies), data=form)
    assert answer.status_code == 400
    assert "NUL" in answer.text


@pytest.mark.parametrize(
    ("address", "form"),
    [
        ("/operations/block/preview", {"sel": "ids", "ids": BIG, "reason": "voluntary"}),
        ("/operations/block/preview", {"sel": "ids", "ids": NEXT, "reason": "voluntary"}),
        ("/operations/block/preview", {"sel": "upload", "upload": BIG, "reason": "voluntary"}),
        ("/operations/place/preview", {"sel": "ids", "ids": "1", "department": BIG}),
        ("/structure/{department}/move", {"target": BIG}),
        ("/people/{user}/grants", {"role": BIG, "department": BIG}),
    ],
)
def test_large_numbers_in_a_form_are_refused(
    admin: FlaskClient, companies: TwoCompanies, address: str, form: dict[str, str]
) -> None:
    assert admin.post(_filled(address, companies), data=form).status_code < 500


@pytest.mark.parametrize(
    ("params", "selection", "status"),
    [
        ({"reason": "voluntary"}, {"kind": "filter", "query": "q=\ud800", "all": True}, 400),
        ({"reason\udfff": "voluntary"}, {"kind": "ids", "ids": [1]}, 400),
        ({"tariff": "\x00"}, {"kind": "ids", "ids": [1]}, 400),
        ({"reason": "voluntary"}, {"kind": "ids", "ids": [10**30]}, 422),
        ({"reason": "voluntary"}, {"kind": "ids", "ids": [2**63]}, 422),
        ({"reason": "voluntary"}, {"kind": "upload", "upload": -(10**30)}, 422),
    ],
)
def test_odd_json_is_refused(
    admin: FlaskClient, params: dict[str, Any], selection: dict[str, Any], status: int
) -> None:
    body = json.dumps({"params": params, "selection": selection, "submit": False})
    answer = admin.post("/api/v1/lines/operations/block", data=body, content_type="application/json")
    assert answer.status_code == status
    assert answer.get_json()["code"]


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/lines/operations/block",
        "/api/v1/reports/lines",
        "/api/v1/requests",
        "/api/v1/requests/1/steps",
        "/api/v1/schedules",
    ],
)
@pytest.mark.parametrize(
    "body", ['{"hour": ' + "9" * 5_000 + "}", "[" * 100_000 + "]" * 100_000, '{"hour": ', b"\xff{}"]
)
def test_json_that_nobody_can_read_is_refused_alike(
    admin: FlaskClient, address: str, body: str | bytes
) -> None:
    for kind in ("application/json", "application/merge-patch+json; charset=utf-8"):
        answer = admin.post(address, data=body, content_type=kind)
        assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_request")


@pytest.mark.parametrize(
    ("address", "body"),
    [("pass", "assignee"), ("steps", "step"), ("resolve", "run")],
)
def test_json_that_nobody_can_read_is_refused_at_the_desk(
    sign_in: SignIn, companies: TwoCompanies, address: str, body: str
) -> None:
    client = sign_in(companies.staff["operator_manager"])
    data = f'{{"{body}": {"9" * 5_000}}}'
    answer = client.post(f"/api/v1/desk/1/{address}", data=data, content_type="application/json")
    assert (answer.status_code, answer.get_json()["code"]) == (400, "bad_request")


def _filled(address: str, companies: TwoCompanies, number: str = BIG) -> str:
    home = companies.home
    return address.format(
        n=number,
        line=home.line,
        root=home.root_id,
        department=home.department,
        user=home.users["viewer"],
        run=home.runs["global_admin"],
        preview=home.previews["global_admin"],
        upload=home.uploads["global_admin"],
    )


@pytest.mark.parametrize("is_file", [False, True])
@pytest.mark.parametrize("address", ["/sign-in", "/lines", "/uploads", "/api/v1/requests"])
def test_a_part_of_a_form_without_a_name_is_refused(app: Flask, address: str, is_file: bool) -> None:
    head = 'Content-Disposition: form-data; filename="a.txt"' if is_file else "Content-Disposition: form-data"
    body = f"--x\r\n{head}\r\n\r\nv\r\n--x--\r\n"
    answer = app.test_client().post(address, data=body, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 400

"""A filter that the console does not know is refused: passed over, it would leave every line of the company."""

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import SignIn, TwoCompanies

UNKNOWN = ("sttae=active", "STATE=blocked", "status=blocked", "state%3Dblocked", "foo", "service=roaming")


@pytest.fixture
def admin(companies: TwoCompanies, sign_in: SignIn) -> FlaskClient:
    return sign_in(companies.home.users["global_admin"])


@pytest.mark.parametrize("query", [*UNKNOWN, "state=", "&" * 600])
def test_a_bulk_operation_is_refused(admin: FlaskClient, query: str) -> None:
    selection = {"kind": "filter", "query": query, "all": True}
    params: dict[str, dict[str, str]] = {"block": {"reason": "voluntary"}, "unblock": {}}
    for code, values in params.items():
        body = {"selection": selection, "params": values}
        answer = admin.post(f"/api/v1/lines/operations/{code}", json=body)
        assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_filter"), answer.text
    form = {"sel": "filter", "query": query, "reason": "voluntary"}
    assert admin.post("/operations/block/preview", data=form).status_code == 422


def test_a_department_with_a_filter_beside_it_is_refused(admin: FlaskClient, companies: TwoCompanies) -> None:
    selection = {"kind": "department", "department": companies.home.root_id, "query": "state=active"}
    body = {"selection": selection, "params": {"reason": "voluntary"}}
    answer = admin.post("/api/v1/lines/operations/block", json=body)
    assert answer.status_code == 422
    assert list(answer.get_json()["fields"]) == ["query"]


@pytest.mark.parametrize("query", UNKNOWN)
def test_the_list_names_what_it_does_not_know(
    admin: FlaskClient, companies: TwoCompanies, query: str
) -> None:
    name = query.partition("=")[0].replace("%3D", "=")
    answer = admin.get(f"/api/v1/lines?{query}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "bad_filter")
    assert name in str(answer.get_json()["fields"][name])
    for address in ("/lines", "/lines/rows"):
        page = admin.get(f"{address}?{query}")
        assert page.status_code == 422
        assert f"“{name}”" in page.text or f"«{name}»" in page.text
        assert companies.home.msisdn not in page.text


@pytest.mark.parametrize("call", ["runs", "requests", "files", "desk", "operations/replace_sim/offers"])
def test_lists_of_the_api_refuse_what_they_do_not_know(admin: FlaskClient, call: str) -> None:
    answer = admin.get(f"/api/v1/{call}?sttae=active")
    assert answer.status_code in {403, 404, 422}
    if call in {"runs", "requests", "files"}:
        assert list(answer.get_json()["fields"]) == ["sttae"]


def test_the_filters_stand_in_the_document(admin: FlaskClient) -> None:
    call = admin.get("/api/v1/openapi.json").get_json()["paths"]["/api/v1/lines"]["get"]
    names = {parameter["name"] for parameter in call["parameters"]}
    assert {"q", "state", "tariff", "department", "sort", "after", "size"} <= names

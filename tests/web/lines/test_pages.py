"""The list of numbers and the card, through the web."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from sqlalchemy import insert

from core import db
from core.tenancy import company_scope
from lines import departments
from lines.models import Line
from lines.operations import OPERATIONS
from lines.queries import PAGE
from tests.web.conftest import SignIn, TwoCompanies
from tests.web.languages import in_english

FRAGMENT = {"HX-Request": "true"}
MANY = 2 * PAGE + 20


@pytest.fixture(scope="module")
def many(companies: TwoCompanies) -> list[str]:
    """More lines than two pages hold, at the root of the home company."""
    numbers = [f"7999{number:07d}" for number in range(MANY)]
    rows = [
        {
            "company_id": companies.home.company_id,
            "operator_id": f"M{number}",
            "msisdn": number,
            "iccid": f"89701019{number}",
            "state": "active",
            "tariff_id": "T-1",
            "department_id": companies.home.root_id,
            "employee": "<b>Bold</b>" if index == 0 else "",
        }
        for index, number in enumerate(numbers)
    ]
    with company_scope(companies.home.company_id), db.unit_of_work() as session:
        session.execute(insert(Line), rows)
        departments.recount_totals(session, companies.home.company_id)
    return numbers


def shown(html: str) -> list[str]:
    """The numbers of the rows, in order."""
    return re.findall(r'data-copy="\+(\d+)"', html)


def test_rows_load_page_by_page_to_the_end(companies: TwoCompanies, many: list[str], sign_in: SignIn) -> None:
    client = in_english(sign_in(companies.home.users["viewer"]))
    page = client.get("/lines?q=7999").text
    seen = shown(page)
    assert len(seen) == PAGE
    assert f"{MANY} numbers" in page
    more = re.search(r'hx-get="([^"]+/lines/rows[^"]+|/lines/rows[^"]+)"', page)
    while more:
        part = client.get(more[1].replace("&amp;", "&"), headers=FRAGMENT).text
        assert "<html" not in part
        seen += shown(part)
        more = re.search(r'hx-get="(/lines/rows[^"]+)"', part)
    assert seen == many


def test_names_are_text_whatever_they_hold(companies: TwoCompanies, many: list[str], sign_in: SignIn) -> None:
    page = sign_in(companies.home.users["viewer"]).get(f"/lines?q=%2B{many[0]}").text
    assert "&lt;b&gt;Bold&lt;/b&gt;" in page and "<b>Bold" not in page


def test_without_script_a_part_leads_to_the_whole_page(
    companies: TwoCompanies, many: list[str], sign_in: SignIn
) -> None:
    client = in_english(sign_in(companies.home.users["viewer"]))
    for address in (
        "/lines/rows?q=7999",
        f"/lines/tree/{companies.home.root_id}",
        f"/lines/{companies.home.line}/drawer",
    ):
        assert client.get(address).status_code == 302


@pytest.mark.parametrize("query", ["state=asleep", "used=x", "department=x", "after=zzz", "sort=drop"])
def test_a_filter_that_means_nothing_is_said(companies: TwoCompanies, sign_in: SignIn, query: str) -> None:
    assert sign_in(companies.home.users["viewer"]).get(f"/lines?{query}").status_code == 422


def test_a_foreign_department_is_not_there(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = in_english(sign_in(companies.home.users["global_admin"]))
    for query in (
        f"department={companies.foreign.root_id}",
        f"department={companies.foreign.root_id}&direct=yes",
    ):
        assert client.get(f"/lines?{query}").status_code == 404
    assert client.get(f"/lines/tree/{companies.foreign.root_id}", headers=FRAGMENT).status_code == 404


def test_chosen_columns_are_kept(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = in_english(sign_in(companies.home.users["viewer"]))
    page = client.get("/lines?cols=iccid&cols=activity").text
    assert "cell-iccid" in page and "cell-employee" not in page
    assert "cell-iccid" in client.get("/lines").text
    client.get("/lines?cols=state,employee")
    assert "cell-iccid" not in client.get("/lines").text


def test_buttons_are_those_that_one_may_use(
    companies: TwoCompanies, many: list[str], sign_in: SignIn
) -> None:
    admin = sign_in(companies.home.users["global_admin"]).get("/lines").text
    viewer = sign_in(companies.home.users["viewer"]).get("/lines").text
    for code in ("block", "unblock", "set_limit", "change_tariff"):
        address = f'formaction="/operations/{code}/new"'
        if address in admin:
            assert address not in viewer
    assert 'formaction="/operations/place/new"' in admin
    assert 'formaction="/operations/place/new"' not in viewer


def test_a_card_as_page_and_as_drawer(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = in_english(sign_in(companies.home.users["global_admin"]))
    page = client.get(f"/lines/{companies.home.line}")
    drawer = client.get(f"/lines/{companies.home.line}/drawer", headers=FRAGMENT)
    for answer in (page, drawer):
        assert answer.status_code == 200
        assert f'data-copy="+{companies.home.msisdn}"' in answer.text
    operations = set(re.findall(r'formaction="/operations/(\w+)/new"', page.text))
    assert operations == {operation.code for operation in OPERATIONS if operation.target == "line"}
    for answer, buttons in ((page, 5), (drawer, 2)):
        row, menu = answer.text.split("dropdown action-more")
        assert row.count("formaction=") == buttons
        for code in operations:
            address = f'formaction="/operations/{code}/new"'
            assert address in row or address in menu
        assert 'formaction="/operations/place/new"' in menu
        assert 'formaction="/requests/new"' in menu
    assert "<html" not in drawer.text


def test_placing_from_the_list_to_a_department(
    companies: TwoCompanies, many: list[str], sign_in: SignIn
) -> None:
    client = in_english(sign_in(companies.home.users["numbers_manager"]))
    chosen = {"sel": "filter", "query": f"q={quote('+' + many[1])}"}
    form = client.post("/operations/place/new", data=chosen, follow_redirects=True)
    assert form.status_code == 200 and "1 number" in form.text
    assert client.post("/operations/place/preview", data=chosen).status_code == 422
    foreign = client.post(
        "/operations/place/preview", data={**chosen, "department": companies.foreign.department}
    )
    assert foreign.status_code == 422 and "not there any more" in foreign.text
    preview = client.post(
        "/operations/place/preview",
        data={**chosen, "department": companies.home.department},
        follow_redirects=True,
    )
    assert "Place 1 line" in preview.text


def test_the_department_to_place_in_is_not_the_one_that_is_chosen(
    companies: TwoCompanies, many: list[str], sign_in: SignIn
) -> None:
    """Both are departments of one form: going on from a preview never swaps them."""
    client = in_english(sign_in(companies.home.users["global_admin"]))
    selection = {"kind": "department", "department": companies.home.root_id}
    body = {"selection": selection, "params": {"department": companies.home.department}}
    run = client.post("/api/v1/lines/operations/place", json=body).get_json()
    page = client.get(f"/runs/{run['id']}/preview").text
    fields = dict(re.findall(r'<input type="hidden" name="(in_department|department)" value="(\d+)"', page))
    assert fields == {
        "in_department": str(companies.home.root_id),
        "department": str(companies.home.department),
    }
    again = client.post("/operations/place/preview", data={"sel": "department", **fields})
    shown = client.get(again.location.removesuffix("/preview").replace("/runs/", "/api/v1/runs/")).get_json()
    assert shown["params"] == {"department": companies.home.department}
    odd = {**body, "params": {"department": companies.home.department + 0.5}}
    assert client.post("/api/v1/lines/operations/place", json=odd).status_code == 422


def test_nothing_chosen_is_never_everything(
    companies: TwoCompanies, many: list[str], sign_in: SignIn
) -> None:
    client = in_english(sign_in(companies.home.users["numbers_manager"]))
    for data in ({}, {"sel": "ids"}, {"sel": "all"}, {"sel": "ids", "ids": ""}):
        answer = client.post(
            "/operations/place/preview", data={**data, "department": companies.home.department}
        )
        assert answer.status_code == 422


def test_the_first_page_is_light(companies: TwoCompanies, many: list[str], sign_in: SignIn) -> None:
    """No style attribute, no inline script: the policy would refuse them."""
    page = sign_in(companies.home.users["global_admin"]).get("/lines").text
    assert not re.search(r"<[^>]+\sstyle=", page)
    assert not re.search(r"<script(?![^>]*src=)", page)

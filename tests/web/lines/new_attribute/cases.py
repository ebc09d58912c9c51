"""What test_new_attribute.py asks for: an attribute of which no page knows stands wherever attributes do."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert

from core import db
from core.journal.entries import Entry, write
from core.tenancy import company_scope
from lines import departments
from lines.changes import ChangeWords
from lines.journal import LINE_CHANGED
from lines.models import Line
from rbac.actor import system_actor
from tests.web.conftest import SignIn, TwoCompanies
from tests.web.languages import in_english
from tests.web.lines.new_attribute.plugin import LABEL

PRODUCTS = ("Zeta", "alpha", "Beta")


@pytest.fixture(scope="module")
def products(companies: TwoCompanies) -> dict[str, str]:
    """Numbers by product."""
    numbers = {product: f"7998000000{index}" for index, product in enumerate(PRODUCTS)}
    rows = [
        {
            "company_id": companies.home.company_id,
            "operator_id": product,
            "msisdn": number,
            "iccid": f"8970102{number}",
            "state": "active",
            "tariff_id": "T-1",
            "department_id": companies.home.root_id,
        }
        for product, number in numbers.items()
    ]
    with company_scope(companies.home.company_id), db.unit_of_work() as session:
        session.execute(insert(Line), rows)
        departments.recount_totals(session, companies.home.company_id)
    return numbers


@pytest.fixture
def client(companies: TwoCompanies, products: dict[str, str], sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(companies.home.users["global_admin"]))


def shown(client: FlaskClient, query: str) -> list[str]:
    """The numbers of the list, in order."""
    return re.findall(r'data-copy="\+(\d+)"', client.get(f"/lines?{query}").text)


def test_a_column_of_the_list(client: FlaskClient) -> None:
    assert f'data-label="{LABEL}"' not in client.get("/lines?cols=state").text
    page = client.get("/lines?cols=operator_id").text
    assert f'<td class="cell-operator_id" data-label="{LABEL}">Zeta</td>' in page


def test_a_filter_with_its_field_and_chip(client: FlaskClient, products: dict[str, str]) -> None:
    assert shown(client, "operator_id=ET") == [products["Zeta"], products["Beta"]]
    assert shown(client, "operator_id=%25") == []
    page = client.get("/lines?operator_id=zeta&state=active").text
    assert 'name="operator_id" type="text" value="zeta"' in page
    assert f'aria-label="Remove: {LABEL}: zeta"' in page
    assert 'href="?state=active"' in page


def test_a_filter_by_some_of_several_codes(client: FlaskClient) -> None:
    page = client.get("/lines?period=day&period=month").text
    assert len(re.findall(r'name="period" value="(?:day|month)" checked', page)) == 2
    assert 'name="period" value="day">' in client.get("/lines").text
    assert shown(client, "q=7998&period=day") == []


def test_a_filter_too_long_is_refused(client: FlaskClient) -> None:
    assert client.get("/lines?operator_id=" + "x" * 201).status_code == 422


def test_a_sorting_page_by_page(client: FlaskClient, products: dict[str, str]) -> None:
    query = {"q": "7998", "sort": "-operator_id", "size": 1}
    seen, after = [], ""
    while after is not None:
        part = client.get("/api/v1/lines", query_string={**query, **({"after": after} if after else {})})
        seen += [item["operator_id"] for item in part.get_json()["items"]]
        after = part.get_json()["next"]
    assert sorted(seen) == sorted(PRODUCTS)
    assert [products[product] for product in reversed(seen)] == shown(client, "q=7998&sort=operator_id")


def test_a_fact_on_the_card(client: FlaskClient, companies: TwoCompanies) -> None:
    page = client.get(f"/lines/{companies.home.line}").text
    assert f"<dt>{LABEL}</dt><dd>P1</dd>" in page


def test_a_field_of_the_api(client: FlaskClient, companies: TwoCompanies) -> None:
    assert client.get(f"/api/v1/lines/{companies.home.line}").get_json()["operator_id"] == "P1"
    document = client.get("/api/v1/openapi.json").get_json()
    assert "operator_id" in document["components"]["schemas"]["LineOut"]["properties"]


def test_a_column_of_the_report(client: FlaskClient) -> None:
    page = client.get("/reports/lines").text
    assert f'<td data-label="{LABEL}">Zeta</td>' in page


def test_words_of_the_journal_and_of_results(client: FlaskClient, companies: TwoCompanies) -> None:
    with company_scope(companies.home.company_id), db.unit_of_work() as session:
        entry = Entry(LINE_CHANGED, "line", companies.home.line, {"operator_id": "P0"}, {"operator_id": "P1"})
        write(session, system_actor(companies.home.company_id, "Test"), [entry])
    for address in ("/journal", f"/lines/{companies.home.line}"):
        assert f"{LABEL}:</span> <del>P0</del>" in client.get(address).text, address
    assert ChangeWords("en", {}).say('{"operator_id": "P1"}') == "P1"

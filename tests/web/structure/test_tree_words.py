"""The tree through the web: a new department is seen at once, a name is found by the beginning of any of its words."""

from __future__ import annotations

import pytest

from core import db
from core.tenancy import company_scope
from hierarchy.models import Department
from tests.web.conftest import SignIn, TwoCompanies
from tests.web.languages import in_english

FRAGMENT = {"HX-Request": "true"}


def test_a_new_department_is_seen_below_the_one_it_was_made_in(
    companies: TwoCompanies, sign_in: SignIn
) -> None:
    client = in_english(sign_in(companies.home.users["global_admin"]))
    above = companies.home.department
    page = client.post(
        f"/structure/{above}/create", data={"name": "Склад «Северо-Запад»"}, follow_redirects=True
    )
    tree = page.text.partition('id="tree"')[2].partition("</nav>")[0]
    assert "Склад «Северо-Запад»" in tree


@pytest.mark.parametrize("text", ["склад", "север", "запад", "«северо", "северо-запад"])
def test_any_word_of_a_name_finds_it(companies: TwoCompanies, sign_in: SignIn, text: str) -> None:
    client = in_english(sign_in(companies.home.users["global_admin"]))
    client.post(f"/structure/{companies.home.department}/create", data={"name": "Склад «Северо-Запад»"})
    assert "Северо-Запад" in client.get(f"/structure/search?name={text}", headers=FRAGMENT).text


@pytest.mark.parametrize("text", ["(", "«", " - "])
def test_signs_alone_are_no_word_of_a_name(companies: TwoCompanies, sign_in: SignIn, text: str) -> None:
    client = in_english(sign_in(companies.home.users["global_admin"]))
    assert "tree-link" not in client.get(f"/structure/search?name={text}", headers=FRAGMENT).text
    assert "tree-link" in client.get("/structure/search?name=sales", headers=FRAGMENT).text


@pytest.mark.parametrize("text", ["север", "«северо", "северо-запад"])
def test_the_search_of_numbers_finds_departments_alike(
    companies: TwoCompanies, sign_in: SignIn, text: str
) -> None:
    client = in_english(sign_in(companies.home.users["global_admin"]))
    with company_scope(companies.home.company_id), db.unit_of_work() as session:
        session.get_one(
            Department, (companies.home.company_id, companies.home.department)
        ).name = "Юг (Северо-Запад)"
    assert client.get(f"/api/v1/lines?q={text}").get_json()["items"]
    assert client.get("/api/v1/lines?q=-").get_json()["items"] == []


def test_who_may_only_look_is_not_offered_to_upload(companies: TwoCompanies, sign_in: SignIn) -> None:
    assert "/uploads/new" not in sign_in(companies.home.users["viewer"]).get("/runs").text
    assert "/uploads/new" in sign_in(companies.home.users["global_admin"]).get("/runs").text

"""The structure, through the web."""

from __future__ import annotations

import re

from tests.web.conftest import SignIn, TwoCompanies
from tests.web.languages import in_english

FRAGMENT = {"HX-Request": "true"}


def test_a_department_from_creation_to_deletion(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = in_english(sign_in(companies.home.users["global_admin"]))
    root = companies.home.root_id

    def post(address: str, **form: object) -> str:
        answer = client.post(f"/structure/{address}", data=form, follow_redirects=True)
        assert answer.status_code == 200, answer.text
        return answer.text

    post(f"{root}/create", name="Field team")
    fragment = client.get("/structure/search?name=field", headers=FRAGMENT).text
    made = re.search(r"department=(\d+)", fragment)
    assert made
    team = made[1]
    assert "Depot" in post(f"{team}/rename", name="Depot")
    assert "is moved" in post(f"{team}/move", target=companies.home.department)
    branch = client.get(f"/structure/{companies.home.department}/branch", headers=FRAGMENT).text
    assert "Depot" in branch
    assert client.get(f"/structure/{team}/delete").status_code == 200
    assert "is deleted" in post(f"{team}/delete")
    assert client.get(f"/structure?department={team}").status_code == 404


def test_a_name_that_does_not_fit_stays_in_the_field(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = in_english(sign_in(companies.home.users["global_admin"]))
    answer = client.post(
        f"/structure/{companies.home.root_id}/create", data={"name": "sales", "form": "create"}
    )
    assert answer.status_code == 422
    assert 'value="sales"' in answer.text and "already there" in answer.text


def test_a_branch_does_not_go_below_itself(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = in_english(sign_in(companies.home.users["global_admin"]))
    department = companies.home.department
    assert client.post(f"/structure/{department}/move", data={"target": department}).status_code == 409
    assert client.post(f"/structure/{companies.home.root_id}/delete").status_code == 409


def test_who_may_only_look_sees_no_forms(companies: TwoCompanies, sign_in: SignIn) -> None:
    client = in_english(sign_in(companies.home.users["viewer"]))
    assert "/create" not in client.get("/structure").text
    assert client.post(f"/structure/{companies.home.root_id}/create", data={"name": "x"}).status_code == 403


def test_the_operators_hierarchy(companies: TwoCompanies, sign_in: SignIn) -> None:
    page = sign_in(companies.home.users["accountant"]).get("/structure/operator")
    assert page.status_code == 200 and "10-1" in page.text and "20-1" in page.text
    assert "10-2" not in page.text
    assert sign_in(companies.home.users["viewer"]).get("/structure/operator").status_code == 403

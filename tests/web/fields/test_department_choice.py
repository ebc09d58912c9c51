"""Choosing a department, in a company that has too many for a plain list."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from core.db import unit_of_work
from core.tenancy import company_scope
from hierarchy import search as choosing
from hierarchy.models import Department
from rbac.permissions import Permission
from tests.web.conftest import SignIn, TwoCompanies
from tests.web.languages import in_english
from users.actor import load_actor

FRAGMENT = {"HX-Request": "true"}
BRANCHES, BELOW = 30, 9
CHOICES = "/departments/choices?field=department&right="


@pytest.fixture(scope="module")
def many(companies: TwoCompanies) -> dict[str, int]:
    """Thirty branches with nine departments below each; ids by name."""
    with company_scope(companies.home.company_id), unit_of_work() as session:
        for name, above in (
            ("'Branch ' || n", "parent_id IS NULL"),
            ("'Shop ' || n || ' of ' || substr(above.name, 8)", "name LIKE 'Branch %'"),
        ):
            count = BRANCHES if "NULL" in above else BELOW
            session.execute(
                text(f"""INSERT INTO departments (company_id, parent_id, path, name)
                         SELECT company_id, above.id, above.path || 'new-' || n || '/', {name}
                         FROM departments AS above, generate_series(1, :count) AS n WHERE {above}"""),
                {"count": count},
            )
            session.execute(
                text(r"""UPDATE departments SET path = regexp_replace(path, 'new-\d+/$', id || '/')
                          WHERE path LIKE '%/new-%'""")
            )
        return {department.name: department.id for department in session.scalars(select(Department))}


@pytest.fixture
def client(companies: TwoCompanies, sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(companies.home.users["global_admin"]))


def offered(page: str) -> list[str]:
    """The names beside the radios of a page."""
    return re.findall(r'type="radio" name="(?:department|target)"[^>]*><span>([^<]+)', page)


def chosen(page: str) -> list[str]:
    return re.findall(r'type="radio" name="\w+" value="(\d*)" required checked', page)


def test_few_are_a_plain_list(companies: TwoCompanies, sign_in: SignIn) -> None:
    page = sign_in(companies.foreign.users["global_admin"]).get("/reports/lines").text
    assert re.search(r'<select[^>]* id="department"', page)
    assert offered(page) == []


def test_of_many_the_upper_levels_come_first_and_others_by_name(
    client: FlaskClient, many: dict[str, int]
) -> None:
    page = client.get("/reports/lines").text
    names = offered(page)
    assert "Branch 7" in names and not any(name.startswith("Shop") for name in names)
    assert chosen(page) == [""]
    assert "find the others by name" in page
    fragment = client.get(f"{CHOICES}lines:view&none=1&find=17", headers=FRAGMENT).text
    assert offered(fragment)[:2] == ["All that you may see", "Branch 17"]
    assert len(offered(fragment)) == 2 + BELOW
    fragment = client.get(f"{CHOICES}lines:view&find=hop", headers=FRAGMENT).text
    assert offered(fragment) == []  # a word of the name must begin so
    fragment = client.get(
        f"{CHOICES}lines:view&none=1&find=shop+4&department={many['Shop 1 of 5']}", headers=FRAGMENT
    ).text
    assert offered(fragment)[0] == "All that you may see"
    assert offered(fragment)[1] == "Shop 1 of 5"  # what was chosen stays
    assert chosen(fragment) == [str(many["Shop 1 of 5"])]
    assert len(offered(fragment)) == 2 + BRANCHES
    cut = client.get(f"{CHOICES}lines:view&find=SHOP", headers=FRAGMENT).text
    assert len(offered(cut)) == 100
    assert "Only the first 100 are shown" in cut
    assert "No department begins with" in client.get(f"{CHOICES}lines:view&find=zzz", headers=FRAGMENT).text


def test_the_choice_of_a_report_is_kept(client: FlaskClient, many: dict[str, int]) -> None:
    shop = many["Shop 3 of 9"]
    page = client.get(f"/reports/lines?department={shop}").text
    assert chosen(page) == [str(shop)]
    form = client.get(f"/reports/lines/schedule?department={shop}").text
    assert chosen(form) == [str(shop)]
    assert client.post("/reports/lines/order", data={"department": shop, "state": "any"}).status_code == 303


def test_roles_are_granted_on_a_department_found_by_name(
    client: FlaskClient, companies: TwoCompanies, many: dict[str, int]
) -> None:
    person = f"/people/{companies.home.users['viewer']}"
    page = client.get(person).text
    assert "Branch 7" in offered(page)
    role = re.search(r'<option value="(\d+)"', page)
    assert role
    nothing = client.post(f"{person}/grants", data={"role": role[1]})
    assert nothing.status_code == 422
    assert "Choose a role and a department." in nothing.text
    data: dict[str, Any] = {"role": role[1], "department": many["Shop 2 of 2"]}
    assert "Shop 2 of 2" in client.post(f"{person}/grants", data=data, follow_redirects=True).text


def test_a_branch_is_not_offered_to_itself(client: FlaskClient, many: dict[str, int]) -> None:
    branch = many["Branch 7"]
    page = client.get(f"/structure/{branch}/move?find=branch+7").text
    assert offered(page) == []
    assert "Branch 8" in offered(client.get(f"/structure/{branch}/move").text)
    answer = client.get(
        f"/departments/choices?field=target&right=structure:edit&without={branch}&find=of+7", headers=FRAGMENT
    )
    assert offered(answer.text) == []
    unsaid = client.post(f"/structure/{branch}/merge", data={})
    assert unsaid.status_code == 422
    assert "Choose a department." in unsaid.text
    placed = client.get(
        "/operations/place/new", query_string={"sel": "filter", "query": "", "find": "shop 3 of 9"}
    )
    assert offered(placed.text) == ["Shop 3 of 9"]


def test_only_what_one_holds_the_right_on(
    client: FlaskClient, companies: TwoCompanies, sign_in: SignIn, many: dict[str, int]
) -> None:
    viewer = sign_in(companies.home.users["viewer"])
    assert offered(viewer.get(f"{CHOICES}roles:grant&find=branch", headers=FRAGMENT).text) == []
    foreign = sign_in(companies.foreign.users["global_admin"])
    assert (
        offered(
            foreign.get(f"{CHOICES}lines:view&department={many['Branch 7']}", headers=FRAGMENT).text
        ).count("Branch 7")
        == 0
    )
    for wrong in ("nonsense", "lines:view&field=name", "lines:view&without=99999999"):
        address = f"/departments/choices?right={wrong}" + ("" if "field" in wrong else "&field=department")
        assert client.get(address, headers=FRAGMENT).status_code == 404, wrong
    assert client.get(f"{CHOICES}lines:view").status_code == 404  # a fragment only
    odd = client.get(f"{CHOICES}lines:view&find=%25_%00&department={'9' * 30}", headers=FRAGMENT)
    assert odd.status_code in (200, 400, 404, 422)


def test_a_first_level_that_is_too_large_is_cut(
    companies: TwoCompanies, many: dict[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choosing, "FEW", 12)
    with company_scope(companies.home.company_id), unit_of_work() as session:
        actor = load_actor(session, companies.home.users["global_admin"], companies.home.company_id)
        offer = choosing.offer(session, actor, Permission.STRUCTURE_VIEW)
        assert [department.is_root for department in offer.departments] == [True]
        assert not offer.is_whole
        monkeypatch.setattr(choosing, "FEW", 10_000)
        whole = choosing.offer(session, actor, Permission.STRUCTURE_VIEW)
        assert whole.is_whole
        names = [department.name for department in whole.departments]
        assert names.index("Branch 10") == names.index("Shop 9 of 1") + 1

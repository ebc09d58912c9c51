"""A right on a branch reaches the branch: nothing of the rest of the company is named, counted or stopped."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import db
from core.tenancy import all_companies
from hierarchy.models import BillingAccount, Contract, Department
from lines.models import Line
from runs.models import Upload
from tests.fixtures.world import add_department, add_grant, add_user
from tests.web.conftest import SignIn, TwoCompanies

SECRET_LIST, SECRET_PLACE = "Layoffs-2026.xlsx", "Secret project"


@pytest.fixture(scope="module")
def branch(companies: TwoCompanies) -> dict[str, int]:
    """Ids of an empty branch beside the department with the company's line, and people whose roles are there only."""
    home = companies.home
    with all_companies(reason="a test makes a branch"), db.unit_of_work() as session:
        root = session.get_one(Department, (home.company_id, home.root_id))
        department = add_department(session, home.company_id, "North", parent=root)
        ids = {"department": department.id}
        for code in ("numbers_manager", "global_admin", "accountant", "auditor"):
            user = add_user(session, home.company_id, f"{code}-north")
            add_grant(session, home.company_id, home.roles[code], user.id, department.path)
            ids[code] = user.id
        session.get_one(Upload, (home.company_id, home.uploads["global_admin"])).filename = SECRET_LIST
        session.get_one(Department, (home.company_id, home.department)).name = SECRET_PLACE
    return ids


def test_a_department_out_of_sight_has_no_name(
    companies: TwoCompanies, branch: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(branch["numbers_manager"])
    for department in (companies.home.department, companies.home.root_id, companies.foreign.department):
        asked = {"sel": "department", "department": department}
        for answer in (
            client.get("/operations/block/new", query_string=asked),
            client.post("/operations/block/preview", data={**asked, "reason": "voluntary"}),
            client.post("/operations/place/new", data=asked),
            client.get(f"/lines?department={department}"),
        ):
            assert answer.status_code == 404
            assert SECRET_PLACE not in answer.text
    own = client.get(
        "/operations/block/new", query_string={"sel": "department", "department": branch["department"]}
    )
    assert own.status_code == 200


def test_a_list_of_somebody_else_is_not_there(
    companies: TwoCompanies, branch: dict[str, int], sign_in: SignIn
) -> None:
    upload = companies.home.uploads["global_admin"]
    for who in (branch["numbers_manager"], companies.home.users["numbers_manager"]):
        client = sign_in(who)
        asked = {"sel": "upload", "upload": upload}
        for answer in (
            client.get("/operations/block/new", query_string=asked),
            client.post("/operations/block/preview", data={**asked, "reason": "voluntary"}),
            client.post(
                "/api/v1/lines/operations/block",
                json={"selection": {"kind": "upload", "upload": upload}, "params": {"reason": "voluntary"}},
            ),
        ):
            assert answer.status_code == 404
            assert SECRET_LIST not in answer.text
    own = sign_in(companies.home.users["global_admin"]).get(
        f"/operations/block/new?sel=upload&upload={upload}"
    )
    assert SECRET_LIST in own.text


def test_a_run_outlives_its_list_and_its_department(companies: TwoCompanies, sign_in: SignIn) -> None:
    auditor = sign_in(companies.home.users["auditor"])
    run = companies.home.runs["global_admin"]
    for selection in (
        {"kind": "upload", "upload": companies.home.uploads["global_admin"]},
        {"kind": "department", "department": 2**40},
    ):
        _select(companies, run, selection)
        page = auditor.get(f"/runs/{run}")
        assert page.status_code == 200
        assert SECRET_LIST not in page.text


def _select(companies: TwoCompanies, run: int, selection: dict[str, object]) -> None:
    from runs.models import Run

    with all_companies(reason="a test prepares"), db.unit_of_work() as session:
        session.get_one(Run, (companies.home.company_id, run)).selection = selection


def test_accounts_are_those_of_visible_lines(
    companies: TwoCompanies, branch: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(branch["accountant"])
    assert "20-1" not in client.get("/structure/operator").text
    assert "10-1" not in client.get("/structure/operator").text
    assert "20-1" not in client.get("/lines").text
    with all_companies(reason="a test moves a line"), db.unit_of_work() as session:
        account = session.scalars(
            select(BillingAccount.id).where(BillingAccount.company_id == companies.home.company_id)
        ).one()
        session.add(
            Line(
                company_id=companies.home.company_id,
                operator_id="P-north",
                msisdn="79129990001",
                iccid="8970199000000000999",
                state="active",
                tariff_id="T-1",
                account_id=account,
                department_id=branch["department"],
            )
        )
        session.add(Contract(company_id=companies.home.company_id, operator_id="C-empty", number="10-empty"))
    page = client.get("/structure/operator").text
    assert "20-1" in page
    assert "10-empty" not in page
    assert "20-1" in client.get("/lines").text
    assert "10-empty" in sign_in(companies.home.users["accountant"]).get("/structure/operator").text


def _account_of_all_lines(session: Session, company_id: int) -> BillingAccount:
    """The company's account, now that of every line."""
    account = session.scalars(select(BillingAccount).where(BillingAccount.company_id == company_id)).one()
    session.execute(update(Line).where(Line.company_id == company_id).values(account_id=account.id))
    return account


def test_accounts_of_lines_need_their_own_right(companies: TwoCompanies, sign_in: SignIn) -> None:
    home = companies.home
    with all_companies(reason="a test writes"), db.unit_of_work() as session:
        account = _account_of_all_lines(session, home.company_id)
        account_id, number = account.id, account.number
    for role, status in (
        ("viewer", 403),
        ("numbers_manager", 403),
        ("accountant", 200),
        ("global_admin", 200),
    ):
        client = sign_in(home.users[role])
        for address in ("/lines", "/api/v1/lines"):
            assert client.get(f"{address}?account={account_id}").status_code == status, (role, address)
            assert client.get(address).status_code == 200
        assert (number in client.get("/reports/lines").text) is (status == 200), role


def test_accounts_are_compared_where_the_right_reaches(companies: TwoCompanies, sign_in: SignIn) -> None:
    home = companies.home
    with all_companies(reason="a test makes a branch"), db.unit_of_work() as session:
        account = _account_of_all_lines(session, home.company_id)
        root = session.get_one(Department, (home.company_id, home.root_id))
        east = add_department(session, home.company_id, "East", parent=root)
        user = add_user(session, home.company_id, "viewer-accountant-east")
        add_grant(session, home.company_id, home.roles["viewer"], user.id, root.path)
        add_grant(session, home.company_id, home.roles["accountant"], user.id, east.path)
        line = Line(
            company_id=home.company_id,
            operator_id="P-east",
            msisdn="79129990002",
            iccid="8970199000000000998",
            state="active",
            tariff_id="T-1",
            account_id=account.id,
            department_id=east.id,
        )
        session.add(line)
        account_id, number, user_id = account.id, account.number, user.id
    client = sign_in(user_id)
    items = client.get(f"/api/v1/lines?account={account_id}").get_json()["items"]
    assert [item["msisdn"] for item in items] == ["79129990002"]
    assert len(client.get("/api/v1/lines").get_json()["items"]) > 1
    assert client.get("/reports/lines").text.count(number) == 1


def test_people_are_those_of_the_branch(
    companies: TwoCompanies, branch: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(branch["global_admin"])
    page = client.get("/people").text
    assert "Accountant-North" in page
    assert "Accountant-1" not in page
    other = companies.home.users["accountant"]
    assert client.get(f"/people/{other}").status_code == 404
    assert client.post(f"/people/{other}/block").status_code == 404
    assert client.post(f"/people/{other}/password", data={"password": "Another-horse-8"}).status_code == 404
    granting = {"role": companies.home.roles["viewer"], "department": branch["department"]}
    assert client.post(f"/people/{other}/grants", data=granting).status_code == 404
    assert "Accountant-1" in sign_in(companies.home.users["global_admin"]).get("/people").text


def test_a_new_person_can_be_given_a_first_role(
    companies: TwoCompanies, branch: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(branch["global_admin"])
    made = client.post("/people", data={"login": "newcomer", "name": "New", "password": "Correct-horse-7"})
    assert made.status_code == 303
    granting = {"role": companies.home.roles["viewer"], "department": branch["department"]}
    assert client.post(f"{made.location}/grants", data=granting).status_code == 303
    assert "North" in client.get(made.location).text


def test_roles_elsewhere_are_not_told(
    companies: TwoCompanies, branch: dict[str, int], sign_in: SignIn
) -> None:
    admin = sign_in(companies.home.users["global_admin"])
    both = {"role": companies.home.roles["viewer"], "department": companies.home.department}
    assert admin.post(f"/people/{branch['auditor']}/grants", data=both).status_code == 303
    assert SECRET_PLACE in admin.get(f"/people/{branch['auditor']}").text
    page = sign_in(branch["global_admin"]).get(f"/people/{branch['auditor']}").text
    assert "North" in page
    assert SECRET_PLACE not in page


def test_the_chain_of_the_journal_is_the_whole_companys(
    companies: TwoCompanies, branch: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(branch["auditor"])
    assert client.get("/journal").status_code == 200
    assert client.get("/journal?check=1").status_code == 403
    assert sign_in(companies.home.users["auditor"]).get("/journal?check=1").status_code == 200


def test_ones_own_password_needs_the_old_one(companies: TwoCompanies, sign_in: SignIn) -> None:
    me = companies.home.users["global_admin"]
    client: FlaskClient = sign_in(me)
    answer = client.post(f"/people/{me}/password", data={"password": "Another-horse-8"})
    assert answer.status_code == 409
    assert f"/people/{me}/password" not in client.get(f"/people/{me}").text
    assert client.get("/profile").status_code == 200

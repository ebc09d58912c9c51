"""A right on a branch reaches the branch: nothing of the rest of the company is named, counted or stopped."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from core import db
from core.tenancy import all_companies
from hierarchy.models import BillingAccount, Contract, Department
from lines.models import Line
from rbac.models import Role
from runs.models import Upload
from tests.web import world as make
from tests.web.conftest import SignIn, World

SECRET_LIST, SECRET_PLACE = "Layoffs-2026.xlsx", "Secret project"


@pytest.fixture(scope="module")
def branch(world: World) -> dict[str, int]:
    """Ids of an empty branch beside the department with the company's line, and people whose roles are there only."""
    home = world.home
    with all_companies(reason="a test makes a branch"), db.unit_of_work() as session:
        department = Department(
            company_id=home.company, parent_id=home.root_id, path=f"{home.root}new/", name="North"
        )
        session.add(department)
        session.flush()
        department.path = f"{home.root}{department.id}/"
        session.flush()
        ids = {"department": department.id}
        for code in ("numbers_manager", "global_admin", "accountant", "auditor"):
            user = make._user(session, home.company, f"{code}-north")
            make._grant(
                session, session.get_one(Role, (home.company, home.roles[code])), user, department.path
            )
            ids[code] = user.id
        session.get_one(Upload, (home.company, home.uploads["global_admin"])).filename = SECRET_LIST
        session.get_one(Department, (home.company, home.department)).name = SECRET_PLACE
    return ids


def test_a_department_out_of_sight_has_no_name(world: World, branch: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(branch["numbers_manager"])
    for department in (world.home.department, world.home.root_id, world.foreign.department):
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


def test_a_list_of_somebody_else_is_not_there(world: World, branch: dict[str, int], sign_in: SignIn) -> None:
    upload = world.home.uploads["global_admin"]
    for who in (branch["numbers_manager"], world.home.users["numbers_manager"]):
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
    own = sign_in(world.home.users["global_admin"]).get(f"/operations/block/new?sel=upload&upload={upload}")
    assert SECRET_LIST in own.text


def test_a_run_outlives_its_list_and_its_department(world: World, sign_in: SignIn) -> None:
    auditor = sign_in(world.home.users["auditor"])
    run = world.home.runs["global_admin"]
    for selection in (
        {"kind": "upload", "upload": world.home.uploads["global_admin"]},
        {"kind": "department", "department": 2**40},
    ):
        _select(world, run, selection)
        page = auditor.get(f"/runs/{run}")
        assert page.status_code == 200
        assert SECRET_LIST not in page.text


def _select(world: World, run: int, selection: dict[str, object]) -> None:
    from runs.models import Run

    with all_companies(reason="a test prepares"), db.unit_of_work() as session:
        session.get_one(Run, (world.home.company, run)).selection = selection


def test_accounts_are_those_of_visible_lines(world: World, branch: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(branch["accountant"])
    assert "20-1" not in client.get("/structure/operator").text
    assert "10-1" not in client.get("/structure/operator").text
    assert "20-1" not in client.get("/lines").text
    with all_companies(reason="a test moves a line"), db.unit_of_work() as session:
        account = session.scalars(
            select(BillingAccount.id).where(BillingAccount.company_id == world.home.company)
        ).one()
        session.add(
            Line(
                company_id=world.home.company,
                operator_id="P-north",
                msisdn="79129990001",
                iccid="8970199000000000999",
                state="active",
                tariff_id="T-1",
                account_id=account,
                department_id=branch["department"],
            )
        )
        session.add(Contract(company_id=world.home.company, operator_id="C-empty", number="10-empty"))
    page = client.get("/structure/operator").text
    assert "20-1" in page
    assert "10-empty" not in page
    assert "20-1" in client.get("/lines").text
    assert "10-empty" in sign_in(world.home.users["accountant"]).get("/structure/operator").text


def test_people_are_those_of_the_branch(world: World, branch: dict[str, int], sign_in: SignIn) -> None:
    client = sign_in(branch["global_admin"])
    page = client.get("/people").text
    assert "Accountant-North" in page
    assert "Accountant-1" not in page
    other = world.home.users["accountant"]
    assert client.get(f"/people/{other}").status_code == 404
    assert client.post(f"/people/{other}/block").status_code == 404
    assert client.post(f"/people/{other}/password", data={"password": "Another-horse-8"}).status_code == 404
    granting = {"role": world.home.roles["viewer"], "department": branch["department"]}
    assert client.post(f"/people/{other}/grants", data=granting).status_code == 404
    assert "Accountant-1" in sign_in(world.home.users["global_admin"]).get("/people").text


def test_a_new_person_can_be_given_a_first_role(
    world: World, branch: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(branch["global_admin"])
    made = client.post("/people", data={"login": "newcomer", "name": "New", "password": "Correct-horse-7"})
    assert made.status_code == 303
    granting = {"role": world.home.roles["viewer"], "department": branch["department"]}
    assert client.post(f"{made.location}/grants", data=granting).status_code == 303
    assert "North" in client.get(made.location).text


def test_roles_elsewhere_are_not_told(world: World, branch: dict[str, int], sign_in: SignIn) -> None:
    admin = sign_in(world.home.users["global_admin"])
    both = {"role": world.home.roles["viewer"], "department": world.home.department}
    assert admin.post(f"/people/{branch['auditor']}/grants", data=both).status_code == 303
    assert SECRET_PLACE in admin.get(f"/people/{branch['auditor']}").text
    page = sign_in(branch["global_admin"]).get(f"/people/{branch['auditor']}").text
    assert "North" in page
    assert SECRET_PLACE not in page


def test_the_chain_of_the_journal_is_the_whole_companys(
    world: World, branch: dict[str, int], sign_in: SignIn
) -> None:
    client = sign_in(branch["auditor"])
    assert client.get("/journal").status_code == 200
    assert client.get("/journal?check=1").status_code == 403
    assert sign_in(world.home.users["auditor"]).get("/journal?check=1").status_code == 200


def test_ones_own_password_needs_the_old_one(world: World, sign_in: SignIn) -> None:
    me = world.home.users["global_admin"]
    client: FlaskClient = sign_in(me)
    answer = client.post(f"/people/{me}/password", data={"password": "Another-horse-8"})
    assert answer.status_code == 409
    assert f"/people/{me}/password" not in client.get(f"/people/{me}").text
    assert client.get("/profile").status_code == 200

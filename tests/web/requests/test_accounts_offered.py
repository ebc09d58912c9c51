"""Which billing accounts a document offers, and takes: those that the person sees, else those of their lines."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.web.requests.conftest import RequestPages

SPLIT = {"deed": "new", "start": "2027-01-01", "contact": "Анна", "phone": "89161234567"}


@pytest.fixture
def accounts(harness: RequestPages) -> RequestPages:
    """Lines of the whole company on the account `fine`, one in the north on `debt`, and an account without lines."""
    office = harness.office
    office.world.lines(office.place, 1, department="north", account="debt")
    office.sql(
        "INSERT INTO billing_accounts"
        " (company_id, operator_id, number, settlement, is_in_debt, balance, credit_limit)"
        " SELECT company_id, 'bare', 'bare', settlement, false, 0, 0"
        " FROM billing_accounts WHERE number = 'fine'"
    )
    return harness


def offered(client: FlaskClient) -> tuple[list[str], list[str]]:
    """On the page, and by the API."""
    page = client.get("/requests/new/credit_settlement")
    choices = re.search(r'<select[^>]*name="account".*?</select>', page.text, re.S)
    assert choices is not None
    shown = [value for value in re.findall(r'<option value="([^"]*)"', choices[0]) if value]
    forms = {form["code"]: form["values"] for form in client.get("/api/v1/forms").get_json()}
    account = forms["credit_settlement"]["properties"]["account"]
    return shown, [choice["const"] for choice in account.get("oneOf", [])]


def named(client: FlaskClient, account: str) -> list[str]:
    """What is wrong with naming this account, in a document that lacks nothing but numbers."""
    sent = {"form": "merge_split_accounts", "values": {**SPLIT, "source": account}}
    fields: dict[str, list[str]] = client.post("/api/v1/requests", json=sent).get_json()["fields"]
    assert "numbers" in fields
    return fields.get("source", [])


@pytest.mark.parametrize(
    ("role", "branch", "numbers"),
    [
        ("global_admin", None, ["bare", "debt", "fine"]),
        ("accountant", None, ["bare", "debt", "fine"]),
        ("accountant", "north", ["debt"]),
        ("accountant", "south", []),
        ("numbers_manager", None, ["debt", "fine"]),
        ("numbers_manager", "north", ["debt"]),
        ("numbers_manager", "south", []),
    ],
)
def test_accounts_that_a_person_may_name(
    accounts: RequestPages, role: str, branch: str | None, numbers: list[str]
) -> None:
    office = accounts.office
    client = accounts.browser(office.world.person(office.place, role, at=branch))
    assert offered(client) == (numbers, numbers)
    refused = [number for number in ("bare", "debt", "fine") if bool(named(client, number))]
    assert refused == [number for number in ("bare", "debt", "fine") if number not in numbers]


def test_who_files_nothing_and_sees_no_accounts_is_told_none(accounts: RequestPages) -> None:
    office = accounts.office
    office.sql(
        'UPDATE roles SET preset = NULL, permissions = \'["lines:view", "requests:view"]\' WHERE id = :id',
        id=office.place.roles["auditor"],
    )
    client = accounts.browser(office.world.person(office.place, "auditor"))
    answer = client.get("/api/v1/forms")
    assert answer.status_code == 200
    assert '"fine"' not in answer.text

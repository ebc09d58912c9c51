"""One schema with every kind of field, asked for by an operation, by a report and by a document alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from flask.testing import FlaskClient

from bootstrap import Parts
from console.fields import reading
from console.web.formats import NARROW
from core import fields
from core.db import unit_of_work
from core.tenancy import company_scope
from forms.documents import types
from forms.documents.form import FormLine, FormType, Lines
from forms.printing.description import blank, describe
from forms.requests import content
from forms.requests.models import Request
from lines import fields as line_fields
from lines.operations import block
from operators.changes import Change
from rbac.permissions import Permission
from reports import order_params
from reports.catalogue import people
from reports.report import Report
from runs.operation import Operation
from runs.operation_params import load_params
from tests.integration.forms.conftest import card
from tests.web.conftest import SignIn, TwoCompanies
from tests.web.languages import in_english
from users.actor import load_actor

Loaded = Callable[[dict[str, Any]], tuple[dict[str, Any], dict[str, list[str]]]]
WAYS = ("operation", "report", "document")
MANY = {str(number): f"Choice {number}" for number in range(9)}


class EveryField(fields.FieldSchema):
    """Every builder once."""

    kind = fields.choice("Kind", {"a": "First kind", "b": "Second kind"})
    many = fields.choice("Many", MANY, required=False, default="3")
    line = fields.text("Line of text", hint="Any words", prefill="user.name")
    long = fields.area("Long text", required=False, longest=500)
    since = fields.day("Since")
    amount = fields.money("Amount", highest=Decimal(1000))
    warn = fields.percent("Warn at, %", required=False, default=80)
    email = fields.email("Mail", required=False)
    digits = fields.checked("Code", lambda typed: None if typed.isdigit() else "Only digits belong here.")
    phone = line_fields.phone("Phone")
    numbers = line_fields.numbers("Numbers to call")
    cards = line_fields.cards("Cards")
    tariff = line_fields.tariff("Tariff")
    account = line_fields.account("Account")
    department = line_fields.department("Department")
    other = fields.text("Only for the second kind", only=fields.Only("kind", ("b",)))


GOOD = {
    "kind": "a",
    "line": "Some words",
    "long": "Two\r\nlines",
    "since": "2026-11-20",
    "amount": "1 000,00 ₽",
    "warn": "90 %",
    "email": "a@example.org",
    "digits": "12-34",
    "phone": "8 916 123-45-67",
    "numbers": "89161234567\n+7 916 123-45-68",
    "cards": card(1),
    "tariff": "T-1",
    "account": "20-1",
    "other": "x" * 900,
}
WRONG = {
    "kind": "c",
    "many": "nine",
    "line": "x" * 300,
    "since": "yesterday",
    "amount": "1001",
    "warn": "101",
    "email": "a",
    "digits": "x",
    "phone": "1",
    "numbers": "89161234567\n12",
    "cards": "89",
    "department": "abc",
}
REFUSED = {
    "kind": "Choose one of the list.",
    "many": "Choose one of the list.",
    "line": "This is too long.",
    "since": "Give a date as day, month and year.",
    "amount": "Type an amount from 0.01 ₽ to 1 000.00 ₽.",
    "warn": "Type a whole number from 1 to 100.",
    "email": "This is not an e-mail address.",
    "digits": "Only digits belong here.",
    "phone": "This is not a phone number.",
    "numbers": "“12” is not a phone number.",
    "cards": "“89” is not the number of a SIM card: 19 or 20 digits that begin with 89, the last a check digit.",
    "tariff": "Choose one of the list.",
    "account": "Choose one of the list.",
    "department": "Choose one of the list.",
}
OPERATION = Operation(
    code="every",
    words=block.OPERATION.words,
    permission=Permission.LINES_BLOCK,
    icon="flag",
    schema=EveryField,
    refusals=block.OPERATION.refusals,
    change=lambda params: Change(state="blocked"),
    effect=lambda params: {"state": "blocked"},
    group="block",
)
REPORT = Report(
    code="every",
    title="Every field",
    lead="",
    group=people.REPORT.group,
    permission=Permission.LINES_VIEW,
    schema=EveryField,
    columns=people.REPORT.columns,
    rows=lambda actor, params: people.rows(actor, {"people": "any"}),
    cells=people.cells,
)
DOCUMENT = FormType(
    code="every",
    title="Every field",
    summary="",
    icon="flag",
    schema=EveryField,
    instruction=("Fill it in.",),
    body=("Please.",),
    signer="Anybody",
    approver="Nobody",
    lines=Lines.NONE,
)
PAGES = {
    "operation": ("/operations/every/new?sel=ids&ids={line}", "/operations/every/preview"),
    "report": ("/reports/every", "/reports/every/order"),
    "document": ("/requests/new/every", "/requests/new/every"),
}


@pytest.fixture(autouse=True)
def known(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The three of them, where pages and API look for theirs."""
    monkeypatch.setitem(parts.operations, "every", OPERATION)
    monkeypatch.setitem(parts.reports, "every", REPORT)
    for module in ("forms.documents.types", "console.requests.api", "console.structure.departments"):
        monkeypatch.setattr(f"{module}.TYPES", (*types.TYPES, DOCUMENT))
    yield


@pytest.fixture
def client(companies: TwoCompanies, sign_in: SignIn) -> FlaskClient:
    return in_english(sign_in(companies.home.users["global_admin"]))


@pytest.fixture
def good(companies: TwoCompanies) -> dict[str, str]:
    return {**GOOD, "department": str(companies.home.department)}


@pytest.fixture
def load(companies: TwoCompanies, parts: Parts) -> Iterator[dict[str, Loaded]]:
    """What each of them makes of what was typed: values as stored, and errors."""
    with company_scope(companies.home.company_id), unit_of_work() as session:
        actor = load_actor(session, companies.home.users["global_admin"], companies.home.company_id)

        def operation(typed: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
            params = load_params(
                session, actor, parts.targets["line"], OPERATION, fields.without_empty(typed)
            )
            return EveryField().dump(params), {}

        def report(typed: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
            return order_params.check(session, actor, REPORT, typed).stored(), {}

        def document(typed: dict[str, Any]) -> tuple[dict[str, Any], dict[str, list[str]]]:
            checked = content.check(session, actor, DOCUMENT, typed, ())
            return checked.values, checked.errors

        yield {"operation": operation, "report": report, "document": document}


def test_all_read_the_same_and_keep_nothing_that_is_hidden(
    load: dict[str, Loaded], good: dict[str, str], companies: TwoCompanies
) -> None:
    read = {way: load[way](reading.read(EveryField, good)) for way in WAYS}
    values, errors = read["document"]
    assert errors == {}
    assert all(result == (values, {}) for result in read.values())
    assert values == {
        **GOOD,
        "many": "3",
        "long": "Two\nlines",
        "amount": "1000.00",
        "warn": 90,
        "digits": "1234",
        "phone": "79161234567",
        "numbers": "79161234567\n79161234568",
        "department": companies.home.department,
        "other": None,
    }


@pytest.mark.parametrize("way", WAYS)
def test_it_is_drawn_and_refused_alike(way: str, client: FlaskClient, companies: TwoCompanies) -> None:
    shown, sent = PAGES[way]
    page = client.get(shown.format(line=companies.home.line)).text
    names = set(EveryField().fields)
    assert names <= set(re.findall(r'name="(\w+)"', page))
    assert '<div data-of="kind" data-only="b">' in page and "data-only-form" in page
    assert re.search(r'<select[^>]*id="department"[^>]*>\s*<option value="" selected>—', page)
    assert re.search(r'<select[^>]*id="many".*?<option value="3" selected>', page, re.DOTALL)
    assert re.search(r'<input[^>]*id="phone"[^>]*type="tel"', page)
    assert re.search(r'<textarea[^>]*id="long"[^>]*maxlength="500"', page)
    assert re.search(r'id="line"[^>]*value="Global_Admin-1"[^>]*aria-describedby="line-hint[" ]', page)
    answer = client.post(sent, data={**WRONG, "sel": "ids", "ids": companies.home.line})
    assert answer.status_code == 422
    assert _errors(answer.text) == REFUSED
    for name in REFUSED:
        assert re.search(
            rf'id="{name}"[^>]*aria-describedby="[^"]*{name}-error"[^>]*aria-invalid="true"', answer.text
        )


def _errors(page: str) -> dict[str, str]:
    """What is said at each field, the first of it."""
    said = re.findall(
        r'<div id="(\w+)-error"><div class="field-error"><svg.*?</svg>([^<]*)<', page, re.DOTALL
    )
    return {name: message.replace(NARROW, " ") for name, message in said}


@pytest.mark.parametrize("name", ["tariff", "account", "department"])
@pytest.mark.parametrize("way", WAYS)
def test_what_is_not_offered_is_refused_alike(
    way: str, name: str, client: FlaskClient, companies: TwoCompanies, good: dict[str, str]
) -> None:
    foreign = {"tariff": "T-9", "account": "20-9", "department": str(companies.foreign.department)}
    sent = {**good, name: foreign[name], "sel": "ids", "ids": companies.home.line}
    answer = client.post(PAGES[way][1], data=sent)
    assert answer.status_code == 422
    assert _errors(answer.text) == {
        name: {
            "tariff": "This tariff is not offered. Choose another one.",
            "account": "There is no such billing account in your company.",
            "department": "This department is not there any more, or you may not see it.",
        }[name]
    }


@pytest.mark.parametrize("way", WAYS)
def test_good_values_are_taken(
    way: str, client: FlaskClient, companies: TwoCompanies, good: dict[str, str]
) -> None:
    answer = client.post(PAGES[way][1], data={**good, "sel": "ids", "ids": companies.home.line})
    assert answer.status_code == 303, _errors(answer.text)
    if way == "report":
        return
    page = client.get(answer.location).text
    assert "First kind" in page and "+7\u00a0916\u00a0123-45-67" in page and "Sales" in page
    assert '<time datetime="2026-11-20">November 20, 2026</time>' in page
    assert "90 %" in page and "x" * 900 not in page


def test_the_api_tells_all_in_the_same_json_schema(client: FlaskClient) -> None:
    schemas = {
        name: {entry["code"]: entry[key] for entry in client.get(f"/api/v1/{name}").get_json()}["every"]
        for name, key in (("operations", "parameters"), ("reports", "parameters"), ("forms", "values"))
    }
    schema = schemas["forms"]
    assert schemas["operations"] == schemas["reports"] == schema
    assert set(schema["properties"]) == set(EveryField().fields)
    assert "other" not in schema["required"] and "line" in schema["required"]
    assert schema["properties"]["amount"] == {
        "title": "Amount",
        "type": "string",
        "format": "decimal",
        "minimum": 0.01,
        "maximum": 1000.0,
    }
    assert [choice["const"] for choice in schema["properties"]["account"]["oneOf"]] == ["20-1"]


def test_departments_of_every_form_are_found_by_name(client: FlaskClient) -> None:
    address = "/departments/choices?field=department&right=lines:block&none=nothing&find=sal"
    page = client.get(address, headers={"HX-Request": "true"}).text
    assert "Sales" in page and "No department" in page


def test_it_is_printed(companies: TwoCompanies, load: dict[str, Loaded], good: dict[str, str]) -> None:
    values, _ = load["document"](reading.read(EveryField, good))
    with company_scope(companies.home.company_id), unit_of_work() as session:
        request = Request(company_id=companies.home.company_id, form="every", values=values)
        document = describe(session, DOCUMENT, request, [FormLine(1, "79161234567", card(1), "")], "en")
    facts = {fact.label: fact.value for fact in document.facts}
    assert facts["Phone"] == "+7\u00a0916\u00a0123-45-67"
    assert (facts["Since"], facts["Department"]) == ("November 20, 2026", "Sales")
    assert facts["Kind"] == "First kind"
    assert "Only for the second kind" not in facts
    assert [fact.label for fact in blank(DOCUMENT, "en").facts][:2] == ["Kind", "Many"]

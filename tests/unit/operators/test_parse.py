"""The operator's records are read strictly; an odd one is reported and never stops the others."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import fields
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operators.changes import InvoiceDelivery, Limit, LineAttributes
from operators.fields import Unfit, clean
from operators.pool import FreeNumber, NumberClass
from operators.records import AccountData, ContractData, LineData, Odd, PartyData, SimData, TariffData
from operators.tmf import parse

PRODUCT: dict[str, Any] = {
    "id": "P0000000001",
    "name": "+79120000001",
    "status": "suspended",
    "startDate": "2024-02-03T00:00:00Z",
    "lastUpdate": "2026-11-01T10:00:00.000123+03:00",
    "productOffering": {"id": "T-OPTIMA", "name": "Бизнес"},
    "billingAccount": {"id": "A1"},
    "relatedParty": [{"id": "C1", "role": "customer"}, {"id": "E1", "name": "Пётр Ильин", "role": "user"}],
    "productCharacteristic": [
        {"name": "msisdn", "value": "79120000001"},
        {"name": "iccid", "value": "8970112345678901234"},
        {"name": "blockReason", "value": "lost"},
        {
            "name": "spendingLimit",
            "value": {"amount": "500.00", "unit": "RUB", "period": "day", "warnAt": 90},
        },
        {"name": "spentThisMonth", "value": "123.45"},
        {"name": "lastActivity", "value": "2026-10-31"},
    ],
}
OTHERWISE: dict[str, Any] = dict.fromkeys(field.name for field in fields(LineAttributes))
"""What a product does not show of what can be changed on a line, there is not."""
LINE = LineData(
    **OTHERWISE
    | {
        "msisdn": "79120000001",
        "iccid": "8970112345678901234",
        "state": "blocked",
        "block_reason": "lost",
        "tariff": "T-OPTIMA",
        "limit": Limit(Decimal("500.00"), "day", 90),
    },
    id="P0000000001",
    party_id="C1",
    account_id="A1",
    employee="Пётр Ильин",
    spent=Decimal("123.45"),
    last_activity=date(2026, 10, 31),
    activated_on=date(2024, 2, 3),
    updated_at=datetime(2026, 11, 1, 7, 0, 0, 123, tzinfo=UTC),
)


def _with(path: str, value: Any) -> dict[str, Any]:
    product = deepcopy(PRODUCT)
    if path.startswith("="):
        characteristics = [item for item in product["productCharacteristic"] if item["name"] != path[1:]]
        product["productCharacteristic"] = [*characteristics, {"name": path[1:], "value": value}]
    else:
        product[path] = value
    return product


def test_a_line() -> None:
    assert parse.line(PRODUCT) == LINE


@pytest.mark.parametrize(
    ("planned", "tariff"),
    [
        ({"id": "T-M", "from": "2026-12-01"}, "T-M"),
        (None, None),
        ("T-M", None),
        ({"from": "2026-12-01"}, None),
    ],
)
def test_the_tariff_of_the_next_period(planned: Any, tariff: str | None) -> None:
    assert parse.line(_with("=plannedTariff", planned)).planned_tariff_id == tariff


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("active", "active"),
        ("pendingTerminate", "active"),
        ("suspended", "blocked"),
        ("terminated", "terminated"),
        ("cancelled", "terminated"),
        ("aborted ", "terminated"),
    ],
)
def test_states(status: str, state: str) -> None:
    line = parse.line(_with("status", status))
    assert line.state == state
    assert line.block_reason == ("lost" if state == "blocked" else None)


def test_a_line_without_what_may_be_missing() -> None:
    product = deepcopy(PRODUCT)
    for name in ("startDate", "billingAccount"):
        del product[name]
    product["relatedParty"].pop()
    product["productCharacteristic"] = product["productCharacteristic"][:2]
    line = parse.line(product)
    assert (line.account_id, line.employee, line.limit, line.spent) == (None, "", None, Decimal(0))
    assert (line.last_activity, line.activated_on, line.block_reason) == (None, None, None)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", None),
        ("id", " P1 "),
        ("id", "P\x00"),
        ("id", "x" * 200),
        ("status", "created"),
        ("status", 7),
        ("lastUpdate", None),
        ("lastUpdate", "2026-11-01T10:00:00"),
        ("lastUpdate", "yesterday"),
        ("lastUpdate", "0001-01-01T00:00:00+14:00"),
        ("startDate", "31.12.2026"),
        ("productOffering", {}),
        ("relatedParty", [{"id": "E1", "role": "user"}]),
        ("=msisdn", "12"),
        ("=msisdn", 79120000001),
        ("=msisdn", "7912000000a"),
        ("=msisdn", "7912000000١"),
        ("=iccid", None),
        ("=iccid", "89701"),
        ("=spentThisMonth", "NaN"),
        ("=spentThisMonth", "1e30"),
        ("=spentThisMonth", True),
        ("=spendingLimit", "500"),
        ("=spendingLimit", {"amount": "500", "period": "week"}),
        ("=spendingLimit", {"amount": "500", "unit": "USD"}),
        ("=spendingLimit", {"amount": None}),
        ("=spendingLimit", {"amount": "500", "warnAt": 500}),
        ("=spendingLimit", {"amount": "500", "warnAt": True}),
    ],
)
def test_an_odd_line_is_reported_and_the_next_one_read(path: str, value: Any) -> None:
    page = parse.page("product", [_with(path, value), "nonsense", None, PRODUCT], parse.line)
    assert list(page.records) == [LINE]
    assert len(page.odd) == 3
    assert page.odd[0].problem
    assert page.odd[0].id == ("" if path == "id" else "P0000000001")
    assert page.odd[1] == Odd("product", "", "product is not an object")


def test_names_lose_what_a_database_cannot_keep() -> None:
    line = parse.line(
        _with("relatedParty", [{"id": "C1", "role": "customer"}, {"role": "user", "name": "А\x00\ud800Б\n"}])
    )
    assert line.employee == "А  Б"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.decimals() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
PARSERS = (parse.line, parse.party, parse.contract, parse.account, parse.tariff, parse.sim, parse.free_number)


@given(st.sampled_from(sorted(PRODUCT)), JUNK)
def test_no_value_in_any_place_is_fatal(name: str, value: Any) -> None:
    page = parse.page("product", [{**PRODUCT, name: value}], parse.line)
    assert len(page.records) + len(page.odd) == 1


@given(st.sampled_from([item["name"] for item in PRODUCT["productCharacteristic"]]), JUNK)
def test_no_characteristic_is_fatal(name: str, value: Any) -> None:
    page = parse.page("product", [_with("=" + name, value)], parse.line)
    assert len(page.records) + len(page.odd) == 1


@given(st.sampled_from(PARSERS), JUNK)
def test_nothing_at_all_is_fatal(parser: Any, value: Any) -> None:
    page = parse.page("any", [value], parser)
    assert len(page.records) + len(page.odd) == 1


@given(st.text())
def test_cleaned_text_can_be_stored(value: str) -> None:
    cleaned = clean(value)
    assert "\x00" not in cleaned
    cleaned.encode()
    assert len(cleaned) <= 300


def test_a_party() -> None:
    numbers = [
        {"identificationType": "INN", "identificationId": "7707083893"},
        {"identificationType": "KPP", "identificationId": "770701001"},
        {"identificationType": "OGRN", "identificationId": "1027700132195"},
    ]
    item = {"id": "C1", "name": "ООО «Ромашка»", "organizationIdentification": numbers}
    assert parse.party(item) == PartyData("C1", "ООО «Ромашка»", "7707083893", "770701001", "1027700132195")
    assert parse.party({"id": "C1", "name": "x"}) == PartyData("C1", "x", "", "", "")


def test_a_contract_and_an_account() -> None:
    assert parse.contract({"id": "K1", "name": "Д-1", "state": "Active"}) == ContractData(
        "K1", "Д-1", "active"
    )
    item = {
        "id": "A1",
        "name": "100200",
        "accountType": "credit",
        "paymentStatus": "inArrears",
        "accountBalance": [
            {"balanceType": "receivable", "amount": {"unit": "RUB", "value": Decimal("-12.5")}}
        ],
        "creditLimit": {"unit": "RUB", "value": 5000},
        "accountRelationship": [{"relationshipType": "contract", "account": {"id": "K1"}}],
    }
    expected = AccountData("A1", "100200", "K1", "credit", True, Decimal("-12.50"), Decimal("5000.00"))
    assert parse.account(item) == expected


def _delivery(*media: Any) -> InvoiceDelivery | None:
    contacts = [
        "nonsense",
        {"contactType": "sales", "contactMedium": [{"mediumType": "email", "characteristic": {}}]},
        {"contactType": "invoiceDelivery", "contactMedium": list(media)},
    ]
    item = {"id": "A1", "name": "100200", "accountType": "advance", "contact": contacts}
    return parse.account(item).delivery


@pytest.mark.parametrize(
    ("medium", "characteristic", "expected"),
    [
        ("email", {"emailAddress": " accounts@example.org "}, ("email", "accounts@example.org")),
        ("paper", {"street1": "125009, Москва"}, ("paper", "125009, Москва")),
        ("edo", {"edoId": "2BM-7"}, ("edo", "2BM-7")),
    ],
)
def test_where_invoices_go(medium: str, characteristic: dict[str, str], expected: tuple[str, str]) -> None:
    delivery = _delivery({"mediumType": medium, "preferred": True, "characteristic": characteristic})
    assert delivery == InvoiceDelivery(*expected)


@pytest.mark.parametrize(
    "medium",
    [
        "nonsense",
        {},
        {"mediumType": ["email"], "characteristic": {"emailAddress": "a@b.c"}},
        {"mediumType": "pigeon", "characteristic": {"loft": "7"}},
        {"mediumType": "email", "characteristic": {"street1": "a@b.c"}},
        {"mediumType": "email", "characteristic": {"emailAddress": " "}},
        {"mediumType": "email", "characteristic": {"emailAddress": 7}},
        {"mediumType": "email", "characteristic": []},
    ],
)
def test_an_account_counts_without_an_address_that_can_be_read(medium: Any) -> None:
    assert _delivery(medium) is None


def test_a_tariff() -> None:
    prices = [
        {"name": "monthly", "price": {"unit": "RUB", "value": Decimal("590.0")}},
        {"name": "switch", "price": {"unit": "RUB", "value": 100}},
    ]
    item = {
        "id": "T",
        "name": "Т",
        "isSellable": True,
        "lifecycleStatus": "Active",
        "productOfferingPrice": prices,
    }
    assert parse.tariff(item) == TariffData("T", "Т", "", True, Decimal("590.00"), Decimal("100.00"))
    assert not parse.tariff({**item, "lifecycleStatus": "Retired"}).is_sellable
    assert parse.is_tariff({"category": [{"name": "tariff"}]})
    assert not parse.is_tariff({"category": [{"name": "device"}]})


def test_a_sim_card() -> None:
    item = {
        "id": "S1",
        "value": "8970112345678901234",
        "resourceStatus": "reserved",
        "resourceCharacteristic": [{"name": "imsi", "value": "250011234567890"}],
    }
    assert parse.sim(item) == SimData("S1", "8970112345678901234", "250011234567890", "in_use")


@pytest.mark.parametrize(
    ("words", "state"),
    [
        (("reserved", "enable", "unlocked"), "in_use"),
        (("available", None, None), "spare"),
        (("suspended", "disable", "locked"), "dead"),
        (("suspended", "enable", "locked"), "in_use"),
        (("suspended", None, None), "in_use"),
        (("standby", None, None), "unknown"),
        ((None, "disable", "locked"), "unknown"),
        (("alarm", None, None), "unknown"),
    ],
)
def test_states_of_sim_cards(words: tuple[str | None, ...], state: str) -> None:
    names = ("resourceStatus", "operationalState", "administrativeState")
    item = {"id": "S1", "value": "8970112345678901234", **dict(zip(names, words, strict=True))}
    assert parse.sim(item).state == state


def test_a_free_number() -> None:
    def item(**characteristics: Any) -> dict[str, Any]:
        values = {"numberClass": "golden", "switchPrice": "15000.00", **characteristics}
        named = [{"name": name, "value": value} for name, value in values.items()]
        return {"id": "N1", "value": "79167777777", "resourceCharacteristic": named}

    assert parse.free_number(item()) == FreeNumber("79167777777", NumberClass.GOLDEN, Decimal("15000.00"))
    for odd in ({"numberClass": "silver"}, {"switchPrice": None}, {"switchPrice": "much"}):
        with pytest.raises(Unfit):
            parse.free_number(item(**odd))
    with pytest.raises(Unfit, match="number"):
        parse.free_number({**item(), "value": "12"})

"""Lines as TM Forum products: what operations keep of a line is shown with it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sandbox import lookup, views
from sandbox.lookup import BY_KIND, defaults_of, shown_of
from sandbox.targets.accounts import ACCOUNTS
from sandbox.targets.lines import LINES
from sandbox.views import product

ROW: dict[str, Any] = {
    "id": 7,
    "organization_id": 1,
    "account_id": 2,
    "tariff_id": "T-START",
    "status": "active",
    "msisdn": "79160000000",
    "iccid": "8970100000202759390",
    "employee_id": None,
    "employee_name": None,
    "block_reason": None,
    "spending_limit": None,
    "spent": "1.00",
    "last_activity": date(2026, 11, 3),
    "start_date": date(2020, 1, 1),
    "last_update": datetime(2026, 11, 3, tzinfo=UTC),
    "planned_tariff_id": None,
    "planned_on": None,
    "sim_id": None,
    "number_id": None,
    "characteristics": None,
}


def shown(**changes: Any) -> dict[str, Any]:
    characteristics = product({**ROW, **changes})["productCharacteristic"]
    return {item["name"]: item["value"] for item in characteristics}


def test_characteristics_of_operations_follow_those_of_every_line() -> None:
    assert list(shown()) == ["msisdn", "iccid", "spentThisMonth", "lastActivity"]
    limit = {"amount": "5.00"}
    planned = {"planned_tariff_id": "T-OPTIMA", "planned_on": date(2026, 12, 1)}
    characteristics = shown(
        block_reason="lost", spending_limit=limit, characteristics={"voicemail": True}, **planned
    )
    assert list(characteristics.items())[4:] == [
        ("blockReason", "lost"),
        ("plannedTariff", {"id": "T-OPTIMA", "from": "2026-12-01"}),
        ("spendingLimit", limit),
        ("voicemail", True),
    ]


def test_a_default_is_shown_until_something_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    voicemail = replace(BY_KIND["setLimit"], kind="setVoicemail", asked_by="voicemail", default="off")
    monkeypatch.setattr(lookup, "OPERATIONS", (voicemail,))
    assert defaults_of(ACCOUNTS) == {}
    monkeypatch.setattr(views, "DEFAULTS", defaults_of(LINES))
    assert shown()["voicemail"] == "off"
    assert shown(characteristics={"voicemail": "on"})["voicemail"] == "on"


def test_an_account_without_a_delivery_address_shows_no_contact() -> None:
    assert [show({"characteristics": None}) for show in shown_of(ACCOUNTS)] == [{}]

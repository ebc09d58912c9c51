"""Where the invoices of an account go is kept as the operator has it, and forgotten with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from sqlalchemy import select

from core.db import unit_of_work
from core.tenancy import company_scope
from hierarchy.models import BillingAccount
from operators.changes import InvoiceDelivery
from operators.port import Source
from operators.records import AccountData, ContractData, Page
from operators.sync import sync_accounts
from tests.fixtures.world import Place, World


@dataclass
class OneAccount:
    """An operator with the account "fine" of the test's world."""

    account: AccountData

    def contracts(self, party_id: str) -> Iterator[Page[ContractData]]:
        yield Page([])

    def accounts(self, party_id: str) -> Iterator[Page[AccountData]]:
        yield Page([self.account])


def _stored(place: Place) -> tuple[str | None, str | None]:
    columns = BillingAccount.delivery_channel, BillingAccount.delivery_address
    with company_scope(place.company_id), unit_of_work() as db:
        row = db.execute(select(*columns).where(BillingAccount.operator_id == "fine")).one()
    return row[0], row[1]


def test_it_comes_changes_and_goes(world: World) -> None:
    place = world.company()
    for delivery in (
        None,
        InvoiceDelivery("email", "accounts@example.org"),
        InvoiceDelivery("paper", "125009, Москва"),
        None,
    ):
        account = AccountData("fine", "fine", "C1", "credit", False, Decimal(0), Decimal(0), delivery)
        source = cast(Source, OneAccount(account))
        sync_accounts(source, place.company_id)
        expected = (delivery.channel, delivery.address) if delivery else (None, None)
        assert _stored(place) == expected
        assert sync_accounts(source, place.company_id).is_quiet

"""Where the invoices of an account go is kept as the operator has it, and forgotten with it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

from sqlalchemy import select

from core.db import unit_of_work
from core.tenancy import company_scope
from hierarchy.models import BillingAccount
from operators.changes import Change, InvoiceDelivery
from operators.port import Accepted, Account, Order, OrderLine, Outcome, Product, Source
from operators.records import AccountData, ContractData, Page
from operators.sync import sync_accounts
from operators.tmf.reading import TmfSource
from tests.fixtures.world import Place, World
from tests.integration.operators.conftest import Operator


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


def _accounts(source: TmfSource, party: str) -> dict[str, InvoiceDelivery | None]:
    return {account.id: account.delivery for page in source.accounts(party) for account in page.records}


def _settled(operator: Operator, order: Order) -> list[tuple[str, str]]:
    """Each item's outcome and reason, once all have one."""
    gateway = operator.gateway()
    assert isinstance(gateway.place(order), Accepted)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        answer = gateway.find(order.key)
        if isinstance(answer, Accepted) and all(line.outcome != Outcome.OPEN for line in answer.lines):
            return [(line.outcome.value, line.reason) for line in answer.lines]
        time.sleep(0.05)
    raise AssertionError("the order does not end")


def test_an_order_changes_it_beside_a_line(operator: Operator, source: TmfSource) -> None:
    party = next(iter(source.parties())).records[0].id
    account, before = next(iter(_accounts(source, party).items()))
    line = next(line for page in source.lines(party) for line in page.records if line.state == "active")
    there = InvoiceDelivery("email", "accounts@example.org")
    assert before != there
    order = Order(
        "mixed",
        party,
        "mixed",
        [
            OrderLine("mixed-0", Account(account), Change(delivery=there)),
            OrderLine("mixed-1", Account(account), Change(delivery=there)),
            OrderLine("mixed-2", Account("A9999999999"), Change(delivery=there)),
            OrderLine("mixed-3", Account(account), Change(delivery=InvoiceDelivery("email", "nobody"))),
            OrderLine("mixed-4", Product(line.id), Change(state="blocked", block_reason="lost")),
        ],
    )
    assert _settled(operator, order) == [
        ("done", ""),
        ("refused", "same_delivery"),
        ("refused", "unknown_account"),
        ("refused", "delivery_address_unfit"),
        ("done", ""),
    ]
    assert _accounts(source, party)[account] == there

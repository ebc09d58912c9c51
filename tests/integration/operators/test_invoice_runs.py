"""A run on billing accounts against the stand-in operator: what it then says of the accounts is what we keep."""

from __future__ import annotations

import time
from pathlib import Path

from sqlalchemy import select, update

from core.db import unit_of_work
from core.tenancy import all_companies, company_scope
from hierarchy.models import BillingAccount, Company
from operators.sync import sync_accounts
from operators.tmf.reading import TmfSource
from runs import previews, submission
from runs.engine import runner
from runs.models import Run, RunItem
from runs.selection import Ids
from tests.fixtures.parts import RememberingQueue, make_parts, make_settings
from tests.fixtures.world import Place, World
from tests.integration.operators.conftest import Operator

THERE = {"channel": "paper", "paper": "125009, Москва, Тверская, 1"}


def accounts_of(place: Place) -> dict[int, tuple[str | None, str | None]]:
    columns = BillingAccount.id, BillingAccount.delivery_channel, BillingAccount.delivery_address
    with company_scope(place.company_id), unit_of_work() as session:
        return {key: (channel, address) for key, channel, address in session.execute(select(*columns))}


def test_a_run_changes_where_invoices_go(
    operator: Operator, source: TmfSource, world: World, tmp_path: Path
) -> None:
    place = world.company()
    party = next(iter(source.parties())).records[0].id
    with (
        all_companies(reason="a test gives its company a party of the operator's"),
        unit_of_work() as session,
    ):
        session.execute(update(Company).where(Company.id == place.company_id).values(party_id=party))
    unknown = place.accounts["fine"]
    sync_accounts(source, place.company_id)
    known = max(accounts_of(place))
    assert known not in place.accounts.values()
    parts = make_parts(make_settings(tmp_path), RememberingQueue(), operator.gateway())
    actor = place.actor(world.person(place))
    with company_scope(place.company_id), unit_of_work() as session:
        chosen = Ids((known, unknown))
        run = previews.create_preview(session, actor, parts, "set_invoice_delivery", THERE, chosen)
        submission.submit(session, actor, parts, run.id)
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        runner.work_on(parts, place.company_id, run.id, "test-worker")
        with company_scope(place.company_id), unit_of_work() as session:
            ended = session.get_one(Run, (place.company_id, run.id), populate_existing=True)
            items = {row.target_id: row.reason for row in session.scalars(select(RunItem))}
        if ended.finished_at is not None:
            break
        time.sleep(0.2)
    assert (ended.done, ended.refused) == (1, 1), items
    assert items == {known: None, unknown: "unknown_account"}
    expected = accounts_of(place)
    assert expected[known] == ("paper", "125009, Москва, Тверская, 1")
    sync_accounts(source, place.company_id)
    assert accounts_of(place) == expected

"""Operations on billing accounts: previewed, ordered and recorded by the same engine that works on lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from core import db
from core.errors import InvalidInput, NotAllowed, NotFound
from core.journal.entries import JournalEntry
from core.tenancy import company_scope
from hierarchy.models import BillingAccount
from lines.bulk.items import item_lines, refused_lines, result_rows
from operators.changes import InvoiceDelivery
from operators.port import Account, LineOutcome, Outcome
from runs import control, refusals
from runs.models import Run, RunItem
from tests.fixtures.operator import RecordingOperator
from tests.fixtures.parts import RememberingQueue, make_parts, make_settings
from tests.fixtures.world import World
from tests.integration.runs.conftest import RunHarness

CODE = "set_invoice_delivery"
BY_EMAIL: dict[str, object] = {"channel": "email", "email": "accounts@example.org"}
THERE = ("email", "accounts@example.org")


def accounts(harness: RunHarness, *names: str) -> dict[str, object]:
    """The selection of these accounts of the harness's company."""
    return {"kind": "ids", "ids": [harness.place.accounts[name] for name in names or ("fine", "debt")]}


def stored(harness: RunHarness) -> dict[str, tuple[str | None, str | None]]:
    columns = BillingAccount.number, BillingAccount.delivery_channel, BillingAccount.delivery_address
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        return {number: (channel, address) for number, channel, address in session.execute(select(*columns))}


def outcomes(harness: RunHarness, run: Run) -> list[tuple[int, str, str | None]]:
    columns = RunItem.target_id, RunItem.state, RunItem.reason
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        rows = session.execute(select(*columns).where(RunItem.run_id == run.id).order_by(RunItem.no))
        return [(target, state, reason) for target, state, reason in rows]


def test_a_run_is_ordered_and_recorded(harness: RunHarness) -> None:
    run = harness.preview(CODE, BY_EMAIL, **accounts(harness))
    assert (run.target, run.preview["allowed"], run.preview["refused"]) == ("account", 2, {})
    harness.work(harness.submit(run))
    (order,) = harness.operator.orders.values()
    assert [line.target for line in order.lines] == [Account("debt"), Account("fine")]
    assert {line.change.delivery for line in order.lines} == {InvoiceDelivery(*THERE)}
    assert stored(harness) == {"fine": THERE, "debt": THERE}
    ended = harness.run(run)
    assert (ended.state, ended.done) == ("finished", 2)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        entries = session.scalars(select(JournalEntry).where(JournalEntry.object_kind == "account")).all()
        assert {(entry.action, entry.label, entry.run_id) for entry in entries} == {
            (f"account.{CODE}", "fine", run.id),
            (f"account.{CODE}", "debt", run.id),
        }
        assert all(entry.before == {"delivery_channel": None, "delivery_address": None} for entry in entries)
        target, actor = harness.parts.targets["account"], harness.place.actor(harness.user)
        items = item_lines(session, actor, target, ended, None)
        assert [(item.title, item.user, item.state) for item in items] == [
            ("debt", "", "done"),
            ("fine", "", "done"),
        ]
        assert all(
            row.after and THERE[1] in row.after for row in result_rows(session, actor, target, ended, None)
        )


def test_what_already_is_so_is_refused_and_told_one_by_one(harness: RunHarness) -> None:
    harness.work(harness.start(CODE, BY_EMAIL, **accounts(harness, "fine")))
    run = harness.preview(CODE, BY_EMAIL, **accounts(harness))
    assert (run.preview["allowed"], run.preview["refused"]) == (1, {"same_delivery": 1})
    actor = harness.place.actor(harness.user)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        (refused,) = refused_lines(session, actor, harness.parts, run, reason="same_delivery", after=0)
        assert (refused.id, refused.title) == (harness.place.accounts["fine"], "fine")


def test_one_that_waits_in_another_run_is_busy_and_a_line_of_the_same_id_is_not(harness: RunHarness) -> None:
    harness.start(CODE, BY_EMAIL, **accounts(harness, "fine"))
    again = harness.preview(CODE, {"channel": "edo", "edo": "2BM-1"}, **accounts(harness))
    assert again.preview["refused"] == {refusals.BUSY: 1}
    assert harness.preview("block").preview["allowed"] == len(harness.place.line_ids)


def test_what_failed_is_tried_again(harness: RunHarness) -> None:
    harness.operator.outcome = lambda item: (
        LineOutcome(item, Outcome.FAILED, "technical")
        if item.endswith("-1")
        else LineOutcome(item, Outcome.REFUSED, "account_closed")
    )
    run = harness.start(CODE, BY_EMAIL, **accounts(harness))
    harness.work(run)
    first, second = harness.place.accounts["debt"], harness.place.accounts["fine"]
    assert outcomes(harness, run) == [(first, "failed", "technical"), (second, "refused", "account_closed")]
    assert stored(harness)["fine"] == (None, None)
    harness.operator.outcome = lambda item: LineOutcome(item, Outcome.DONE)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        again = control.retry_failed(session, harness.place.actor(harness.user), harness.parts, run.id)
    assert (again.target, again.preview["total"]) == ("account", 1)
    harness.work(harness.submit(again))
    assert stored(harness)["debt"] == THERE


def test_what_failed_of_another_kind_is_not_chosen(harness: RunHarness) -> None:
    run = harness.start(CODE, BY_EMAIL, **accounts(harness))
    with pytest.raises(NotFound):
        harness.preview("block", kind="failed_of", run=run.id)
    with pytest.raises(NotFound):
        harness.preview(CODE, BY_EMAIL, kind="failed_of", run=harness.start().id)


def test_all_accounts_are_chosen_without_a_filter_only(harness: RunHarness) -> None:
    assert harness.preview(CODE, BY_EMAIL, kind="filter", query="", all=True).preview["allowed"] == 2
    for selection in (
        {"kind": "filter", "query": "state=active", "all": True},
        {"kind": "department", "department": harness.place.root_id},
    ):
        with pytest.raises(InvalidInput):
            harness.preview(CODE, BY_EMAIL, **selection)


def test_whoever_may_not_see_an_account_does_not_reach_it(harness: RunHarness) -> None:
    harness.user = harness.world.person(harness.place, "accountant")
    with pytest.raises(NotAllowed):
        harness.preview(CODE, BY_EMAIL, **accounts(harness))
    harness.world.lines(harness.place, 1, department="south", account="debt")
    harness.user = harness.world.person(harness.place, at="south")
    run = harness.preview(CODE, BY_EMAIL, **accounts(harness))
    # Seen by the line that is charged to it; lines of other departments are, too: only the whole company decides.
    assert (run.preview["allowed"], run.preview["refused"], run.preview["missing"]) == (0, {"no_right": 1}, 1)


def test_a_right_lost_meanwhile_stops_what_was_not_sent(harness: RunHarness) -> None:
    run = harness.start(CODE, BY_EMAIL, **accounts(harness))
    harness.world.drop_grants(harness.place, harness.user)
    harness.work(run)
    assert [(state, reason) for _, state, reason in outcomes(harness, run)] == [("refused", "no_right")] * 2
    assert not harness.operator.orders


def test_accounts_of_another_company_are_out_of_reach(
    harness: RunHarness, tmp_path: Path, world: World
) -> None:
    foreign = world.company("ООО «Лютик»")
    ids = list(foreign.accounts.values())
    run = harness.preview(CODE, BY_EMAIL, kind="ids", ids=ids)
    assert (run.preview["total"], run.preview["missing"]) == (0, 2)
    parts = make_parts(make_settings(tmp_path), RememberingQueue(), RecordingOperator())
    there = RunHarness(parts, harness.operator, harness.queue, world, foreign, world.person(foreign))
    with pytest.raises(NotFound):
        there.submit(run)

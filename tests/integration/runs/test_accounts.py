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
from tests.integration.runs.conftest import Desk

CODE = "set_invoice_delivery"
BY_EMAIL: dict[str, object] = {"channel": "email", "email": "accounts@example.org"}
THERE = ("email", "accounts@example.org")


def accounts(desk: Desk, *names: str) -> dict[str, object]:
    """The selection of these accounts of the desk's company."""
    return {"kind": "ids", "ids": [desk.place.accounts[name] for name in names or ("fine", "debt")]}


def stored(desk: Desk) -> dict[str, tuple[str | None, str | None]]:
    columns = BillingAccount.number, BillingAccount.delivery_channel, BillingAccount.delivery_address
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        return {number: (channel, address) for number, channel, address in session.execute(select(*columns))}


def outcomes(desk: Desk, run: Run) -> list[tuple[int, str, str | None]]:
    columns = RunItem.target_id, RunItem.state, RunItem.reason
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        found = session.execute(select(*columns).where(RunItem.run_id == run.id).order_by(RunItem.no))
        return [(target, state, reason) for target, state, reason in found]


def test_a_run_is_ordered_and_recorded(desk: Desk) -> None:
    run = desk.preview(CODE, BY_EMAIL, **accounts(desk))
    assert (run.target, run.preview["allowed"], run.preview["refused"]) == ("account", 2, {})
    desk.work(desk.submit(run))
    (order,) = desk.operator.orders.values()
    assert [line.target for line in order.lines] == [Account("debt"), Account("fine")]
    assert {line.change.delivery for line in order.lines} == {InvoiceDelivery(*THERE)}
    assert stored(desk) == {"fine": THERE, "debt": THERE}
    ended = desk.run(run)
    assert (ended.state, ended.done) == ("finished", 2)
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        entries = session.scalars(select(JournalEntry).where(JournalEntry.object_kind == "account")).all()
        assert {(entry.action, entry.label, entry.run_id) for entry in entries} == {
            (f"account.{CODE}", "fine", run.id),
            (f"account.{CODE}", "debt", run.id),
        }
        assert all(entry.before == {"delivery_channel": None, "delivery_address": None} for entry in entries)
        target, actor = desk.parts.targets["account"], desk.place.actor(desk.user)
        items = item_lines(session, actor, target, ended, None)
        assert [(item.title, item.user, item.state) for item in items] == [
            ("debt", "", "done"),
            ("fine", "", "done"),
        ]
        assert all(
            row.after and THERE[1] in row.after for row in result_rows(session, actor, target, ended, None)
        )


def test_what_already_is_so_is_refused_and_told_one_by_one(desk: Desk) -> None:
    desk.work(desk.start(CODE, BY_EMAIL, **accounts(desk, "fine")))
    run = desk.preview(CODE, BY_EMAIL, **accounts(desk))
    assert (run.preview["allowed"], run.preview["refused"]) == (1, {"same_delivery": 1})
    actor = desk.place.actor(desk.user)
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        (refused,) = refused_lines(session, actor, desk.parts, run, reason="same_delivery", after=0)
        assert (refused.id, refused.title) == (desk.place.accounts["fine"], "fine")


def test_one_that_waits_in_another_run_is_busy_and_a_line_of_the_same_id_is_not(desk: Desk) -> None:
    desk.start(CODE, BY_EMAIL, **accounts(desk, "fine"))
    again = desk.preview(CODE, {"channel": "edo", "edo": "2BM-1"}, **accounts(desk))
    assert again.preview["refused"] == {refusals.BUSY: 1}
    assert desk.preview("block").preview["allowed"] == len(desk.place.line_ids)


def test_what_failed_is_tried_again(desk: Desk) -> None:
    desk.operator.outcome = lambda item: (
        LineOutcome(item, Outcome.FAILED, "technical")
        if item.endswith("-1")
        else LineOutcome(item, Outcome.REFUSED, "account_closed")
    )
    run = desk.start(CODE, BY_EMAIL, **accounts(desk))
    desk.work(run)
    first, second = desk.place.accounts["debt"], desk.place.accounts["fine"]
    assert outcomes(desk, run) == [(first, "failed", "technical"), (second, "refused", "account_closed")]
    assert stored(desk)["fine"] == (None, None)
    desk.operator.outcome = lambda item: LineOutcome(item, Outcome.DONE)
    with company_scope(desk.place.company_id), db.unit_of_work() as session:
        again = control.retry_failed(session, desk.place.actor(desk.user), desk.parts, run.id)
    assert (again.target, again.preview["total"]) == ("account", 1)
    desk.work(desk.submit(again))
    assert stored(desk)["debt"] == THERE


def test_what_failed_of_another_kind_is_not_chosen(desk: Desk) -> None:
    run = desk.start(CODE, BY_EMAIL, **accounts(desk))
    with pytest.raises(NotFound):
        desk.preview("block", kind="failed_of", run=run.id)
    with pytest.raises(NotFound):
        desk.preview(CODE, BY_EMAIL, kind="failed_of", run=desk.start().id)


def test_all_accounts_are_chosen_without_a_filter_only(desk: Desk) -> None:
    assert desk.preview(CODE, BY_EMAIL, kind="filter", query="", all=True).preview["allowed"] == 2
    for selection in (
        {"kind": "filter", "query": "state=active", "all": True},
        {"kind": "department", "department": desk.place.root_id},
    ):
        with pytest.raises(InvalidInput):
            desk.preview(CODE, BY_EMAIL, **selection)


def test_whoever_may_not_see_an_account_does_not_reach_it(desk: Desk) -> None:
    desk.user = desk.world.person(desk.place, "accountant")
    with pytest.raises(NotAllowed):
        desk.preview(CODE, BY_EMAIL, **accounts(desk))
    desk.world.lines(desk.place, 1, department="south", account="debt")
    desk.user = desk.world.person(desk.place, at="south")
    run = desk.preview(CODE, BY_EMAIL, **accounts(desk))
    # Seen by the line that is charged to it; lines of other departments are, too: only the whole company decides.
    assert (run.preview["allowed"], run.preview["refused"], run.preview["missing"]) == (0, {"no_right": 1}, 1)


def test_a_right_lost_meanwhile_stops_what_was_not_sent(desk: Desk) -> None:
    run = desk.start(CODE, BY_EMAIL, **accounts(desk))
    desk.world.drop_grants(desk.place, desk.user)
    desk.work(run)
    assert [(state, reason) for _, state, reason in outcomes(desk, run)] == [("refused", "no_right")] * 2
    assert not desk.operator.orders


def test_accounts_of_another_company_are_out_of_reach(desk: Desk, tmp_path: Path, world: World) -> None:
    foreign = world.company("ООО «Лютик»")
    ids = list(foreign.accounts.values())
    run = desk.preview(CODE, BY_EMAIL, kind="ids", ids=ids)
    assert (run.preview["total"], run.preview["missing"]) == (0, 2)
    parts = make_parts(make_settings(tmp_path), RememberingQueue(), RecordingOperator())
    there = Desk(parts, desk.operator, desk.queue, world, foreign, world.person(foreign))
    with pytest.raises(NotFound):
        there.submit(run)

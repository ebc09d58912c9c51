"""Runs in which each line gets something for itself: SIM cards, given by line, by list, by an earlier run."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook
from sqlalchemy import select

from core import clock, db
from core.errors import InvalidInput, NotFound
from core.journal import entries as journal
from core.tenancy import all_companies, company_scope
from hierarchy.models import Company
from lines.bulk.target import LineTarget
from lines.models import Line, SimCard, SimState
from lines.numbers import luhn_check_digit
from lines.operations.change_number import NEW_NUMBER
from lines.uploads import service as uploads
from operators.models import PoolNumber
from operators.pool_sync import PART, STREAM, WHOLE
from operators.port import LineOutcome, Outcome
from operators.states import note_done
from runs import control
from runs.models import ItemState, Run, RunItem, RunValue
from tests.fixtures.world import World
from tests.integration.runs.conftest import RunHarness


def card(number: int) -> str:
    """A SIM card number with a right check digit."""
    body = f"897010177{number:09d}"
    return body + luhn_check_digit(body)


def mistyped(iccid: str) -> str:
    return iccid[:-1] + str((int(iccid[-1]) + 1) % 10)


def stock(harness: RunHarness, *cards: str, state: str = SimState.SPARE) -> None:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        for iccid in cards:
            row = SimCard(
                company_id=harness.place.company_id, operator_id=f"S{iccid}", iccid=iccid, state=state
            )
            session.add(row)


def replace(harness: RunHarness, cards: dict[int, str], ids: list[int] | None = None) -> Run:
    values = {str(line): iccid for line, iccid in cards.items()}
    return harness.preview("replace_sim", {"values": values}, kind="ids", ids=ids or list(cards))


def test_each_line_gets_its_own_card(harness: RunHarness) -> None:
    ids, cards = harness.place.line_ids[:12], [card(number) for number in range(12)]
    stock(harness, *cards)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        old = dict(session.execute(select(Line.id, Line.iccid).where(Line.id.in_(ids))).all())
    stock(harness, old[ids[0]], state=SimState.IN_USE)
    run = harness.submit(replace(harness, dict(zip(ids, cards, strict=True))))
    assert (run.total, run.pending) == (12, 12)
    harness.work(run)
    assert harness.run(run).done == 12
    ordered = {
        line.target.id: dict(line.change.attributes())
        for order in harness.operator.orders.values()
        for line in order.lines
    }
    assert len(ordered) == 12
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        lines = session.scalars(select(Line).where(Line.id.in_(ids)).order_by(Line.id)).all()
        assert [line.iccid for line in lines] == cards
        assert [ordered[line.operator_id] for line in lines] == [{"iccid": iccid} for iccid in cards]
        assert set(session.scalars(select(Line.iccid).where(Line.id.not_in(ids)))).isdisjoint(cards)
        states = dict(session.execute(select(SimCard.iccid, SimCard.state)).all())
        assert states == {**dict.fromkeys(cards, "in_use"), old[ids[0]]: "dead"}
        entry = session.scalars(
            select(journal.JournalEntry).where(
                journal.JournalEntry.action == "line.replace_sim", journal.JournalEntry.object_id == ids[3]
            )
        ).one()
        assert (entry.before, entry.after) == ({"iccid": old[ids[3]]}, {"iccid": cards[3]})
        assert journal.verify(session, harness.place.company_id) == []


def test_the_preview_says_what_is_wrong_with_which_card(harness: RunHarness, world: World) -> None:
    ids = harness.place.line_ids
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        present = session.get_one(Line, (harness.place.company_id, ids[3]))
        taken = session.get_one(Line, (harness.place.company_id, ids[20]))
        present.iccid, taken.iccid = card(100), card(101)
    stock(harness, card(1), card(2), card(100), card(101))
    stock(harness, card(9), state=SimState.DEAD)
    gone = world.lines(harness.place, 1, state="terminated")
    given = {
        ids[0]: card(1),
        ids[1]: card(2),
        ids[2]: card(2),
        ids[3]: card(100),
        ids[4]: card(101),
        ids[5]: card(9),
        ids[6]: card(77),
        gone[0]: card(3),
    }
    run = replace(harness, given, [*given, ids[7]])
    assert run.preview["allowed"] == 1
    assert run.preview["refused"] == {
        "terminated": 1,
        "no_value": 1,
        "value_twice": 2,
        "same_sim": 1,
        "sim_used": 1,
        "sim_not_available": 2,
    }
    run = harness.submit(run)
    harness.work(run)
    assert (harness.run(run).done, harness.run(run).refused) == (1, 8)
    assert sum(harness.operator.ordered.values()) == 1


def test_a_mistyped_card_is_said_at_its_line(harness: RunHarness) -> None:
    first, second = harness.place.line_ids[:2]
    with pytest.raises(InvalidInput) as problem:
        replace(harness, {first: "8970 1234", second: card(5)[:-1] + "x"})
    assert set(problem.value.fields) == {f"values.{first}", f"values.{second}"}
    wrong: tuple[object, ...] = (
        [],
        "x",
        {"": card(1)},
        {"-1": card(1)},
        {"9" * 5000: card(1)},
        {"²": card(1)},
    )
    for odd in wrong:
        with pytest.raises(InvalidInput) as problem:
            harness.preview("replace_sim", {"values": odd}) if odd else harness.preview(
                "replace_sim", {"values": 1}
            )
        assert "values" in problem.value.fields


def test_cards_from_the_second_column_of_a_list(harness: RunHarness, tmp_path: Path) -> None:
    ids, cards = harness.place.line_ids[:4], [card(number) for number in range(4)]
    stock(harness, *cards)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        lines = [session.get_one(Line, (harness.place.company_id, key)) for key in ids]
        numbers = [(line.msisdn, line.iccid) for line in lines]
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Номер", "Сотрудник", "SIM-карта", "Новая SIM-карта"])
    written = [cards[0], mistyped(cards[1]), None, cards[3]]
    for (msisdn, present), new in zip(numbers, written, strict=True):
        sheet.append([f"+{msisdn}", "Иванова Анна", present, new])
    book.save(tmp_path / "cards.xlsx")
    actor = harness.place.actor(harness.user)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        upload = uploads.save_upload(session, actor, harness.parts, tmp_path / "cards.xlsx", "cards.xlsx")
        assert (upload.matches, upload.problems) == (4, 0)
    run = harness.preview("replace_sim", kind="upload", upload=upload.id)
    assert run.preview["refused"] == {"value_wrong": 1, "no_value": 1}
    run = harness.submit(run)
    harness.work(run)
    assert harness.run(run).done == 2
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        assert session.get_one(Line, (harness.place.company_id, ids[3])).iccid == cards[3]


def test_the_failed_are_retried_with_their_cards(harness: RunHarness) -> None:
    ids, cards = harness.place.line_ids[:2], [card(1), card(2)]
    stock(harness, *cards)
    harness.operator.outcome = lambda item: LineOutcome(item, Outcome.FAILED, "technical")
    run = harness.submit(replace(harness, dict(zip(ids, cards, strict=True))))
    harness.work(run)
    assert harness.run(run).failed == 2
    harness.operator.outcome = lambda item: LineOutcome(item, Outcome.DONE)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        again = control.retry_failed(session, harness.place.actor(harness.user), harness.parts, run.id)
    assert again.preview["allowed"] == 2
    harness.work(harness.submit(again))
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        assert set(session.scalars(select(Line.iccid).where(Line.id.in_(ids)))) == set(cards)


def test_values_of_a_strange_run_are_not_taken_over(harness: RunHarness) -> None:
    other = harness.preview()
    for strange in (other.id, 10**6, "x"):
        with pytest.raises(NotFound):
            harness.preview("replace_sim", {"values_of": strange})


def test_a_card_that_is_gone_when_it_is_the_line_s_turn(harness: RunHarness) -> None:
    ids = harness.place.line_ids[:2]
    stock(harness, card(1), card(2))
    run = harness.submit(replace(harness, {ids[0]: card(1), ids[1]: card(2)}))
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        sold = session.scalars(select(SimCard).where(SimCard.iccid == card(2))).one()
        sold.state = SimState.DEAD
    harness.work(run)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        items = session.execute(
            select(RunItem.target_id, RunItem.state, RunItem.reason).where(RunItem.run_id == run.id)
        )
        assert {row[0]: (row[1], row[2]) for row in items} == {
            ids[0]: (ItemState.DONE, None),
            ids[1]: (ItemState.REFUSED, "sim_not_available"),
        }


def pool(*numbers: tuple[str, Decimal, str | None], known: str = WHOLE) -> None:
    note_done(STREAM, known)
    with all_companies(reason="the pool is the operator's"), db.unit_of_work() as session:
        for msisdn, price, party in numbers:
            row = PoolNumber(
                msisdn=msisdn, number_class="ordinary", price=price, party_id=party, seen_at=clock.now()
            )
            session.add(row)


def renumber(harness: RunHarness, numbers: dict[int, str]) -> Run:
    values = {str(line): msisdn for line, msisdn in numbers.items()}
    return harness.preview("change_number", {"values": values}, kind="ids", ids=list(numbers))


def test_lines_get_free_numbers_and_the_price_is_said(harness: RunHarness) -> None:
    first, second, third, fourth, fifth = harness.place.line_ids[:5]
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        party = session.get_one(Company, harness.place.company_id).party_id
        taken = session.get_one(Line, (harness.place.company_id, harness.place.line_ids[9])).msisdn
        before = session.get_one(Line, (harness.place.company_id, first)).msisdn
    pool(
        ("79990000001", Decimal(0), None),
        ("79990000002", Decimal("1500.00"), None),
        ("79990000003", Decimal(0), party),
        ("79990000004", Decimal(0), "somebody else"),
    )
    given = {
        first: "+7 999 000-00-01",
        second: "8(999)0000002",
        third: "79990000003",
        fourth: "79990000004",
        fifth: taken,
    }
    run = renumber(harness, given)
    assert run.preview["refused"] == {"number_not_available": 1, "number_used": 1}
    assert (run.preview["allowed"], run.preview["price_once"]) == (3, "1500.00")
    harness.work(harness.submit(run))
    assert harness.run(run).done == 3
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        lines = session.scalars(select(Line).where(Line.id.in_([first, second, third])).order_by(Line.id))
        assert [line.msisdn for line in lines] == ["79990000001", "79990000002", "79990000003"]
        entry = session.scalars(
            select(journal.JournalEntry).where(
                journal.JournalEntry.action == "line.change_number", journal.JournalEntry.object_id == first
            )
        ).one()
    assert (entry.before, entry.after) == ({"msisdn": before}, {"msisdn": "79990000001"})
    assert entry.label == before


def test_a_number_passed_on_within_one_run(harness: RunHarness) -> None:
    """The operator may have given one line's number to the next: a unique index must not be in the way."""
    first, second = harness.place.line_ids[:2]
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        own = session.get_one(Line, (harness.place.company_id, second)).msisdn
        run = Run(
            company_id=harness.place.company_id,
            operation="change_number",
            params={},
            selection={"kind": "ids", "ids": [first, second]},
            state="running",
            idempotency_key="passed on",
            created_at=clock.now(),
        )
        session.add(run)
        session.flush()
        values = {first: own, second: "79990000009"}
        for line_id, msisdn in values.items():
            row = RunValue(company_id=run.company_id, run_id=run.id, target_id=line_id, value=msisdn)
            session.add(row)
        session.flush()
        effect = {"msisdn": RunValue.value}
        changes = LineTarget().apply(session, run.company_id, run.id, list(values), effect, NEW_NUMBER)
        assert {row[0]: row[3]["msisdn"] for row in changes} == values
        assert {row[0]: row[2]["msisdn"] for row in changes}[second] == own


def test_a_number_given_up_may_come_back_at_once(harness: RunHarness, world: World) -> None:
    first, second = harness.place.line_ids[:2]
    (gone,) = world.lines(harness.place, 1, state="terminated")
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        before = session.get_one(Line, (harness.place.company_id, first)).msisdn
        cancelled = session.get_one(Line, (harness.place.company_id, gone)).msisdn
        party = session.get_one(Company, harness.place.company_id).party_id
    pool(("79990000001", Decimal(0), None), (cancelled, Decimal(0), party))
    # Also the number of a line that has ended, which it still carries.
    harness.work(harness.submit(renumber(harness, {first: "79990000001", second: cancelled})))
    back = renumber(harness, {first: before})
    assert (back.preview["allowed"], back.preview["price_once"]) == (1, "0")
    harness.work(harness.submit(back))
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        msisdns = session.scalars(select(Line.msisdn).where(Line.id.in_([first, second])).order_by(Line.id))
        assert list(msisdns) == [before, cancelled]


def test_of_a_pool_known_in_part_the_operator_decides(harness: RunHarness) -> None:
    pool(("79990000004", Decimal(0), "somebody else"), known=PART)
    given = {harness.place.line_ids[0]: "79990000009", harness.place.line_ids[1]: "79990000004"}
    run = renumber(harness, given)
    assert (run.preview["allowed"], run.preview["refused"]) == (1, {"number_not_available": 1})


def test_emptied_fields_do_not_bring_the_earlier_cards_back(harness: RunHarness) -> None:
    line = harness.place.line_ids[0]
    stock(harness, card(1))
    harness.operator.outcome = lambda item: LineOutcome(item, Outcome.FAILED, "technical")
    run = harness.submit(replace(harness, {line: card(1)}))
    harness.work(run)
    again = harness.preview("replace_sim", {"values": {str(line): ""}}, kind="failed_of", run=run.id)
    assert again.preview["refused"] == {"no_value": 1}
    kept = harness.preview("replace_sim", kind="failed_of", run=run.id)
    assert kept.preview["allowed"] == 1

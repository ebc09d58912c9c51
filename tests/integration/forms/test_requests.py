"""The way of a request: numbered and assigned at once, worked at the desk, carried out, told to both sides."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session
from time_machine import travel

from core import db
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.journal import entries as journal
from core.money import Money
from core.tenancy import all_companies, companies_scope, company_scope
from forms.documents.types import get_type
from forms.requests import content, desk, execution, jobs, service, submission
from forms.requests.execution import LineOutcome
from forms.requests.models import Request, RequestState
from notices.models import Notice, OutboxMail
from operators.models import Tariff
from rbac.actor import Actor, Granted
from runs import previews
from runs.engine import sweeper
from runs.models import ItemState
from runs.selection import MOST_IDS, parse
from tests.integration.forms.conftest import TARIFF, Office, card, hire, said


def test_a_request_gets_number_person_and_deadline_at_once(office: Office) -> None:
    with travel(datetime(2026, 11, 20, 9, 30, tzinfo=UTC), tick=False):  # a Friday, 12:30 in Moscow
        request = office.request(office.submitted())
    assert request.number is not None
    assert request.number.startswith("З-2026-")
    assert len(request.number.split("-")[2]) == 6
    assert request.assignee_name == "manager"
    assert request.deadline_at == datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    assert request.state == RequestState.SUBMITTED


def test_the_least_loaded_manager_gets_the_next(office: Office) -> None:
    names = [office.request(office.submitted()).assignee_name for _ in range(4)]
    assert names == ["manager", "other", "manager", "other"]


def test_without_a_manager_it_goes_to_the_administrator(office: Office) -> None:
    office.sql("DELETE FROM portfolio_entries")
    assert office.request(office.submitted()).assignee_name == "boss"


def test_the_clock_pauses_while_the_customer_is_asked(office: Office) -> None:
    with travel(datetime(2026, 11, 23, 7, 0, tzinfo=UTC), tick=False):  # Monday, 10:00 in Moscow
        request_id = office.submitted()
        office.move(request_id, "take")
    with travel(datetime(2026, 11, 23, 9, 0, tzinfo=UTC), tick=False):
        office.move(request_id, "ask", "Какой тариф?")
    with travel(datetime(2026, 11, 26, 9, 0, tzinfo=UTC), tick=False):
        office.move(request_id, "answer", "Вот этот")
    request = office.request(request_id)
    assert request.deadline_at == datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
    assert request.paused_minutes == 3 * 540


def test_of_two_managers_one_takes_and_the_other_is_told_who(office: Office) -> None:
    request_id = office.submitted()

    def take(user_id: int) -> str:
        try:
            office.move(request_id, "take", user_id=user_id)
        except Conflict as problem:
            return f"{problem.code} {problem.params['name']}"
        return "won"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(take, (office.manager, office.other)))
    winner = office.request(request_id).assignee_name
    assert answers == [f"taken {winner}", "won"]


def test_nothing_closes_without_a_text(office: Office) -> None:
    request_id = office.submitted()
    office.move(request_id, "take")
    for name in ("resolve", "refuse", "ask"):
        with pytest.raises(InvalidInput):
            office.move(request_id, name, "  ")
    with pytest.raises(InvalidInput):
        office.move(request_id, "withdraw")
    assert office.request(request_id).state == RequestState.TAKEN


def test_what_another_manager_holds_is_passed_not_snatched(office: Office) -> None:
    request_id = office.submitted()
    office.move(request_id, "take")
    with pytest.raises(Conflict) as caught:
        office.move(request_id, "refuse", "Нет", user_id=office.other)
    assert caught.value.params["name"] == "manager"

    office.as_manager(
        lambda session, actor: desk.pass_on(
            session,
            actor,
            office.parts,
            desk.get_request(session, request_id).request,
            office.other,
            "Отпуск",
        )
    )
    assert office.request(request_id).assignee_name == "other"
    office.move(request_id, "refuse", "Нет документов", user_id=office.other)
    assert office.request(request_id).state == RequestState.REFUSED


def test_it_is_passed_only_to_who_looks_after_the_company(office: Office) -> None:
    request_id, stranger = office.submitted(), hire("stranger", "operator_manager")
    with pytest.raises(InvalidInput):
        office.as_manager(
            lambda session, actor: desk.pass_on(
                session, actor, office.parts, desk.get_request(session, request_id).request, stranger, "Вам"
            )
        )


def test_the_portfolio_is_a_wall(office: Office) -> None:
    request_id, stranger = office.submitted(), hire("stranger", "operator_manager")
    with pytest.raises(NotFound):
        office.move(request_id, "take", user_id=stranger)
    assert office.as_manager(lambda s, a: desk.queue(s, a, "all"), stranger) == []
    assert len(office.as_manager(lambda s, a: desk.queue(s, a, "all"), office.other)) == 1
    with (
        pytest.raises(NotAllowed),
        companies_scope(()),
        db.unit_of_work() as session,
        desk.portfolio(session, office.customer()),
    ):
        raise AssertionError("a customer got in")


def test_colleagues_do_not_see_each_others_drafts(office: Office) -> None:
    draft, colleague = office.draft(), office.world.person(office.place)
    actor = office.place.actor(colleague)
    with company_scope(office.place.company_id), db.unit_of_work() as session, pytest.raises(NotFound):
        service.get_request(session, actor, draft)


def test_the_queue_is_ordered_by_deadline_and_paged(office: Office) -> None:
    ids = [office.submitted("tariff_and_services") for _ in range(3)]
    office.sql("UPDATE requests SET deadline_at = deadline_at - id * interval '1 hour'")
    first = office.as_manager(lambda s, a: desk.queue(s, a, "all", limit=2))
    assert [row.request.id for row in first] == [ids[2], ids[1]]
    last = first[-1].request
    place = desk.Place(last.deadline_at, last.id)
    assert [
        row.request.id for row in office.as_manager(lambda s, a: desk.queue(s, a, "all", after=place))
    ] == ids[:1]
    number = str(last.number)
    assert [
        row.request.id for row in office.as_manager(lambda s, a: desk.queue(s, a, "all", text=number[-6:]))
    ] == [last.id]


def test_a_resolved_request_carries_its_operation_out(office: Office) -> None:
    request_id = office.submitted()
    office.move(request_id, "take")
    run_id = office.resolve(request_id)
    office.work(run_id, wakes=3)
    run = office.run(run_id)
    assert (run.done, run.is_staff, run.staff_reason) == (12, True, office.request(request_id).number)
    assert jobs.report_outcomes(office.parts) == 1
    assert jobs.report_outcomes(office.parts) == 0
    rows = office.as_customer(
        lambda session, actor: execution.outcomes(session, service.get_request(session, actor, request_id))
    )
    assert {row.state for row in rows} == {ItemState.DONE}
    assert office.sql("SELECT DISTINCT tariff_id FROM lines") == [("T-M",)]


def outcomes(office: Office, request_id: int) -> Sequence[LineOutcome]:
    return office.as_customer(
        lambda session, actor: execution.outcomes(session, service.get_request(session, actor, request_id))
    )


def test_a_line_that_left_the_company_is_said_and_not_touched(office: Office) -> None:
    request_id = office.submitted()
    gone = office.place.line_ids[0]
    number = office.sql("SELECT msisdn FROM lines WHERE id = :id", id=gone)[0][0]
    office.sql("UPDATE lines SET state = 'terminated', msisdn = msisdn || '~P' WHERE id = :id", id=gone)
    (again,) = office.world.lines(office.place, 1)  # its number is given out again, to another line
    office.sql("UPDATE lines SET msisdn = :number WHERE id = :id", number=number, id=again)
    office.move(request_id, "take")
    run_id = office.resolve(request_id)
    office.work(run_id, wakes=3)
    assert office.run(run_id).total == 11
    rows = outcomes(office, request_id)
    assert [row.is_here for row in rows] == [False, *[True] * 11]
    assert [row.state for row in rows] == [None, *[ItemState.DONE] * 11]
    assert {row.number_now for row in rows} == {None}
    assert office.sql("SELECT tariff_id FROM lines WHERE id = :id", id=again) == [("T-S",)]


def test_a_line_with_another_number_by_now_is_still_the_same_line(office: Office) -> None:
    request_id = office.submitted()
    office.sql("UPDATE lines SET msisdn = '79990000001' WHERE id = :id", id=office.place.line_ids[1])
    assert [row.number_now for row in outcomes(office, request_id)[:3]] == [None, "79990000001", None]
    office.move(request_id, "take")
    run_id = office.resolve(request_id)
    office.work(run_id, wakes=3)
    assert {(row.is_here, row.state) for row in outcomes(office, request_id)} == {(True, ItemState.DONE)}


def test_more_numbers_than_can_be_ticked_are_carried_out(office: Office) -> None:
    office.world.lines(office.place, MOST_IDS + 1 - 12)
    values = {"deed": "replace_sim", "reason": "lost", "contact": "Анна", "phone": "89161234567"}
    cards = {"cards": "\n".join(card(no) for no in range(MOST_IDS + 1))}
    request_id = office.draft("numbers_and_sims", {**values, **cards}, kind="filter", query="", all=True)
    office.as_customer(
        lambda session, actor: submission.submit(
            session, actor, office.parts, service.get_request(session, actor, request_id)
        )
    )
    office.move(request_id, "take")
    run = office.run(office.resolve(request_id))
    assert run.total == MOST_IDS + 1
    assert run.selection == {"kind": "request", "request": request_id}
    wrong = office.sql(
        "SELECT count(*) FROM request_lines AS line JOIN run_values AS given"
        " ON (line.company_id, line_id) = (given.company_id, target_id)"
        " WHERE value <> split_part(:cards, :end, no::int) AND no < 50",
        end="\n",
        **cards,
    )
    assert wrong == [(0,)]
    assert office.sql("SELECT count(*) FROM run_values") == [(MOST_IDS + 1,)]


def test_nobody_can_send_the_selection_of_a_request(office: Office) -> None:
    request_id = office.submitted()
    with pytest.raises(InvalidInput) as caught:
        office.as_customer(
            lambda session, actor: previews.create_preview(
                session, actor, office.parts, "unblock", {}, parse({"kind": "request", "request": request_id})
            )
        )
    assert caught.value.code == "nothing_selected"


@pytest.mark.parametrize("state", ["not taken", "held by another", "closed"])
def test_only_who_works_on_a_request_looks_at_what_it_would_do(office: Office, state: str) -> None:
    request_id = office.submitted()
    if state != "not taken":
        office.move(request_id, "take", user_id=office.other if state == "held by another" else None)
    if state == "closed":
        office.move(request_id, "refuse", "Нет")
    with pytest.raises(Conflict) as caught:
        office.resolve(request_id)
    assert caught.value.code == ("held" if state == "held by another" else "moved_on")
    assert office.request(request_id).preview_id is None


def test_a_price_that_rose_says_so(office: Office) -> None:
    request_id = office.submitted()
    office.move(request_id, "take")

    def look(session: Session, actor: Actor) -> None:
        request = desk.get_request(session, request_id).request
        run = execution.preview(session, actor, office.parts, request).run
        with all_companies(reason="a test raises the price"):
            session.execute(update(Tariff).where(Tariff.id == "T-M").values(switch_price=70))
        with pytest.raises(Conflict) as caught, session.begin_nested():
            execution.resolve(session, actor, office.parts, request, "Да", run.id)
        assert (caught.value.code, caught.value.params) == (
            "preview_stale",
            {"now": Money(Decimal(840)), "shown": Money(Decimal(600))},
        )
        execution.count_again(session, actor, office.parts, request, run)
        execution.resolve(session, actor, office.parts, request, "Да", run.id)

    office.as_manager(look)
    assert office.request(request_id).state == RequestState.RESOLVED


def test_killed_in_the_middle_the_sweeper_finishes(office: Office) -> None:
    office.queue.works = (
        False  # the worker's wake-up is lost with the process that dies right after the commit
    )
    request_id = office.submitted()
    office.move(request_id, "take")
    run_id = office.resolve(request_id)
    assert office.queue.woken == []
    office.queue.works = True
    assert sweeper.sweep(office.parts) == 1
    assert (office.place.company_id, run_id) in office.queue.woken
    office.operator.plan = lambda number, order: (
        "timeout"
    )  # and its worker dies while the operator has the order
    office.work(run_id)
    office.sql("UPDATE order_batches SET check_at = now() - interval '1 minute'")
    office.sql("UPDATE runs SET retry_at = NULL, wake_until = NULL")
    office.work(run_id, wakes=2)
    assert office.run(run_id).done == 12
    assert set(office.operator.ordered.values()) == {1}
    assert jobs.report_outcomes(office.parts) == 1


def test_a_resolution_that_fails_leaves_neither_text_nor_run(office: Office) -> None:
    request_id = office.submitted()
    office.move(request_id, "take")
    with pytest.raises(InvalidInput):
        office.resolve(request_id, text=" ")
    request = office.request(request_id)
    assert (request.state, request.run_id) == (RequestState.TAKEN, None)
    assert office.run(request.preview_id or 0).state == "previewed"


def test_every_step_is_in_the_journal_and_told(office: Office) -> None:
    office.sql("UPDATE users SET email = 'boss@customer.example' WHERE id = :id", id=office.user)
    request_id = office.submitted()
    for name, text in (
        ("take", ""),
        ("ask", "Почему?"),
        ("answer", "Потому"),
        ("refuse", "Нельзя"),
        ("reopen", "Нет"),
    ):
        office.move(request_id, name, text)
    office.move(request_id, "complain", "Долго")
    with all_companies(reason="a test looks"), db.unit_of_work() as session:
        notices = [
            (notice.user_id, notice.title) for notice in session.scalars(select(Notice).order_by(Notice.id))
        ]
        actions = session.scalars(
            select(journal.JournalEntry.action).order_by(journal.JournalEntry.seq)
        ).all()
        mails = {mail.recipient for mail in session.scalars(select(OutboxMail))}
        assert journal.verify(session, office.place.company_id) == []
    assert [user for user, _ in notices] == [
        office.manager,
        office.user,
        office.user,
        office.manager,
        office.user,
        office.manager,
        office.manager,
    ]
    assert [action for action in actions if action.startswith("request.")] == [
        f"request.{name}" for name in ("submit", "take", "ask", "answer", "refuse", "reopen", "complain")
    ]
    assert mails == {"boss@customer.example", "manager@operator.example"}
    assert office.request(request_id).complaints == 1


def test_wrong_values_are_kept_and_said(office: Office) -> None:
    values = {**TARIFF, "tariff": "T-OLD", "phone": "12"}
    draft = office.draft(values=values)
    assert office.request(draft).values["phone"] == "12"
    with pytest.raises(InvalidInput) as caught:
        office.as_customer(
            lambda session, actor: submission.submit(
                session, actor, office.parts, service.get_request(session, actor, draft)
            )
        )
    assert "phone" in caught.value.fields


def test_numbers_of_others_are_unknown(office: Office) -> None:
    foreign = office.world.company("ООО «Чужие»", lines=1)
    msisdn = office.sql("SELECT msisdn FROM lines WHERE id = :id", id=foreign.line_ids[0])[0][0]
    with pytest.raises(InvalidInput) as caught:
        office.as_customer(lambda session, actor: content.find_numbers(session, actor, msisdn))
    assert msisdn in said(caught.value.fields["numbers"][0])


def test_an_application_from_outside_belongs_to_the_operator(office: Office) -> None:
    visitor = Actor("public", None, 0, "ООО «Новая»", frozenset({Granted("requests:submit", "*")}))
    values = {
        "company": "ООО «Новая»",
        "inn": "7707083893",
        "kpp": "773601001",
        "ogrn": "1027700132195",
        "address": "Москва",
        "head": "Петров",
        "administrator": "Сидоров",
        "email": "a@b.ru",
        "phone": "+79161234567",
    }
    with all_companies(reason="a public page belongs to no company"), db.unit_of_work() as session:
        request = submission.apply(session, visitor, office.parts, get_type("connect_console"), values)
        assert request.number
    assert office.as_manager(lambda s, a: desk.queue(s, a, "all"), office.manager) == []
    rows = office.as_manager(lambda s, a: desk.queue(s, a, "mine"), office.admin)
    assert [row.request.form for row in rows] == ["connect_console"]


def test_two_drafts_submitted_at_once_have_numbers_of_their_own(office: Office) -> None:
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: office.submitted(), range(8)))
    numbers = {office.request(draft_id).number for draft_id in ids}
    assert len(numbers) == 8
    with all_companies(reason="a test looks"), db.unit_of_work() as session:
        assert len(session.scalars(select(Request.number)).all()) == 8

"""Schedules: due in the company's own time, mailed over real SMTP, told when they cannot go on."""

from __future__ import annotations

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, update

from core import clock, db
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound
from core.journal.entries import JournalEntry
from core.tenancy import company_scope
from core.working_days import is_working_day
from notices import sender
from notices.models import MailState, Notice, OutboxMail
from notices.smtp import Letter, SmtpServer
from reports import scheduling
from reports.calendar import next_moment
from reports.models import Period, ReportJob, ReportSchedule
from reports.service import MOST_OPEN
from tests.fixtures.mail import Mailbox
from tests.fixtures.world import World
from tests.integration.reports.conftest import ReportHarness
from users.models import User

TIMING = {"every": "daily", "hour": "8", "addresses": "boss@example.org"}


def schedule(
    harness: ReportHarness, code: str = "lines", timing: dict[str, Any] | None = None, **params: Any
) -> int:
    actor = harness.place.actor(harness.user)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        made = scheduling.create(session, actor, harness.parts, code, params, timing or TIMING)
        return made.id


def make_due(harness: ReportHarness) -> None:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        session.execute(update(ReportSchedule).values(next_at=clock.now() - timedelta(hours=30)))


def rows(harness: ReportHarness, what: type[Any]) -> list[Any]:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        return list(session.scalars(select(what).order_by(what.id).execution_options(populate_existing=True)))


def come_again(harness: ReportHarness) -> None:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        session.execute(update(OutboxMail).values(next_try_at=clock.now()))


@pytest.fixture
def server(mailbox: Mailbox) -> Iterator[Mailbox]:
    mailbox.mails.clear()
    mailbox.refuse.clear()
    yield mailbox


def smtp(mailbox: Mailbox) -> SmtpServer:
    return SmtpServer(mailbox.url, "Manager <vm@example.org>")


def test_a_due_schedule_is_ordered_once_made_and_mailed(harness: ReportHarness, server: Mailbox) -> None:
    schedule_id = schedule(harness, timing={**TIMING, "addresses": "boss@example.org, Chief@example.org"})
    assert scheduling.order_due(harness.parts) == 0
    make_due(harness)
    assert scheduling.order_due(harness.parts) == 1
    assert scheduling.order_due(harness.parts) == 0, "one order, however many hours were missed"
    (job,) = rows(harness, ReportJob)
    assert job.schedule_id == schedule_id
    harness.make(job.id)
    assert sender.send_due(smtp(server), harness.parts.storage) == 2
    assert sender.send_due(smtp(server), harness.parts.storage) == 0
    first, second = server.mails
    assert {first["To"], second["To"]} == {"boss@example.org", "Chief@example.org"}
    (file,) = first.iter_attachments()
    assert str(file.get_filename()).endswith(".xlsx")
    book = openpyxl.load_workbook(io.BytesIO(file.get_content()))
    assert book.worksheets[0].max_row == 17
    assert first["Message-ID"] != second["Message-ID"]
    assert {mail.state for mail in rows(harness, OutboxMail)} == {MailState.SENT}


def test_a_big_file_is_linked(harness: ReportHarness, server: Mailbox) -> None:
    schedule(harness)
    make_due(harness)
    scheduling.order_due(harness.parts)
    harness.parts.settings.__dict__["mail_attach_mb"] = 0
    harness.make(rows(harness, ReportJob)[0].id)
    sender.send_due(smtp(server), harness.parts.storage)
    (mail,) = server.mails
    assert not list(mail.iter_attachments())
    assert "https://console.example/files" in mail.get_content()


def test_a_mail_server_that_is_away_is_asked_again(harness: ReportHarness) -> None:
    schedule(harness)
    make_due(harness)
    scheduling.order_due(harness.parts)
    harness.make(rows(harness, ReportJob)[0].id)
    away = SmtpServer("smtp://127.0.0.1:9", "vm@example.org")
    assert sender.send_due(away, harness.parts.storage) == 0
    (mail,) = rows(harness, OutboxMail)
    assert (mail.state, mail.tries) == (MailState.PENDING, 1)
    assert mail.trouble and mail.next_try_at > clock.now()
    assert sender.send_due(SmtpServer("", ""), harness.parts.storage) == 0


def test_the_mail_arrives_once_the_server_is_back(harness: ReportHarness, server: Mailbox) -> None:
    schedule(harness)
    make_due(harness)
    scheduling.order_due(harness.parts)
    harness.make(rows(harness, ReportJob)[0].id)
    server.refuse["boss@example.org"] = "451 come later"
    sender.send_due(smtp(server), harness.parts.storage)
    assert rows(harness, OutboxMail)[0].state == MailState.PENDING
    server.refuse.clear()
    come_again(harness)
    assert sender.send_due(smtp(server), harness.parts.storage) == 1
    assert len(server.mails) == 1


def test_an_address_that_is_refused_for_good_is_given_up(harness: ReportHarness, server: Mailbox) -> None:
    schedule(harness)
    make_due(harness)
    scheduling.order_due(harness.parts)
    harness.make(rows(harness, ReportJob)[0].id)
    server.refuse["boss@example.org"] = "550 no such person"
    sender.send_due(smtp(server), harness.parts.storage)
    (mail,) = rows(harness, OutboxMail)
    assert (mail.state, "550" in mail.trouble) == (MailState.FAILED, True)


def poison(harness: ReportHarness, recipients: list[str], **values: Any) -> None:
    """Mails written before addresses were checked as they are now."""
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        for recipient in recipients:
            row = {
                "subject": "Old",
                "body_text": "text",
                "created_at": clock.now(),
                "next_try_at": clock.now(),
            }
            session.add(
                OutboxMail(company_id=harness.place.company_id, recipient=recipient, **{**row, **values})
            )


def test_a_mail_that_cannot_be_written_is_given_up_and_keeps_no_other_back(
    harness: ReportHarness, server: Mailbox
) -> None:
    poison(
        harness,
        [")@example.com", "(@b.cc", "a@.c", "a@b..c", "@b.c", "a@[1.2", "good@example.org", "a@пример.рф"],
    )
    assert sender.send_due(smtp(server), harness.parts.storage) == 2
    states = {mail.recipient: mail.state for mail in rows(harness, OutboxMail)}
    assert states.pop("good@example.org") == states.pop("a@пример.рф") == MailState.SENT
    assert set(states.values()) == {MailState.FAILED}
    assert {mail["To"] for mail in server.mails} == {"good@example.org", "a@xn--e1afmkfd.xn--p1ai"}


def test_an_error_that_nobody_thought_of_is_of_one_mail(
    harness: ReportHarness, server: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    poison(harness, ["bad@example.org", "good@example.org"])
    send = SmtpServer.send

    def failing(self: SmtpServer, letter: Letter) -> None:
        if letter.recipient == "bad@example.org":
            raise KeyError("a mistake of ours")
        send(self, letter)

    monkeypatch.setattr(SmtpServer, "send", failing)
    assert sender.send_due(smtp(server), harness.parts.storage) == 1
    states = {mail.recipient: (mail.state, mail.tries, mail.trouble) for mail in rows(harness, OutboxMail)}
    assert states["bad@example.org"] == (MailState.PENDING, 1, "KeyError")
    assert states["good@example.org"][0] == MailState.SENT


def test_a_mail_that_ends_its_sender_each_time_is_given_up(harness: ReportHarness, server: Mailbox) -> None:
    poison(harness, ["deadly@example.org"], tries=sender.MOST_TRIES)
    assert sender.send_due(smtp(server), harness.parts.storage) == 0
    (mail,) = rows(harness, OutboxMail)
    assert (mail.state, bool(mail.trouble)) == (MailState.FAILED, True)
    assert not server.mails


def test_a_lost_right_pauses_a_schedule_and_is_told(harness: ReportHarness) -> None:
    schedule(harness)
    make_due(harness)
    harness.world.drop_grants(harness.place, harness.user)
    scheduling.order_due(harness.parts)
    assert rows(harness, ReportJob) == []
    assert rows(harness, ReportSchedule)[0].is_paused
    assert [notice.kind for notice in rows(harness, Notice)] == ["schedule.paused"]


def send_now(harness: ReportHarness, schedule_id: int) -> int:
    actor = harness.place.actor(harness.user)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        return scheduling.send_now(session, actor, harness.parts, schedule_id).id


@pytest.mark.parametrize("is_paused", [False, True])
def test_it_is_sent_at_once_and_its_hour_stays(
    harness: ReportHarness, server: Mailbox, is_paused: bool
) -> None:
    schedule_id = schedule(harness)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        scheduling.pause(session, harness.place.actor(harness.user), schedule_id, paused=is_paused)
    (before,) = rows(harness, ReportSchedule)
    job_id = send_now(harness, schedule_id)
    assert harness.queue.woken == [(harness.place.company_id, job_id)]
    harness.make(job_id)
    assert sender.send_due(smtp(server), harness.parts.storage) == 1
    assert [mail["To"] for mail in server.mails] == ["boss@example.org"]
    assert len(list(server.mails[0].iter_attachments())) == 1
    (after,) = rows(harness, ReportSchedule)
    assert (after.next_at, after.is_paused, after.last_job_id) == (before.next_at, is_paused, job_id)
    assert scheduling.order_due(harness.parts) == 0
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        entries = session.scalars(select(JournalEntry).where(JournalEntry.action == "schedule.sent")).all()
    assert [entry.object_id for entry in entries] == [schedule_id]


def test_a_second_click_is_refused_while_the_first_is_made(harness: ReportHarness) -> None:
    schedule_id = schedule(harness)
    job_id = send_now(harness, schedule_id)
    with pytest.raises(Conflict) as problem:
        send_now(harness, schedule_id)
    assert problem.value.code == "still_made"
    harness.make(job_id)
    assert send_now(harness, schedule_id) != job_id
    assert len(rows(harness, ReportJob)) == 2


def test_of_two_clicks_at_the_same_moment_one_orders(harness: ReportHarness) -> None:
    schedule_id = schedule(harness)
    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(send_now, harness, schedule_id) for _ in range(4)]
    assert sorted(type(answer.exception()).__name__ for answer in answers) == ["Conflict"] * 3 + ["NoneType"]
    assert len(rows(harness, ReportJob)) == 1


def test_quotas_hold_at_the_same_moment(harness: ReportHarness) -> None:
    with ThreadPoolExecutor(8) as pool:
        orders = [pool.submit(harness.order) for _ in range(2 * MOST_OPEN)]
    assert sum(order.exception() is None for order in orders) == MOST_OPEN
    for _ in range(scheduling.MOST_SCHEDULES - 2):
        schedule(harness)
    with ThreadPoolExecutor(8) as pool:
        made = [pool.submit(schedule, harness) for _ in range(8)]
    assert sum(answer.exception() is None for answer in made) == 2


def test_sending_at_once_asks_the_same_rights(harness: ReportHarness) -> None:
    mine = schedule(harness)
    first, harness.user = harness.user, harness.world.person(harness.place, "auditor")
    with pytest.raises(NotFound):
        send_now(harness, mine)
    harness.user = first
    harness.world.drop_grants(harness.place, harness.user)
    with pytest.raises(NotAllowed):
        send_now(harness, mine)
    assert rows(harness, ReportJob) == []


def test_only_who_may_schedule(harness: ReportHarness) -> None:
    mine = schedule(harness)
    harness.user = harness.world.person(harness.place, "viewer")
    with pytest.raises(NotAllowed):
        schedule(harness)
    actor = harness.place.actor(harness.user)
    with pytest.raises(NotFound), company_scope(harness.place.company_id), db.unit_of_work() as session:
        scheduling.pause(session, actor, mine, paused=True)


@pytest.mark.parametrize(
    ("timing", "params", "field"),
    [
        ({"addresses": "nobody"}, {}, "addresses"),
        ({"addresses": "a@b..c"}, {}, "addresses"),
        ({"addresses": ""}, {}, "addresses"),
        ({"addresses": ",".join(f"a{n}@example.org" for n in range(11))}, {}, "addresses"),
        ({"addresses": "a@example.org\r\nBcc: b@example.org"}, {}, "addresses"),
        ({"hour": "24"}, {}, "hour"),
        ({"every": "yearly"}, {}, "every"),
        ({"every": "monthly", "day": "31"}, {}, "day"),
        ({"every": "weekly", "day": 0}, {}, "day"),
        ({"every": "monthly", "day": 0}, {}, "day"),
        ({"every": "monthly", "day": ""}, {}, "day"),
        ({}, {"period": "own", "since": "2026-01-01", "until": "2026-02-01"}, "period"),
    ],
)
def test_wrong_timing_is_said_at_its_field(
    harness: ReportHarness, timing: dict[str, Any], params: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as problem:
        schedule(harness, "runs", {**TIMING, **timing}, **params)
    assert field in problem.value.fields


def test_the_right_is_asked_before_anything_is_said_of_the_format(harness: ReportHarness) -> None:
    def wrong(code: str) -> None:
        actor = harness.place.actor(harness.user)
        with company_scope(harness.place.company_id), db.unit_of_work() as session:
            scheduling.create(
                session, actor, harness.parts, code, {}, {**TIMING, "hour": "24"}, format="zz", columns=["zz"]
            )

    with pytest.raises(InvalidInput) as problem:
        wrong("journal")
    assert {"format", "hour", "columns"} == set(problem.value.fields)
    harness.user = harness.world.person(harness.place, "accountant")
    with pytest.raises(NotAllowed):
        wrong("journal")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "day", "after", "expected"),
    [
        (Period.DAILY, 1, "2026-11-22T04:59", "2026-11-22T05:00"),
        (Period.DAILY, 1, "2026-11-22T05:00", "2026-11-23T05:00"),
        (Period.WORKING_DAYS, 1, "2026-11-20T06:00", "2026-11-23T05:00"),
        (Period.WORKING_DAYS, 1, "2026-12-30T06:00", "2027-01-11T05:00"),
        (Period.WEEKLY, 1, "2026-11-22T12:00", "2026-11-23T05:00"),
        (Period.MONTHLY, 1, "2026-11-22T12:00", "2026-12-01T05:00"),
    ],
)
def test_due_in_the_company_s_own_time(period: Period, day: int, after: str, expected: str) -> None:
    due = next_moment(period, 8, day, "Europe/Moscow", moment(after))
    assert due == moment(expected)


def test_working_days_of_russia() -> None:
    assert not is_working_day(datetime(2026, 11, 4, tzinfo=UTC).date())
    assert is_working_day(datetime(2026, 11, 5, tzinfo=UTC).date())


def test_administrators_are_told_of_a_blocked_persons_schedule_and_take_it_over(
    harness: ReportHarness, world: World
) -> None:
    first, second = schedule(harness), schedule(harness)
    admin, viewer = world.person(harness.place, "global_admin"), world.person(harness.place, "viewer")
    branch = world.person(harness.place, "global_admin", at="north")
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        session.get_one(User, harness.user).is_blocked = True
    make_due(harness)
    scheduling.order_due(harness.parts)
    recipients = {notice.user_id for notice in rows(harness, Notice) if notice.kind == "schedule.left_behind"}
    assert admin in recipients
    assert not recipients & {viewer, branch, harness.user}
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        for other in (viewer, branch):
            actor = harness.place.actor(other)
            assert not scheduling.left_behind(session, actor)
            with pytest.raises(NotAllowed):
                scheduling.take_over(session, actor, harness.parts, first)
        actor = harness.place.actor(admin)
        assert [row.id for row in scheduling.left_behind(session, actor)] == [first, second]
        taken = scheduling.take_over(session, actor, harness.parts, first)
        assert (taken.created_by, taken.is_paused) == (admin, False)
        assert taken.next_at > clock.now()
        scheduling.forget_left_behind(session, actor, second)
        assert not scheduling.left_behind(session, actor)
        assert [row.id for row in scheduling.own(session, actor)] == [first]
        with pytest.raises(Conflict):
            scheduling.forget_left_behind(session, actor, first)

"""Every report: what stands in its workbook equals what SQL says of the same, by itself."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any
from zipfile import ZipFile

import pytest
from defusedxml import ElementTree
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bootstrap import ALL_REPORTS
from core import clock, db
from core.errors import NotAllowed
from core.fields import info_of
from core.i18n import translate
from core.journal.entries import Entry, write
from core.periods import today
from core.tenancy import company_scope
from forms.requests.models import Request
from hierarchy.models import BillingAccount
from lines.bulk.account_target import ACCOUNT
from lines.models import Line
from lines.operations import change_number
from runs.engine.outcomes import RunAuthor
from runs.journal import operation_action
from runs.models import LINE, ItemState, Run, RunItem, RunState
from tests.integration.reports.conftest import ReportHarness


@pytest.fixture
def busy(harness: ReportHarness) -> ReportHarness:
    """Lines of every kind, and a finished run."""
    world, place = harness.world, harness.place
    world.lines(place, 6, department="south", state="blocked", limit=Decimal("500.50"))
    world.lines(place, 3, department="city", state="terminated")
    world.lines(place, 4, department="north", limit=Decimal(100), tariff="T-M")
    with company_scope(place.company_id), db.unit_of_work() as session:
        session.execute(text("UPDATE lines SET spent = (id % 7) * 33.33"))
        session.execute(
            text("UPDATE lines SET last_activity = :day - CAST(id % 60 AS integer) WHERE id % 4 > 0"),
            {"day": today("Europe/Moscow")},
        )
        line_ids = dict(enumerate(place.line_ids[1:4], 1))
        _add_run(session, place.company_id, "block", LINE, {"reason": "lost"}, line_ids, "already_blocked")
    return harness


def _add_run(
    session: Session,
    company_id: int,
    operation: str,
    target: str,
    params: dict[str, Any],
    target_ids: dict[int, int],
    reason: str,
) -> None:
    """A finished run: its first item done, the second refused, the third failed."""
    now = clock.now()
    run = Run(
        company_id=company_id,
        operation=operation,
        target=target,
        params=params,
        selection={},
        state=RunState.FINISHED,
        idempotency_key=operation,
        created_name="Тест",
        total=len(target_ids),
        created_at=now,
        submitted_at=now,
        finished_at=now,
    )
    session.add(run)
    session.flush()
    states = (ItemState.DONE, ItemState.REFUSED, ItemState.FAILED)
    session.add_all(
        RunItem(
            company_id=company_id,
            run_id=run.id,
            no=no,
            target_id=target_ids[no],
            state=state,
            reason=None if state == ItemState.DONE else reason,
            updated_at=now,
        )
        for no, state in zip(sorted(target_ids), states, strict=False)
    )


def made(harness: ReportHarness, code: str, **params: Any) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The rows of a report by the keys of its columns, and the lines of its summary."""
    job_id = harness.order(code, **params)
    job = harness.make(job_id)
    assert job.state == "ready", job.trouble
    book = harness.book(job_id)
    keys = [column.key for column in harness.parts.reports.of(code).columns]
    rows = [
        dict(zip(keys, row, strict=True)) for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)
    ]
    assert len(rows) == max(job.done, 1)
    summary = {row[0]: row[1] for row in book.worksheets[1].iter_rows(values_only=True)}
    assert summary[say("Rows")] == job.done
    return rows, summary


def say(msgid: str, **params: Any) -> str:
    return translate("ru", msgid, **params)


def total(summary: dict[str, Any], title: str) -> Any:
    return summary[say("Total: %(column)s", column=say(title))]


def sql(harness: ReportHarness, statement: str, **values: Any) -> Any:
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        return session.execute(text(statement), values).one()


def test_numbers(busy: ReportHarness) -> None:
    rows, summary = made(busy, "lines")
    count, spent, limit = sql(busy, "SELECT count(*), sum(spent), sum(limit_amount) FROM lines")
    assert len(rows) == count
    assert Decimal(str(total(summary, "Spent this month, ₽"))) == spent
    assert sum(Decimal(str(row["spent"])) for row in rows) == spent
    assert sum(Decimal(str(row["limit"])) for row in rows if row["limit"] is not None) == limit
    assert all(row["msisdn"].startswith("+7") and row["iccid"].isdigit() for row in rows)
    assert {row["department"] for row in rows} >= {"north › city", "south"}
    blocked, _ = made(busy, "lines", state="blocked")
    assert len(blocked) == sql(busy, "SELECT count(*) FROM lines WHERE state = 'blocked'")[0]


def test_limits_by_department(busy: ReportHarness) -> None:
    rows, summary = made(busy, "limits")
    lines, limits, spent, over = sql(
        busy,
        """SELECT count(*), sum(limit_amount) FILTER (WHERE limit_period = 'month'), sum(spent),
                  count(*) FILTER (WHERE limit_amount > 0 AND spent >= limit_amount) FROM lines""",
    )
    assert total(summary, "Numbers") == lines == sum(row["lines"] for row in rows)
    assert Decimal(str(total(summary, "Monthly limits, ₽"))) == limits
    assert Decimal(str(total(summary, "Spent this month, ₽"))) == spent
    assert total(summary, "Over the limit") == over
    assert len(rows) == 4
    rows, _ = made(busy, "limits", department=busy.place.departments["north"])
    assert [row["department"] for row in rows] == ["north", "north › city"]


def test_limits_of_a_department_with_all_below(busy: ReportHarness) -> None:
    """Also of one without numbers of its own; and never of one that has none at all, or is out of sight."""
    with company_scope(busy.place.company_id), db.unit_of_work() as session:
        session.execute(
            text("UPDATE lines SET department_id = :south WHERE department_id = :north"),
            {"south": busy.place.departments["south"], "north": busy.place.departments["north"]},
        )
    rows, summary = made(busy, "limits")
    names = [busy.place.root_id, *(busy.place.departments[name] for name in ("north", "city", "south"))]
    assert len(rows) == len(names)
    for row, department in zip(rows, names, strict=True):
        branch = sql(
            busy,
            """SELECT count(*), coalesce(sum(limit_amount) FILTER (WHERE limit_period = 'month'), 0), sum(spent)
               FROM lines JOIN departments ON departments.id = lines.department_id
               WHERE departments.path LIKE (SELECT path FROM departments WHERE id = :department) || '%'""",
            department=department,
        )
        assert (row["lines_below"], Decimal(str(row["limits_below"]))) == branch[:2]
        assert Decimal(str(row["spent_below"])) == branch[2]
    assert [row["lines"] for row in rows][1] == 0 < rows[1]["lines_below"]
    assert rows[0]["lines_below"] == total(summary, "Numbers") > rows[0]["lines"]
    assert say("Total: %(column)s", column=say("Numbers with all below")) not in summary
    busy.user = busy.world.person(busy.place, "numbers_manager", at="north")
    own, summary = made(busy, "limits")
    assert [row["department"] for row in own] == ["north", "north › city"]
    assert own[0]["lines_below"] == own[1]["lines"] == total(summary, "Numbers")


def test_idle_numbers(busy: ReportHarness) -> None:
    rows, summary = made(busy, "idle", days="20")
    count, monthly = sql(
        busy,
        """SELECT count(*), sum(tariffs.monthly) FROM lines JOIN tariffs ON tariffs.id = lines.tariff_id
           WHERE state <> 'terminated' AND (last_activity IS NULL OR last_activity < :since)""",
        since=today("Europe/Moscow") - timedelta(days=20),
    )
    assert len(rows) == count
    assert Decimal(str(total(summary, "Monthly fee, ₽"))) == monthly
    assert rows[0]["last_activity"] is None


def test_runs_and_outcomes(busy: ReportHarness) -> None:
    rows, _ = made(busy, "runs", period="today")
    assert [row["outcome"] for row in rows] == [say("Done"), say("Refused"), say("Failed")]
    assert rows[1]["reason"] == say("Already blocked")
    assert rows[0]["operation"] == say("Blocking")
    refused, _ = made(busy, "runs", period="today", outcome="refused", operation="block")
    assert len(refused) == 1
    none, _ = made(busy, "runs", period="last_month")
    assert none[0]["run"] == say("Nothing was found for these parameters.")


def test_runs_on_billing_accounts(busy: ReportHarness) -> None:
    place = busy.place
    with company_scope(place.company_id), db.unit_of_work() as session:
        accounts = {account.id: account.number for account in session.scalars(select(BillingAccount))}
        ids = dict(enumerate(sorted(accounts)[:2], 1))
        params = {"channel": "email", "email": "bills@corp.example"}
        _add_run(session, place.company_id, "set_invoice_delivery", ACCOUNT, params, ids, "same_delivery")
    rows, _ = made(busy, "account_runs", period="today")
    assert [row["account"] for row in rows] == [accounts[account] for account in sorted(accounts)[:2]]
    assert [row["outcome"] for row in rows] == [say("Done"), say("Refused")]
    assert [row["reason"] for row in rows] == [None, say("Invoices already go exactly there")]
    assert {row["operation"] for row in rows} == {say("Invoice delivery")}
    assert len(made(busy, "runs", period="today")[0]) == 3, "the report on numbers is of numbers"
    busy.user = busy.world.person(place, "auditor", at="north")
    own, _ = made(busy, "account_runs", period="today")
    assert [row["account"] for row in own] == ["fine"], "no number of the branch is on the other account"
    for half in ("viewer", "accountant"):
        busy.user = busy.world.person(place, half)
        with pytest.raises(NotAllowed):
            busy.order("account_runs", period="today")


def test_a_run_that_changed_numbers_names_those_of_before(busy: ReportHarness) -> None:
    place = busy.place
    with company_scope(place.company_id), db.unit_of_work() as session:
        run = session.scalars(select(Run)).one()
        run.operation, run.params = "change_number", {}
        before, after = {"msisdn": "79990000001"}, {"msisdn": "79990000002"}
        entry = Entry(
            operation_action(change_number.OPERATION), "line", place.line_ids[1], before, after, run.id
        )
        write(session, RunAuthor(run), [entry])
        failed = session.scalars(select(Line.msisdn).where(Line.id == place.line_ids[3])).one()
    rows, _ = made(busy, "runs", period="today")
    assert (rows[0]["msisdn"], rows[2]["msisdn"]) == ("+79990000001", f"+{failed}")


def test_people_and_rights(busy: ReportHarness) -> None:
    busy.world.person(busy.place, "viewer", at="south")
    rows, _ = made(busy, "people")
    assert len(rows) == sql(busy, "SELECT count(*) FROM grants")[0] == 2
    assert {row["role"] for row in rows} == {say("Global administrator"), say("View only")}
    assert {row["department"] for row in rows} >= {"south"}


def test_the_journal(busy: ReportHarness) -> None:
    rows, _ = made(busy, "journal", period="today")
    assert len(rows) == sql(busy, "SELECT count(*) FROM journal_entries")[0] >= 1
    assert rows[0]["action"] == say("Report ordered")
    branch = busy.world.person(busy.place, "account_manager_role", at="south")
    busy.user = branch
    own, _ = made(busy, "journal", period="today")
    assert len(own) == 1, "a manager of a branch reads the own deeds and its lines"


def test_requests_and_deadlines(busy: ReportHarness) -> None:
    now = clock.now()
    ends = {"in time": (1, -1), "late": (-2, -1), "still running": (1, None), "paused": (-1, None)}
    with company_scope(busy.place.company_id), db.unit_of_work() as session:
        for number, (word, (deadline, closed)) in enumerate(ends.items(), 1):
            state = "asked" if word == "paused" else "taken" if closed is None else "resolved"
            session.add(
                Request(
                    company_id=busy.place.company_id,
                    number=f"З-{number}",
                    form="claim",
                    state=state,
                    lines=number,
                    created_by=busy.user,
                    created_name="Тест",
                    created_at=now,
                    changed_at=now,
                    submitted_at=now - timedelta(minutes=1),
                    deadline_at=now + timedelta(hours=deadline),
                    closed_at=None if closed is None else now + timedelta(hours=closed),
                )
            )
        session.add(
            Request(
                company_id=busy.place.company_id,
                form="claim",
                state="draft",
                created_name="",
                created_at=now,
                changed_at=now,
            )
        )
    rows, summary = made(busy, "requests", period="days30")
    assert len(rows) == 1 and rows[0]["number"] == say("Nothing was found for these parameters.")
    rows, summary = made(busy, "requests")
    assert [row["kept"] for row in reversed(rows)] == [say(word) for word in ends]
    lines, count = sql(busy, "SELECT sum(lines), count(*) FROM requests WHERE submitted_at IS NOT NULL")
    assert (total(summary, "Numbers"), len(rows)) == (lines, count)
    busy.user = busy.world.person(busy.place, "auditor", at="south")
    assert made(busy, "requests")[1][say("Rows")] == 0


@pytest.mark.parametrize("report", ALL_REPORTS, ids=lambda report: report.code)
def test_every_workbook_is_well_formed_in_both_languages(busy: ReportHarness, report: Any) -> None:
    for locale in ("ru", "en"):
        job_id = busy.order(report.code)
        busy.change(job_id, locale=locale)
        busy.make(job_id)
        with ZipFile(busy.file(job_id)) as archive:
            assert archive.testzip() is None
            for name in archive.namelist():
                if name.endswith((".xml", ".rels")):
                    ElementTree.fromstring(archive.read(name))
        book = busy.book(job_id)
        assert [cell.value for cell in book.worksheets[0][1]] == [
            translate(locale, column.title) for column in report.columns
        ]


def test_every_report_says_what_it_needs() -> None:
    codes = [report.code for report in ALL_REPORTS]
    assert len(codes) == len(set(codes))
    for report in ALL_REPORTS:
        keys = [column.key for column in report.columns]
        assert len(keys) == len(set(keys))
        assert set(report.totals) <= set(keys)
        assert all(info_of(field).label for field in report.schema().fields.values())

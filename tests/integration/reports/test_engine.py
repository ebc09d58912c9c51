"""Ordered, made, kept and downloaded; and what happens where something breaks in between."""

from __future__ import annotations

import csv
import io
import resource
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from core import clock, db, tenancy
from core.errors import Conflict, InvalidInput, NotAllowed, NotFound, Unavailable
from core.storage import LocalStorage, no_room
from core.tenancy import company_scope
from notices.models import Notice
from reports import files, notifications, service, sweeper, worker
from reports.models import JobState, ReportJob
from tests.integration.reports.conftest import ReportHarness


def test_a_report_is_ordered_made_and_downloaded(harness: ReportHarness) -> None:
    job_id = harness.order()
    assert harness.queue.woken == [(harness.place.company_id, job_id)]
    job = harness.make(job_id)
    assert (job.state, job.done, job.total) == (JobState.READY, 16, 16)
    assert job.expires_at is not None and job.expires_at > clock.now() + timedelta(days=6)
    assert len(harness.download(job_id)) == job.size
    book = harness.book(job_id)
    sheet = book.worksheets[0]
    assert sheet.max_row == 17
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref.startswith("A1:")
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        assert session.scalars(select(Notice.kind)).all() == ["report.ready"]


def test_chosen_columns_and_csv(harness: ReportHarness) -> None:
    job_id = harness.order(
        format="csv", columns=["spent", "msisdn"], department=harness.place.departments["north"]
    )
    assert harness.make(job_id).done == 9
    content = harness.download(job_id)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig")), delimiter=";"))
    assert len(rows) == 10
    assert len(rows[0]) == 2
    assert rows[1][0].startswith("+7916") and rows[1][1] == "0,00"


def test_nothing_found_says_so(harness: ReportHarness) -> None:
    job_id = harness.order(state="terminated")
    assert harness.make(job_id).done == 0
    sheet = harness.book(job_id).worksheets[0]
    assert sheet.max_row == 2 and sheet["A2"].value


@pytest.mark.parametrize(
    ("code", "params", "field"),
    [
        ("runs", {"period": "own", "since": "2026-05-02", "until": "2026-05-01"}, "until"),
        ("runs", {"period": "own", "since": "2026-05-02"}, "until"),
        ("runs", {"period": "own", "since": "yesterday", "until": "2026-05-01"}, "since"),
        ("runs", {"period": "never"}, "period"),
        ("idle", {"days": "0"}, "days"),
        ("idle", {"days": "many"}, "days"),
        ("lines", {"department": 10**9}, "department"),
    ],
)
def test_wrong_parameters_are_said_at_their_field(
    harness: ReportHarness, code: str, params: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidInput) as problem:
        harness.order(code, **params)
    assert field in problem.value.fields


def test_unknown_columns_and_formats(harness: ReportHarness) -> None:
    with pytest.raises(InvalidInput):
        harness.order(columns=["password_hash"])
    with pytest.raises(InvalidInput):
        harness.order(format="exe")
    with pytest.raises(NotFound):
        harness.order("everything")


def test_a_branch_manager_gets_the_branch_only(harness: ReportHarness) -> None:
    harness.user = harness.world.person(harness.place, "numbers_manager", at="north")
    job_id = harness.order()
    assert harness.make(job_id).done == 9
    with pytest.raises(InvalidInput):
        harness.order(department=harness.place.departments["south"])
    with pytest.raises(NotAllowed):
        harness.order("people")


def test_right_lost_before_ordering_making_and_downloading(harness: ReportHarness) -> None:
    first, second = harness.order(), harness.order()
    harness.make(first)
    harness.world.drop_grants(harness.place, harness.user)
    job = harness.make(second)
    assert (job.state, job.trouble, job.key) == (JobState.FAILED, worker.LOST_RIGHT, None)
    with pytest.raises(NotAllowed):
        harness.download(first)
    with pytest.raises(NotAllowed):
        harness.order()


def test_a_narrower_right_closes_files_made_with_a_wider_one(harness: ReportHarness) -> None:
    job_id = harness.order()
    harness.make(job_id)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        session.execute(text("UPDATE grants SET path = :north"), {"north": harness.place.paths["north"]})
    with pytest.raises(Conflict):
        harness.download(job_id)


def test_files_of_others_are_not_there(harness: ReportHarness) -> None:
    job_id = harness.order()
    harness.make(job_id)
    harness.user = harness.world.person(harness.place)
    with pytest.raises(NotFound):
        harness.download(job_id)


def test_a_report_left_by_a_dead_worker_is_made_again(
    harness: ReportHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = harness.order()
    with monkeypatch.context() as broken, pytest.raises(KeyboardInterrupt):
        broken.setattr(files, "_picker", _killed)
        harness.make(job_id)
    left = harness.job(job_id)
    assert (left.state, left.key) == (JobState.MAKING, None)
    with pytest.raises(Conflict):
        harness.download(job_id)
    assert harness.make(job_id).state == JobState.MAKING, "its lease goes on"
    sweeper.worker_died("test-worker")
    harness.queue.woken.clear()
    assert sweeper.sweep(harness.parts) == 1
    assert sweeper.sweep(harness.parts) == 0, "just enqueued"
    assert harness.make(job_id).state == JobState.READY
    assert harness.book(job_id).worksheets[0].max_row == 17


def _killed(*_: object) -> None:
    raise KeyboardInterrupt


def test_a_worker_that_dies_each_time_is_given_up(harness: ReportHarness) -> None:
    job_id = harness.order()
    harness.change(job_id, tries=worker.MOST_TRIES)
    job = harness.make(job_id)
    assert (job.state, job.trouble) == (JobState.FAILED, worker.GAVE_UP)


def test_cancelled_while_being_made(harness: ReportHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    job_id = harness.order()
    actor = harness.place.actor(harness.user)
    real = files.write

    def cancelled_meanwhile(*given: object, **named: object) -> object:
        with db.unit_apart() as session:
            service.cancel(session, actor, job_id)
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(files, "write", cancelled_meanwhile)
    job = harness.make(job_id)
    assert (job.state, job.key) == (JobState.CANCELLED, None)
    assert not [path for path in harness.parts.settings.data_dir.rglob("*") if path.is_file()]


def test_a_taken_over_job_is_not_finished_twice(
    harness: ReportHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    job_id = harness.order()
    real = files.write

    def slow(*given: object, **named: object) -> object:
        monkeypatch.setattr(files, "write", real)
        desk_lease = replace(harness)
        with db.unit_apart() as session:
            session.execute(text("UPDATE report_jobs SET lease_until = now() - interval '1 second'"))
        token = tenancy._open_session.set(None)
        desk_lease.make(job_id)
        tenancy._open_session.reset(token)
        return real(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(files, "write", slow)
    job = harness.make(job_id)
    assert job.state == JobState.READY
    stored = [path for path in (harness.parts.settings.data_dir / "files").rglob("*") if path.is_file()]
    assert stored == [harness.file(job_id)]


class FullDisk(LocalStorage):
    def put(self, key: str, path: Path) -> None:
        raise no_room()


def test_a_full_disk_is_a_clear_failure(harness: ReportHarness, tmp_path: Path) -> None:
    full = harness.with_storage(FullDisk(tmp_path / "full"))
    job = full.make(full.order())
    assert (job.state, job.trouble, job.key) == (JobState.FAILED, no_room().message, None)
    assert not list((harness.parts.settings.data_dir / "making").iterdir())


@pytest.mark.parametrize("format", ["xlsx", "csv"])
def test_a_disk_full_in_the_middle_of_writing(
    harness: ReportHarness, monkeypatch: pytest.MonkeyPatch, format: str
) -> None:
    """Seen by the writer itself: no file of this process may grow beyond some bytes meanwhile."""
    real, limits = files.write, resource.getrlimit(resource.RLIMIT_FSIZE)

    def confined(*given: object, **named: object) -> object:
        resource.setrlimit(resource.RLIMIT_FSIZE, (200, limits[1]))
        try:
            return real(*given, **named)  # type: ignore[arg-type]
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    monkeypatch.setattr(files, "write", confined)
    job = harness.make(harness.order(format=format))
    assert (job.state, job.trouble, job.key) == (JobState.FAILED, no_room().message, None)
    assert not [path for path in harness.parts.settings.data_dir.rglob("*") if path.is_file()]


def test_no_file_is_left_where_its_row_cannot_be_written(
    harness: ReportHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*given: object, **named: object) -> None:
        raise OperationalError("INSERT", {}, Exception("the connection is gone"))

    job_id = harness.order()
    with monkeypatch.context() as broken, pytest.raises(OperationalError):
        broken.setattr(notifications, "ready", lost)
        harness.make(job_id)
    folder = harness.parts.settings.data_dir / "files"
    assert not [path for path in folder.rglob("*") if path.is_file()]
    harness.let_lease_end(job_id)
    assert harness.make(job_id).state == JobState.READY
    assert [path for path in folder.rglob("*") if path.is_file()] == [harness.file(job_id)]


def test_expired_files_are_gone(harness: ReportHarness) -> None:
    job_id = harness.order()
    harness.make(job_id)
    file = harness.file(job_id)
    harness.change(job_id, expires_at=clock.now() - timedelta(seconds=1))
    assert sweeper.expire(harness.parts) == 1
    assert not file.exists()
    with pytest.raises(NotFound):
        harness.download(job_id)


def test_deleting_and_repeating(harness: ReportHarness) -> None:
    actor = harness.place.actor(harness.user)
    job_id = harness.order(state="active")
    harness.make(job_id)
    file = harness.file(job_id)
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        again = service.repeat(session, actor, harness.parts, job_id)
        assert (again.params["state"], again.state) == ("active", JobState.ORDERED)
        service.forget(session, actor, harness.parts, job_id)
    assert not file.exists()
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        assert [job.id for job in service.jobs(session, actor)] == [again.id]


def test_nobody_has_a_hundred_made_at_once(harness: ReportHarness) -> None:
    for _ in range(service.MOST_OPEN):
        harness.order()
    with pytest.raises(Conflict):
        harness.order()


def test_storage_keeps_whole_files_only(tmp_path: Path) -> None:
    storage = LocalStorage(tmp_path / "files")
    with pytest.raises(NotFound):
        storage.open("../../etc/passwd")
    with pytest.raises(NotFound):
        storage.size("1/2026/11/" + "a" * 32)
    assert issubclass(Unavailable, Exception)


def test_one_company_never_sees_jobs_of_another(harness: ReportHarness) -> None:
    harness.order()
    other = harness.world.company("ООО «Лютик»")
    with company_scope(other.company_id), db.unit_of_work() as session:
        assert session.scalars(select(ReportJob)).all() == []
        assert session.execute(text("SELECT count(*) FROM report_jobs")).scalar_one() == 0

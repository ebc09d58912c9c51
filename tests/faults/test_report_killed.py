"""A worker killed in the middle of a report: it is made again, and no half file is ever offered."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import text

import bootstrap
from bootstrap import Parts
from core import db
from core.settings import Settings
from core.tenancy import company_scope
from lines import departments
from reports import service
from reports.models import JobState, ReportJob
from tests.fixtures.databases import Database
from tests.fixtures.processes import Service
from tests.fixtures.world import Place, World

pytestmark = pytest.mark.faults
LINES = 120_000


@pytest.fixture(scope="module")
def parts(environment: dict[str, str], module_database: Database) -> Iterator[Parts]:
    parts = bootstrap.build(Settings.from_env(environment))
    yield parts
    db.engine().dispose()


@pytest.fixture(scope="module")
def place(parts: Parts) -> Place:
    """A company with so many lines that its report takes a while."""
    world = World()
    place = world.company(lines=1)
    with company_scope(place.company_id), db.unit_of_work() as session:
        session.execute(
            text("""INSERT INTO lines (company_id, operator_id, msisdn, iccid, state, tariff_id, account_id,
                                       department_id, employee, spent)
                    SELECT company_id, 'M' || n, (79000000000 + n)::text, '8970' || n, state, tariff_id, account_id,
                           department_id, 'Employee ' || n, n % 100
                    FROM lines, generate_series(1, :lines) AS n"""),
            {"lines": LINES - 1},
        )
        departments.recount_totals(session, place.company_id)
    return place


def read(place: Place, job_id: int) -> ReportJob:
    with company_scope(place.company_id), db.unit_of_work() as session:
        return session.get_one(ReportJob, (place.company_id, job_id), populate_existing=True)


def wait(place: Place, job_id: int, until: Callable[[ReportJob], bool], patience: float = 60.0) -> ReportJob:
    deadline = time.monotonic() + patience
    while not until(job := read(place, job_id)):
        assert time.monotonic() < deadline, f"{job.state}, {job.done} of {job.total}: {job.trouble}"
        time.sleep(0.05)
    return job


def test_it_is_made_again(parts: Parts, place: Place, worker: Service) -> None:
    actor = place.actor(World().person(place))
    with company_scope(place.company_id), db.unit_of_work() as session:
        job_id = service.order(session, actor, parts, "lines", {}).id
    half = wait(place, job_id, lambda job: job.state == JobState.MAKING and job.done > 0)
    assert half.total == LINES
    assert half.key is None
    os.kill(int(half.worker.rpartition("/")[0].rpartition("-")[2]), signal.SIGKILL)
    ready = wait(place, job_id, lambda job: not job.is_open)
    assert (ready.state, ready.done, ready.tries) == (JobState.READY, LINES, 2), ready.trouble
    kept = [path for path in (Path(parts.settings.data_dir) / "files").rglob("*") if path.is_file()]
    assert len(kept) == 1
    with ZipFile(kept[0]) as archive:
        assert archive.testzip() is None
        assert archive.read("xl/worksheets/sheet1.xml").count(b"<row ") == LINES + 1

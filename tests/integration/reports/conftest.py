"""A workshop on a real database and a folder, and reports ordered and made by a test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from bootstrap import Parts
from core import clock, db
from core.tenancy import company_scope
from reports import service, worker
from reports.models import ReportJob
from tests.fixtures.parts import RememberingQueue, make_parts, make_settings
from tests.fixtures.world import Place, World


@dataclass
class ReportHarness:
    """One company and one person who orders reports."""

    parts: Parts
    queue: RememberingQueue
    world: World
    place: Place
    user: int

    def order(
        self, code: str = "lines", format: str = "xlsx", columns: Sequence[str] = (), **params: Any
    ) -> int:
        actor = self.place.actor(self.user)
        with company_scope(self.place.company_id), db.unit_of_work() as session:
            job = service.order(session, actor, self.parts, code, params, columns=columns, format=format)
            return job.id

    def make(self, job_id: int) -> ReportJob:
        worker.make(self.parts, self.place.company_id, job_id, "test-worker")
        return self.job(job_id)

    def job(self, job_id: int) -> ReportJob:
        with company_scope(self.place.company_id), db.unit_of_work() as session:
            return session.get_one(ReportJob, (self.place.company_id, job_id), populate_existing=True)

    def change(self, job_id: int, **values: Any) -> None:
        with company_scope(self.place.company_id), db.unit_of_work() as session:
            job = session.get_one(ReportJob, (self.place.company_id, job_id))
            for name, value in values.items():
                setattr(job, name, value)

    def let_lease_end(self, job_id: int) -> None:
        self.change(job_id, lease_until=clock.now() - timedelta(seconds=1), wake_until=None)

    def file(self, job_id: int) -> Path:
        job = self.job(job_id)
        assert job.key is not None
        path = self.parts.storage.path(job.key)
        assert path is not None
        return path

    def book(self, job_id: int) -> Any:
        """The finished file as openpyxl reads it."""
        with self.file(job_id).open("rb") as stream:
            return openpyxl.load_workbook(stream)

    def download(self, job_id: int) -> bytes:
        actor = self.place.actor(self.user)
        with company_scope(self.place.company_id), db.unit_of_work() as session:
            return service.open_file(session, actor, self.parts, job_id).stream.read()

    def with_storage(self, storage: Any) -> ReportHarness:
        return replace(self, parts=replace(self.parts, storage=storage))


@pytest.fixture
def harness(world: World, tmp_path: Path) -> ReportHarness:
    place = world.company(lines=7)
    world.lines(place, 5, department="north")
    world.lines(place, 4, department="city")
    queue = RememberingQueue()
    parts = make_parts(make_settings(tmp_path, console_url="https://console.example"), queue)
    return ReportHarness(parts, queue, world, place, world.person(place))

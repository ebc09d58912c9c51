"""Runs through the console's pages: a company with numbers, an operator in memory, workbooks to upload."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO

import openpyxl
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from bootstrap import Parts
from core import db
from core.tenancy import company_scope
from lines.models import Line
from operators.port import LineOutcome, Outcome
from runs.engine import runner
from runs.models import Run
from tests.fixtures.operator import RecordingOperator
from tests.fixtures.parts import RememberingQueue
from tests.fixtures.world import Place, World


@dataclass
class RunPages:
    """A company, one person of it with a browser, and the operator behind."""

    parts: Parts
    operator: RecordingOperator
    queue: RememberingQueue
    world: World
    place: Place
    user: int
    client: FlaskClient
    browser: Callable[[int], FlaskClient]

    def numbers(self) -> list[str]:
        """The company's numbers, by id."""
        with company_scope(self.place.company_id), db.unit_of_work() as session:
            return list(session.scalars(select(Line.msisdn).order_by(Line.id)))

    def upload(self, data: bytes, name: str = "list.xlsx") -> TestResponse:
        """Send a file the way the page does."""
        return self.client.post("/uploads", data={"file": (BytesIO(data), name)})

    def upload_numbers(self, rows: Sequence[object], *, header: str | None = None) -> str:
        """The address of the page of an upload with these cells."""
        answer = self.upload(workbook(rows, header=header))
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    def preview(self, code: str = "block", **form: object) -> TestResponse:
        """Ask for a preview of all lines unless `form` says otherwise."""
        asked: dict[str, object] = {"sel": "ids", "ids": [str(line_id) for line_id in self.place.line_ids]}
        if code == "block":
            asked["reason"] = "voluntary"
        return self.client.post(f"/operations/{code}/preview", data={**asked, **form})

    def start(self, code: str = "block", **form: object) -> int:
        """Preview and confirm; returns the run's id."""
        answer = self.preview(code, **form)
        assert answer.status_code == 303, answer.text
        run_id = int(answer.location.split("/")[2])
        run = self.run(run_id)
        started = self.client.post(f"/runs/{run_id}/confirm", data={"typed": str(run.preview["allowed"])})
        assert started.location == f"/runs/{run_id}", started.text
        return run_id

    def work(self, run_id: int) -> None:
        """Be the worker for one wake-up."""
        runner.work_on(self.parts, self.place.company_id, run_id, "test-worker")

    def finish(self, run_id: int) -> Run:
        """Work until the run has ended."""
        for _ in range(20):
            self.work(run_id)
            run = self.run(run_id)
            if run.finished_at is not None:
                return run
        raise AssertionError("the run does not end")

    def run(self, run_id: int) -> Run:
        with company_scope(self.place.company_id), db.unit_of_work() as session:
            return session.get_one(Run, (self.place.company_id, run_id), populate_existing=True)

    def runs(self) -> int:
        """How many runs were started."""
        with company_scope(self.place.company_id), db.unit_of_work() as session:
            started = select(func.count()).select_from(Run).where(Run.submitted_at.is_not(None))
            return int(session.scalar(started) or 0)

    def failing(self, *numbers: int) -> None:
        """Let these items of every run fail technically, and the rest be done."""

        def outcome(item: str) -> LineOutcome:
            if int(item.split("-")[1]) in numbers:
                return LineOutcome(item, Outcome.FAILED, "technical", "Switch did not answer")
            return LineOutcome(item, Outcome.DONE)

        self.operator.outcome = outcome


def workbook(rows: Sequence[object], *, header: str | None = None) -> bytes:
    """An .xlsx with these cells in one column."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Numbers")
    if header is not None:
        sheet.append([header])
    for row in rows:
        sheet.append([row])
    target = BytesIO()
    book.save(target)
    return target.getvalue()

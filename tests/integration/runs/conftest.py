"""An engine on a real database with an operator in memory, and a queue that only remembers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from bootstrap import Parts
from core import clock, db
from core.db import session
from core.tenancy import company_scope
from runs import previews, submission
from runs.engine import runner
from runs.models import Run
from runs.selection import parse
from tests.fixtures.operator import RecordingOperator
from tests.fixtures.parts import RememberingQueue, make_parts, make_settings
from tests.fixtures.world import Place, World


@dataclass
class RunHarness:
    """What a test does with runs, as a person and as the worker."""

    parts: Parts
    operator: RecordingOperator
    queue: RememberingQueue
    world: World
    place: Place
    user: int

    def preview(
        self, code: str = "block", params: dict[str, object] | None = None, **selection: object
    ) -> Run:
        actor = self.place.actor(self.user)
        default = {"reason": "voluntary"} if code == "block" else {}
        with company_scope(self.place.company_id), db.unit_of_work():
            return previews.create_preview(
                session(), actor, self.parts, code, params or default, parse(selection or self.everything())
            )

    def everything(self) -> dict[str, object]:
        return {"kind": "ids", "ids": self.place.line_ids}

    def submit(self, run: Run) -> Run:
        actor = self.place.actor(self.user)
        with company_scope(self.place.company_id), db.unit_of_work():
            return submission.submit(session(), actor, self.parts, run.id)

    def start(self, code: str = "block", params: dict[str, object] | None = None, **selection: object) -> Run:
        return self.submit(self.preview(code, params, **selection))

    def work(self, run: Run, wakes: int = 1) -> None:
        for _ in range(wakes):
            runner.work_on(self.parts, self.place.company_id, run.id, "test-worker")

    def run(self, run: Run) -> Run:
        with company_scope(self.place.company_id), db.unit_of_work() as session:
            return session.get_one(Run, (self.place.company_id, run.id), populate_existing=True)

    def make_due(self, run: Run) -> None:
        """Let every pause and every lease of the run be over."""
        with company_scope(self.place.company_id), db.unit_of_work() as session:
            from sqlalchemy import text

            session.execute(text("UPDATE runs SET retry_at = NULL, wake_until = NULL"))
            moved = "UPDATE order_batches SET check_at = :now, sent_at = sent_at - interval '1 minute'"
            session.execute(text(moved), {"now": clock.now()})


@pytest.fixture
def harness(world: World, tmp_path: Path) -> RunHarness:
    place = world.company(lines=25)
    operator, queue = RecordingOperator(), RememberingQueue()
    parts = make_parts(make_settings(tmp_path), queue, operator)
    return RunHarness(parts, operator, queue, world, place, world.person(place))

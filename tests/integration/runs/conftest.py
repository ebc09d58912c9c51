"""An engine on a real database with an operator in memory, and a queue that only remembers."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from core import clock, db
from core.db import session
from core.settings import Settings
from core.storage import LocalStorage
from core.tenancy import company_scope
from lines.bulk.target import LineTarget
from lines.operations import OPERATIONS
from runs import previews, submission
from runs.engine import runner
from runs.models import Run
from runs.parts import Engine
from tests.fixtures.operator import RecordingOperator
from tests.fixtures.world import Place, World


@dataclass
class RememberingQueue:
    """Stands where core.queue.JobQueue does; `works` False is a Redis that does not answer."""

    woken: list[tuple[int, int]] = field(default_factory=list)
    works: bool = True

    def wake(self, function: str, company_id: int, object_id: int, copies: int = 1) -> bool:
        if self.works:
            self.woken += [(company_id, object_id)] * copies
        return self.works


@dataclass
class Desk:
    """What a test does with runs, as a person and as the worker."""

    engine: Engine
    operator: RecordingOperator
    queue: RememberingQueue
    place: Place
    user: int

    def preview(
        self, code: str = "block", params: dict[str, object] | None = None, **selection: object
    ) -> Run:
        actor = self.place.actor(self.user)
        default = {"reason": "voluntary"} if code == "block" else {}
        with company_scope(self.place.company_id), db.unit_of_work():
            return previews.create_preview(
                session(), actor, self.engine, code, params or default, selection or self.everything()
            )

    def everything(self) -> dict[str, object]:
        return {"kind": "ids", "ids": self.place.line_ids}

    def submit(self, run: Run) -> Run:
        actor = self.place.actor(self.user)
        with company_scope(self.place.company_id), db.unit_of_work():
            return submission.submit(session(), actor, self.engine, run.id)

    def start(self, code: str = "block", params: dict[str, object] | None = None, **selection: object) -> Run:
        return self.submit(self.preview(code, params, **selection))

    def work(self, run: Run, wakes: int = 1) -> None:
        for _ in range(wakes):
            runner.work_on(self.engine, self.place.company_id, run.id, "test-worker")

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


def settings(**values: object) -> Settings:
    """Settings with which nothing leaves the process."""
    from pathlib import Path

    base: dict[str, object] = {
        "database_url": "",
        "database_owner_url": "",
        "redis_url": "",
        "operator_url": "",
        "operator_token": "",
        "operator_event_secret": "secret",
        "secret_key": "secret",
        "console_url": "http://console.test",
        "data_dir": Path("var"),
    }
    return Settings(**{**base, **values})  # type: ignore[arg-type]


@pytest.fixture
def desk(world: World) -> Desk:
    place = world.company(lines=25)
    operator, queue = RecordingOperator(), RememberingQueue()
    operations = {operation.code: operation for operation in OPERATIONS}
    storage = LocalStorage(settings().data_dir / "files")
    engine = Engine(settings(), queue, operator, LineTarget(), operations, storage)  # type: ignore[arg-type]
    return Desk(engine, operator, queue, place, world.person(place))

"""The main job in the test's process: a fresh company per test, a person signed in, an operator in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

import bootstrap
from console.app import create_app
from core import db
from core.db import unit_of_work
from core.settings import Settings
from core.storage import LocalStorage
from core.tenancy import all_companies
from lines.bulk.target import LineTarget
from lines.operations import OPERATIONS
from runs.parts import Engine
from tests.fixtures.databases import Database
from tests.fixtures.operator import RecordingOperator
from tests.fixtures.world import World
from tests.web.main_job.desk import Desk, RememberingQueue
from tests.web.world import make_token


def settings(database: Database, folder: Path) -> Settings:
    """Settings with which nothing leaves the process but to the database."""
    return Settings(
        database_url=database.url,
        database_owner_url=database.owner_url,
        redis_url="redis://127.0.0.1:9/0",
        operator_url="http://127.0.0.1:9",
        operator_token="token",
        operator_event_secret="secret",
        secret_key="a key for tests only",
        console_url="http://localhost",
        data_dir=folder,
    )


@pytest.fixture
def desk(fresh_database: Database, tmp_path: Path) -> Iterator[Desk]:
    """A company with 25 lines and its global administrator at the console."""
    bound = db.connect(fresh_database.url)
    operator, queue = RecordingOperator(), RememberingQueue()
    operations = {one.code: one for one in sorted(OPERATIONS, key=lambda one: one.order)}
    storage = LocalStorage(tmp_path / "files")
    engine = Engine(
        settings(fresh_database, tmp_path),
        queue,
        operator,
        LineTarget(),
        operations,
        storage,  # type: ignore[arg-type]
    )
    world = World()
    place = world.company(lines=25)
    user = world.person(place)
    app = create_app(engine, bootstrap.workshop(engine))
    app.config.update(
        TESTING=False, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False
    )

    def browser(user_id: int) -> FlaskClient:
        with all_companies(reason="a test signs in"), unit_of_work() as session:
            token = make_token(session, user_id)
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return client

    try:
        yield Desk(engine, operator, queue, world, place, user, browser(user), browser)
    finally:
        bound.dispose()

"""The main job in the test's process: a fresh company per test, a person signed in, an operator in memory."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from console.app import create_app
from core import db
from core.db import unit_of_work
from core.tenancy import all_companies
from tests.fixtures.databases import Database
from tests.fixtures.operator import RecordingOperator
from tests.fixtures.parts import RememberingQueue, make_parts, make_settings
from tests.fixtures.world import World
from tests.web.runs.desk import Desk
from tests.web.world import make_token


@pytest.fixture
def desk(fresh_database: Database, tmp_path: Path) -> Iterator[Desk]:
    """A company with 25 lines and its global administrator at the console."""
    bound = db.connect(fresh_database.url)
    operator, queue = RecordingOperator(), RememberingQueue()
    settings = make_settings(
        tmp_path,
        database_url=fresh_database.url,
        database_owner_url=fresh_database.owner_url,
        operator_url="http://127.0.0.1:9",
        console_url="http://localhost",
    )
    parts = make_parts(settings, queue, operator)
    world = World()
    place = world.company(lines=25)
    user = world.person(place)
    app = create_app(parts)
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
        yield Desk(parts, operator, queue, world, place, user, browser(user), browser)
    finally:
        bound.dispose()

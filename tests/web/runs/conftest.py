"""The main job in the test's process: a fresh company per test, a person signed in, an operator in memory."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from core import db
from tests.fixtures.databases import Database
from tests.fixtures.operator import RecordingOperator
from tests.fixtures.parts import RememberingQueue, make_parts, make_settings
from tests.fixtures.world import World
from tests.web.clients import make_app, make_client
from tests.web.runs.harness import RunPages


@pytest.fixture
def harness(fresh_database: Database, tmp_path: Path) -> Iterator[RunPages]:
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
    browser = partial(make_client, make_app(parts))
    try:
        yield RunPages(parts, operator, queue, world, place, user, browser(user), browser)
    finally:
        bound.dispose()

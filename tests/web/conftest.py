"""The console in the test's process, on a migrated database with two companies and people of every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import bootstrap
from bootstrap import Parts
from console.app import create_app
from core import db
from core.db import unit_of_work
from core.settings import Settings
from core.tenancy import all_companies
from tests.fixtures.databases import Database
from tests.web.world import (
    STAFF_ROLES,
    Place,
    give_work,
    keep_attachments,
    make_company,
    make_staff,
    make_token,
)


@dataclass
class World:
    """Two companies, and the operator's people who look after the first only."""

    home: Place
    foreign: Place
    staff: dict[str, int]


@pytest.fixture(scope="module")
def parts(
    module_database: Database, module_redis_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Parts]:
    """The real engine; its operator is an address at which nobody listens."""
    settings = Settings(
        database_url=module_database.url,
        database_owner_url=module_database.owner_url,
        redis_url=module_redis_url,
        operator_url="http://127.0.0.1:9",
        operator_token="token",
        operator_event_secret="event-secret",
        secret_key="a key for tests only",
        console_url="http://localhost",
        data_dir=Path(tmp_path_factory.mktemp("data")),
    )
    yield bootstrap.build(settings)
    db.engine().dispose()


@pytest.fixture(scope="module")
def world(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The rows of the tests, made once per module."""
    scan = Path(tmp_path_factory.mktemp("scan")) / "scan.pdf"
    scan.write_bytes(b"%PDF-")
    with all_companies(reason="a test makes its world"), unit_of_work() as session:
        home, foreign = make_company(session, 1), make_company(session, 2)
        staff = {role: make_staff(session, role, role, (home.company,)) for role in STAFF_ROLES}
        for role, user_id in staff.items():
            give_work(session, home, role, user_id)
        keep_attachments(session, parts.storage, scan)
        return World(home, foreign, staff)


@pytest.fixture(scope="module")
def app(parts: Parts) -> Flask:
    """The console without CSRF, which has tests of its own."""
    app = create_app(parts)
    app.config.update(
        TESTING=False, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False
    )
    return app


SignIn = Callable[..., FlaskClient]


@pytest.fixture
def sign_in(app: Flask, world: World) -> SignIn:
    """A browser signed in as a user by id; staff may have entered a company."""

    def signed_in(user_id: int, entered: int | None = None) -> FlaskClient:
        with all_companies(reason="a test signs in"), unit_of_work() as session:
            token = make_token(
                session, user_id, entered=entered, reason="Call of the customer" if entered else ""
            )
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"] = token
        return client

    return signed_in

"""The console in the test's process, on a migrated database with two companies and people of every role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import bootstrap
from bootstrap import Parts
from core import db
from core.db import unit_of_work
from core.settings import Settings
from core.tenancy import all_companies
from tests.fixtures.company_objects import (
    STAFF_ROLES,
    FullPlace,
    give_work,
    keep_attachments,
    make_full_company,
)
from tests.fixtures.databases import Database
from tests.fixtures.world import add_staff
from tests.web.clients import make_app, make_client


@dataclass
class TwoCompanies:
    """Two companies, and the operator's people who look after the first only."""

    home: FullPlace
    foreign: FullPlace
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
def companies(parts: Parts, tmp_path_factory: pytest.TempPathFactory) -> TwoCompanies:
    """Two companies of the module's tests, made once."""
    scan = Path(tmp_path_factory.mktemp("scan")) / "scan.pdf"
    scan.write_bytes(b"%PDF-")
    with all_companies(reason="a test makes its world"), unit_of_work() as session:
        home, foreign = make_full_company(session, 1), make_full_company(session, 2)
        staff = {role: add_staff(session, role, role, (home.company_id,)) for role in STAFF_ROLES}
        for role, user_id in staff.items():
            give_work(session, home, role, user_id)
        keep_attachments(session, parts.storage, scan)
        return TwoCompanies(home, foreign, staff)


@pytest.fixture(scope="module")
def app(parts: Parts) -> Flask:
    """The console of the module's tests."""
    return make_app(parts)


SignIn = Callable[..., FlaskClient]


@pytest.fixture
def sign_in(app: Flask, companies: TwoCompanies) -> SignIn:
    """A browser signed in as a user of the two companies by id; staff may have entered a company."""
    return partial(make_client, app)

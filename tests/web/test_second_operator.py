"""Another operator is one folder and one line: a run is carried out through an adapter unknown to the product."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

import bootstrap
from bootstrap import Parts
from console.app import create_app
from core import db
from core.tenancy import all_companies, company_scope
from lines import jobs
from lines.models import Line
from operators.models import SyncState
from runs import previews, submission
from runs.engine import runner
from runs.models import Run
from runs.selection import Ids
from tests.fixtures import plain_operator
from tests.fixtures.databases import Database
from tests.fixtures.parts import make_settings
from tests.fixtures.plain_operator import KEY_HEADER, PlainGateway
from tests.fixtures.world import Place, World


@pytest.fixture
def parts(fresh_database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Parts]:
    """Parts of a process whose operator is the other one: the line and the setting are all that it takes."""
    monkeypatch.setitem(bootstrap.ADAPTERS, "plain", plain_operator.connect)
    settings = make_settings(tmp_path, database_url=fresh_database.url, operator_adapter="plain")
    yield bootstrap.build(settings)
    db.engine().dispose()


@pytest.fixture
def gateway(parts: Parts) -> PlainGateway:
    """The way of orders to the other operator."""
    assert isinstance(parts.operator.gateway, PlainGateway)
    return parts.operator.gateway


def start(parts: Parts, place: Place, user: int) -> int:
    """Block all lines and be the worker once; returns the run's id."""
    actor, lines = place.actor(user), Ids(tuple(place.line_ids))
    with company_scope(place.company_id), db.unit_of_work() as session:
        run_id = previews.create_preview(session, actor, parts, "block", {"reason": "lost"}, lines).id
    with company_scope(place.company_id), db.unit_of_work() as session:
        submission.submit(session, actor, parts, run_id)
    runner.work_on(parts, place.company_id, run_id, "test-worker")
    return run_id


def test_a_run_is_carried_out(parts: Parts, gateway: PlainGateway) -> None:
    world = World()
    place = world.company(lines=3)
    run_id = start(parts, place, world.person(place))
    with company_scope(place.company_id), db.unit_of_work() as session:
        keys = session.scalars(select(Line.operator_id).order_by(Line.id)).all()
    received = [line for order in gateway.orders.values() for line in order]
    assert received == [
        f"{run_id}-{no} {key} is blocked because lost" for no, key in enumerate(keys, start=1)
    ]
    client = create_app(parts).test_client()
    for key, items in gateway.orders.items():
        event = "\n".join([key, *(f"{item.split()[0]} ok" for item in items)])
        assert client.post("/operator/events", data=event).status_code == 401
        answer = client.post("/operator/events", data=event, headers={KEY_HEADER: "secret"})
        assert answer.status_code == 204, answer.text
    with company_scope(place.company_id), db.unit_of_work() as session:
        run = session.get_one(Run, (place.company_id, run_id))
        states = session.execute(select(Line.state, Line.block_reason)).all()
        assert run.finished_at is not None
    assert (run.done, {tuple(state) for state in states}) == (3, {("blocked", "lost")})


def test_it_is_subscribed_to_and_read(parts: Parts, gateway: PlainGateway) -> None:
    World().company(lines=1)
    jobs.synchronise(parts)
    assert gateway.listeners == ["http://console.test"]
    with all_companies(reason="a test looks"), db.unit_of_work() as session:
        streams = session.execute(select(SyncState.stream, SyncState.problem)).all()
    assert {row[0] for row in streams} >= {"catalogue", "companies", "pool"}
    assert {row[1] for row in streams} == {""}

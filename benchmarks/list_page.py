"""The list of a department's subtree, first and deep page, in a company of 10,000 and in one of 1,000,000 lines."""

from __future__ import annotations

import logging
import shutil
import statistics
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

import bootstrap
from benchmarks.harness import Result, percentile, seconds
from console.app import create_app
from core import clock, db
from core.settings import Settings
from core.tenancy import all_companies, company_scope
from devtools.servers.roles import OWNER, allow_application, create_database
from devtools.services import Launcher
from hierarchy.models import Company
from lines import departments, keyset, queries
from lines.filters import LineFilter
from operators.models import Tariff
from rbac.grants import create_preset_roles
from rbac.models import Grant
from tests.fixtures.servers import LocalServers
from users.actor import load_actor
from users.models import User
from users.signin import sessions

FEW, MANY = 10_000, 1_000_000
LIMIT = 1.5
WARM_UP, ROUNDS = 10, 60
BRANCHES, BELOW = 20, 5
"""Every branch with five departments below it holds five per cent of the lines."""

DEPARTMENTS = text("""
    WITH branch AS (
        INSERT INTO departments (company_id, id, parent_id, path, name)
        SELECT :company, :root + b, :root, '/' || CAST(:root AS bigint) || '/' || (:root + b) || '/', 'Branch ' || b
        FROM generate_series(1, CAST(:branches AS bigint)) AS b)
    INSERT INTO departments (company_id, id, parent_id, path, name)
    SELECT :company, :root + 100 * b + d, :root + b,
           '/' || CAST(:root AS bigint) || '/' || (:root + b) || '/' || (:root + 100 * b + d) || '/', 'Team ' || d
    FROM generate_series(1, CAST(:branches AS bigint)) AS b, generate_series(1, CAST(:below AS bigint)) AS d""")
# Numbers are given out in blocks, so that those of a branch stand together: the worst case for an ordered scan.
LINES = text("""
    INSERT INTO lines (company_id, operator_id, msisdn, iccid, state, tariff_id, department_id, employee,
                       limit_amount, limit_period, limit_warn, spent, last_activity)
    SELECT :company, 'P' || n, CAST(79000000000 + n AS text), CAST(89701000000000000 + n AS text),
           CASE WHEN n % 20 = 0 THEN 'blocked' ELSE 'active' END, 'T-1',
           :root + b + CASE WHEN n % 6 = 0 THEN 0 ELSE 99 * b + n % 6 END,
           'Сотрудник ' || (n * 7919 % 100003), CASE WHEN n % 3 = 0 THEN 500 END, 'month', 80, n % 400,
           DATE '2026-10-01' + CAST(n % 50 AS integer)
    FROM (SELECT n, 1 + (n - 1) * :branches / :lines AS b
          FROM generate_series(1, CAST(:lines AS bigint)) AS n) AS numbered""")


@dataclass(frozen=True)
class Place:
    """A company to measure in: who looks, at which branch, and a place in the middle of it."""

    company: int
    user: int
    branch: int
    middle: str


@contextmanager
def console() -> Iterator[Flask]:
    """The console on a database of its own."""
    folder = Path(tempfile.mkdtemp(prefix="vm-bench-", dir="/tmp"))
    folder.chmod(0o711)
    servers = LocalServers(folder, "bench")
    try:
        create_database(servers.admin_url, "bench", owner=OWNER)
        allow_application(servers.admin_url, "bench")
        addresses = {
            "DATABASE_OWNER_URL": servers.owner_url("bench"),
            "DATABASE_URL": servers.app_url("bench"),
        }
        Launcher(addresses, servers.logs).migrate()
        settings = Settings(
            database_url=servers.app_url("bench"),
            database_owner_url=servers.owner_url("bench"),
            redis_url=servers.valkey.url(0),
            operator_url="http://127.0.0.1:9",
            operator_token="none",
            operator_event_secret="none",
            secret_key="a key for measuring only",
            console_url="http://localhost",
            data_dir=folder / "data",
        )
        yield create_app(bootstrap.build(settings))
        db.engine().dispose()
    finally:
        servers.stop()
        shutil.rmtree(folder, ignore_errors=True)


def make(session: Session, lines: int) -> Place:
    """A company of so many lines with a global administrator."""
    now = clock.now()
    company = Company(party_id=f"ORG-{lines}", name=f"{lines} lines", created_at=now, synced_at=now)
    user = User(login=f"admin-{lines}", name="Administrator", created_at=now)
    session.add(company)
    session.flush()
    root = company.id * 1_000_000
    session.execute(
        text("INSERT INTO departments (company_id, id, path, name) VALUES (:company, :root, :path, 'All')"),
        {"company": company.id, "root": root, "path": f"/{root}/"},
    )
    shape = {"company": company.id, "root": root, "branches": BRANCHES}
    session.execute(DEPARTMENTS, {**shape, "below": BELOW})
    session.execute(LINES, {**shape, "lines": lines})
    departments.recount_totals(session, company.id)
    roles = create_preset_roles(session, company.id)
    user.company_id = company.id
    session.add(user)
    session.flush()
    session.add(
        Grant(
            company_id=company.id,
            user_id=user.id,
            role_id=roles["global_admin"].id,
            path=f"/{root}/",
            granted_at=now,
        )
    )
    session.flush()
    return Place(company.id, user.id, root + BRANCHES // 2, "")


def middle_of(place: Place) -> str:
    """The cursor of a row in the middle of the branch."""
    with company_scope(place.company), db.unit_of_work() as session:
        actor = load_actor(session, place.user, place.company)
        key = session.scalar(
            text("""
                SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY msisdn) FROM lines
                JOIN departments d ON d.id = department_id WHERE d.id = :branch OR d.parent_id = :branch"""),
            {"branch": place.branch},
        )
        wanted = LineFilter(q=f"+{key}")
        (row,) = queries.page_of_lines(session, actor, wanted).rows
        return keyset.order_of("number").cursor(row.line)


def signed_in(app: Flask, place: Place) -> FlaskClient:
    """A browser of the administrator."""
    with all_companies(reason="a benchmark signs in"), db.unit_of_work() as session:
        token = sessions.start(session, place.user, moment=clock.now(), ip="127.0.0.1", agent="benchmark")
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie["_user_id"] = token
    return client


def measure(app: Flask, places: dict[int, Place], address: str, *, fragment: bool) -> dict[int, list[float]]:
    """Seconds of every request by company, taking turns so that both meet the same moments of the machine."""
    clients = {lines: signed_in(app, place) for lines, place in places.items()}
    headers = {"HX-Request": "true"} if fragment else {}
    times: dict[int, list[float]] = {lines: [] for lines in places}

    def ask(lines: int) -> None:
        place = places[lines]
        answer = clients[lines].get(address.format(branch=place.branch, middle=place.middle), headers=headers)
        assert answer.status_code == 200, answer.status
        assert answer.data.count(b"data-line=") == queries.PAGE

    for number in range(WARM_UP + ROUNDS):
        for lines in places:
            took = seconds(lambda lines=lines: ask(lines))  # type: ignore[misc]
            if number >= WARM_UP:
                times[lines].append(took)
    return times


ADDRESSES = {
    "first": ("/lines?department={branch}", False),
    "first_descending": ("/lines?department={branch}&sort=-number", False),
    "deep": ("/lines/rows?department={branch}&after={middle}", True),
    "deep_filtered": ("/lines/rows?department={branch}&state=active&limit=no&after={middle}", True),
}


def main() -> Iterator[Result]:
    """Median and 95th percentile of whole requests, the large company against the small one."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    with console() as app:
        with all_companies(reason="a benchmark makes its world"), db.unit_of_work() as session:
            session.add(Tariff(id="T-1", name="Start", monthly=300, switch_price=0))
            session.flush()
            made = {lines: make(session, lines) for lines in (FEW, MANY)}
        owner = create_engine(app.extensions["virtual_manager"].settings.database_owner_url)
        with owner.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        owner.dispose()
        places = {
            lines: Place(place.company, place.user, place.branch, middle_of(place))
            for lines, place in made.items()
        }
        for name, (address, fragment) in ADDRESSES.items():
            times = measure(app, places, address, fragment=fragment)
            few, many = (statistics.median(times[lines]) for lines in (FEW, MANY))
            tails = {f"p95_{lines}": round(1000 * percentile(times[lines], 95), 2) for lines in (FEW, MANY)}
            yield Result(
                f"list_page_{name}", 1000 * many, "ms", 1000 * few, many / few, at_most=LIMIT, extra=tails
            )

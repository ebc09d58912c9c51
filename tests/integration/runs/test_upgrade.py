"""Runs, lists, requests and schedules of the first released version are all there after an upgrade to this one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, create_engine, text

from devtools.services import Launcher
from runs.models import BatchState, ItemState, RunState
from tests.fixtures.databases import Database
from tests.fixtures.servers import LocalServers
from tests.integration.runs.conftest import RunHarness

RELEASED = "0008"
TABLES = (
    "runs",
    "run_items",
    "run_values",
    "order_batches",
    "uploads",
    "upload_rows",
    "requests",
    "request_lines",
    "request_events",
    "report_schedules",
    "report_jobs",
)
BLANKS = {"jsonb": {}, "boolean": False, "bigint": 0, "integer": 0, "numeric": 0, "ARRAY": []}
GONE = frozenset({"new_iccid", "new_msisdn"})
ADDED = {
    "runs": frozenset({"target"}),
    "uploads": frozenset({"account", "hidden"}),
    "upload_rows": frozenset({"values"}),
    "order_batches": frozenset({"valid_until", "absent_since", "given_up"}),
}
"""Columns that came later; the one of lists has a test of its own."""
RENAMED = {"run_items": ("line_id", "target_id"), "run_values": ("line_id", "target_id")}


@pytest.fixture
def launcher(servers: LocalServers, fresh_database: Database) -> Launcher:
    """Runs migrations of this test's database."""
    name = fresh_database.name
    addresses = {"DATABASE_OWNER_URL": servers.owner_url(name), "DATABASE_URL": servers.app_url(name)}
    return Launcher(addresses, servers.logs)


@pytest.fixture
def owner(fresh_database: Database) -> Iterator[Connection]:
    """The owner of the tables, who sees the rows of all companies and leaves no transaction open."""
    engine = create_engine(fresh_database.owner_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("SELECT set_config('app.company', '*', false)"))
        yield connection
    engine.dispose()


def add(owner: Connection, table: str, **values: Any) -> Any:
    """A row with these values and blanks in every other column that needs something; returns its id, if it has one."""
    columns = owner.execute(
        text(
            "SELECT column_name, data_type, is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'"
            " FROM information_schema.columns WHERE table_name = :table AND table_schema = 'public'"
        ),
        {"table": table},
    ).all()
    row = {
        name: values.get(name, BLANKS.get(kind, "2026-05-01T10:00Z" if "time" in kind else ""))
        for name, kind, is_needed in columns
        if is_needed or name in values
    }
    kinds = {name: kind for name, kind, _ in columns}
    names = ", ".join(f'"{name}"' for name in row)
    marks = ", ".join(f"CAST(:{name} AS {kinds[name]})" if kinds[name] != "ARRAY" else "'{}'" for name in row)
    bound = {name: json.dumps(value) if kinds[name] == "jsonb" else value for name, value in row.items()}
    returning = " RETURNING id" if "id" in kinds else ""
    added = owner.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks}){returning}"), bound)
    return added.scalar_one() if returning else None


def fill(owner: Connection, harness: RunHarness) -> None:
    """Runs in every state with items in every state, with orders and values; a list, a request and a schedule."""
    company, lines = harness.place.company_id, harness.place.line_ids
    of_company = {"company_id": company}
    for state in RunState:
        run = add(
            owner,
            "runs",
            **of_company,
            operation="replace_sim",
            state=state.value,
            selection={"kind": "ids", "ids": lines[: len(ItemState)]},
            idempotency_key=state.value,
            created_by=harness.user,
            total=len(ItemState),
        )
        batch = add(
            owner,
            "order_batches",
            **of_company,
            run_id=run,
            key=f"key-{state.value}",
            state=BatchState.ACCEPTED.value,
        )
        for no, item in enumerate(ItemState, 1):
            of_run = {**of_company, "run_id": run, "line_id": lines[no]}
            add(owner, "run_items", **of_run, no=no, state=item.value, reason="technical", batch_id=batch)
            add(owner, "run_values", **of_run, value=f"{no:019d}")
    upload = add(
        owner, "uploads", **of_company, filename="list.xlsx", created_by=harness.user, rows=1, found=1
    )
    add(owner, "upload_rows", **of_company, upload_id=upload, no=1, raw="79160000001", line_id=lines[0])
    request = add(owner, "requests", **of_company, form="claim", state="submitted", run_id=run)
    add(owner, "request_lines", **of_company, request_id=request, no=1, line_id=lines[0], msisdn="7916")
    add(owner, "request_events", **of_company, request_id=request, name="submit", run_id=run)
    add(owner, "report_schedules", **of_company, report="lines", params={"state": "active"})
    add(owner, "report_jobs", **of_company, report="lines", state="done")


def rows(owner: Connection, table: str, without: frozenset[str] = frozenset()) -> list[str]:
    """Every row as JSON has it, in one order, without these columns; items and values say the id as they do now."""
    result = owner.execute(text(f"SELECT to_jsonb(one) FROM {table} AS one")).scalars()
    old, new = RENAMED.get(table, ("", ""))
    kept = [
        {new if name == old else name: value for name, value in row.items() if name not in without}
        for row in result
    ]
    return sorted(json.dumps(row, sort_keys=True) for row in kept)


def test_everything_is_there_after_the_upgrade(
    harness: RunHarness, launcher: Launcher, owner: Connection
) -> None:
    launcher.run("downgrade", "-m", "alembic", "downgrade", RELEASED)
    fill(owner, harness)
    before = {table: rows(owner, table, GONE) for table in TABLES}
    assert all(before.values()), before
    launcher.migrate()
    assert {table: rows(owner, table, ADDED.get(table, frozenset())) for table in TABLES} == before
    assert set(owner.execute(text("SELECT target FROM runs")).scalars()) == {"line"}

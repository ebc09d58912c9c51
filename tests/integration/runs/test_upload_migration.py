"""Lists that were uploaded before row values were kept by the code of their kind stay usable after the upgrade."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, select, text

from core import db
from core.tenancy import company_scope
from devtools.services import ROOT, Launcher
from lines.models import Line, SimCard
from lines.numbers import luhn_check_digit
from runs.models import UploadRow
from tests.fixtures.databases import Database
from tests.fixtures.servers import LocalServers
from tests.integration.runs.conftest import RunHarness

MIGRATION = "upload_values.py"


def card(number: int) -> str:
    body = f"897010155{number:09d}"
    return body + luhn_check_digit(body)


def revision_before() -> str:
    """The revision that the migration of this test comes after."""
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    for script in ScriptDirectory.from_config(config).walk_revisions():
        if Path(script.path).name.endswith(MIGRATION):
            return str(script.down_revision)
    raise AssertionError(f"no migration {MIGRATION}")


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


def upload_before(owner: Connection, harness: RunHarness) -> int:
    """A list of three rows as the version before wrote it; returns its id."""
    upload_id: int = owner.execute(
        text(
            "INSERT INTO uploads (company_id, filename, created_by, created_at, rows, found, problems)"
            " VALUES (:company, 'list.xlsx', :person, now(), 3, 3, 0) RETURNING id"
        ),
        {"company": harness.place.company_id, "person": harness.user},
    ).scalar_one()
    listed = [(card(1), None), (None, None), (card(2), "79990000001")]
    owner.execute(
        text(
            "INSERT INTO upload_rows (company_id, upload_id, no, sheet, row, raw, line_id, new_iccid, new_msisdn)"
            " VALUES (:company, :upload, :no, '1', :no, 'raw', :line, :iccid, :msisdn)"
        ),
        [
            {
                "company": harness.place.company_id,
                "upload": upload_id,
                "no": no,
                "line": line_id,
                "iccid": iccid,
                "msisdn": msisdn,
            }
            for no, (line_id, (iccid, msisdn)) in enumerate(
                zip(harness.place.line_ids, listed, strict=False), 1
            )
        ],
    )
    return upload_id


def test_a_list_uploaded_before_serves_an_operation_after(
    harness: RunHarness, launcher: Launcher, owner: Connection
) -> None:
    launcher.run("downgrade", "-m", "alembic", "downgrade", revision_before())
    upload_id = upload_before(owner, harness)
    launcher.migrate()
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        rows = session.scalars(select(UploadRow).order_by(UploadRow.no)).all()
        assert [row.values for row in rows] == [
            {"iccid": card(1)},
            None,
            {"iccid": card(2), "msisdn": "79990000001"},
        ]
        for no in (1, 2):
            spare = {"operator_id": f"S{no}", "iccid": card(no), "state": "spare"}
            session.add(SimCard(company_id=harness.place.company_id, **spare))
    run = harness.preview("replace_sim", kind="upload", upload=upload_id)
    assert (run.preview["allowed"], run.preview["refused"]) == (2, {"no_value": 1})
    harness.work(harness.submit(run))
    first, _, third = harness.place.line_ids[:3]
    with company_scope(harness.place.company_id), db.unit_of_work() as session:
        cards = session.scalars(select(Line.iccid).where(Line.id.in_([first, third])).order_by(Line.id))
        assert list(cards) == [card(1), card(2)]


def test_the_way_back_keeps_cards_and_numbers(
    harness: RunHarness, launcher: Launcher, owner: Connection
) -> None:
    launcher.run("downgrade", "-m", "alembic", "downgrade", revision_before())
    upload_before(owner, harness)
    launcher.migrate()
    launcher.run("downgrade", "-m", "alembic", "downgrade", revision_before())
    rows = owner.execute(text("SELECT new_iccid, new_msisdn FROM upload_rows ORDER BY no")).all()
    assert [tuple(row) for row in rows] == [(card(1), None), (None, None), (card(2), "79990000001")]

"""The embedded PostgreSQL starts, stops, keeps its data and survives what an earlier crash left."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from devtools.account import find_unprivileged
from devtools.servers import data_folder, start_servers
from devtools.servers.passwords import Passwords
from devtools.servers.postgres import FAST_AND_FORGETFUL, Postgres, PostgresError
from tests.fixtures.databases import Database
from tests.fixtures.servers import LocalServers


@pytest.fixture
def folder(servers: LocalServers, tmp_path: Path) -> Path:
    made = servers.folder / tmp_path.name
    made.mkdir()
    return made


def cluster(folder: Path) -> Postgres:
    passwords = Passwords(folder / "passwords.json")
    return Postgres(data_folder(folder), folder / "pg", folder / "pg.log", passwords, FAST_AND_FORGETFUL)


@pytest.fixture
def postgres(folder: Path) -> Iterator[Postgres]:
    server = cluster(folder)
    server.start()
    yield server
    server.stop()


def number_of_tables(server: Postgres) -> int:
    with psycopg.connect(server.url()) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
    assert row is not None
    return int(row[0])


def test_data_survives_a_restart(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url()) as connection:
        connection.execute("CREATE TABLE kept (id int)")
    postgres.stop()
    assert not postgres.is_running()
    postgres.start()
    assert number_of_tables(postgres) == 1


def test_cyrillic_is_folded_and_sorted_by_the_database(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url()) as connection:
        assert connection.execute("SELECT lower('ЖЁЛТЫЙ')").fetchone() == ("жёлтый",)


def test_a_password_is_required(postgres: Postgres) -> None:
    with pytest.raises(psycopg.OperationalError, match="password"):
        psycopg.connect(f"postgresql://postgres:wrong@/postgres?host={postgres.sockets}")


def test_secrets_and_sockets_are_private(postgres: Postgres, folder: Path) -> None:
    assert (folder / "passwords.json").stat().st_mode & 0o777 == 0o600
    assert postgres.sockets.stat().st_mode & 0o777 == 0o700
    assert not (postgres.sockets / "superuser").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to drop")
def test_root_drops_its_rights(postgres: Postgres) -> None:
    account = find_unprivileged()
    assert account is not None
    owner = Path(f"/proc/{postgres.child().pid}").stat().st_uid
    assert owner == account.uid != 0


def test_a_lock_file_naming_a_foreign_process_does_no_harm(postgres: Postgres) -> None:
    postgres.child().kill()
    lock = postgres.data / "postmaster.pid"
    old = lock.read_text().partition("\n")
    lock.write_text(f"{os.getpid()}\n{old[2]}")
    postgres.start()
    assert number_of_tables(postgres) == 0


def test_a_server_left_running_is_replaced(postgres: Postgres, folder: Path) -> None:
    first = postgres.child().popen
    second = cluster(folder)
    second.start()
    try:
        assert first.wait(10) == 0
        assert number_of_tables(second) == 0
    finally:
        second.stop()


def test_data_of_another_version_is_refused_clearly(postgres: Postgres) -> None:
    postgres.stop()
    (postgres.data / "PG_VERSION").write_text("9\n")
    with pytest.raises(PostgresError, match="made by PostgreSQL 9"):
        postgres.start()


def test_a_folder_too_deep_for_a_socket_works(folder: Path) -> None:
    deep = folder / ("deep" * 30)
    deep.mkdir()
    server = cluster(deep)
    server.start()
    assert number_of_tables(server) == 0
    sockets = server.sockets
    server.stop()
    assert not sockets.exists()


def test_nothing_outlives_a_killed_launcher(folder: Path) -> None:
    program = (
        "import sys, time\nfrom pathlib import Path\nfrom devtools.servers import start_servers\n"
        "servers = start_servers(Path(sys.argv[1]), Path(sys.argv[1]), {})\n"
        "print(servers.postgres.child().pid, servers.valkey.child().pid, flush=True)\ntime.sleep(60)\n"
    )
    command = [sys.executable, "-c", program, str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as launcher:
        assert launcher.stdout is not None
        pids = [int(word) for word in launcher.stdout.readline().split()]
        launcher.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and any(Path(f"/proc/{pid}/exe").exists() for pid in pids):
        time.sleep(0.05)
    assert not any(Path(f"/proc/{pid}/exe").exists() for pid in pids)


def test_the_application_role_is_neither_owner_nor_above_row_security(fresh_database: Database) -> None:
    with psycopg.connect(fresh_database.owner_url.replace("+psycopg", "")) as owner:
        owner.execute("CREATE TABLE secret (id int)")
        owner.execute("ALTER TABLE secret ENABLE ROW LEVEL SECURITY")
        owner.execute("ALTER TABLE secret FORCE ROW LEVEL SECURITY")
        owner.execute("CREATE POLICY none ON secret USING (false)")
    with psycopg.connect(fresh_database.url.replace("+psycopg", "")) as application:
        assert application.execute("SELECT count(*) FROM secret").fetchone() == (0,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("INSERT INTO secret VALUES (1)")
        application.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("ALTER TABLE secret DISABLE ROW LEVEL SECURITY")


def test_the_application_connects_to_its_own_database_only(fresh_database: Database) -> None:
    url = fresh_database.url.replace("postgresql+psycopg://", "postgresql://")
    for name in ("postgres", "template1"):
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(url.replace(f"/{fresh_database.name}?", f"/{name}?"))


def test_servers_named_in_the_environment_are_not_started(folder: Path) -> None:
    named = {
        "DATABASE_URL": "postgresql+psycopg://app@db/vm",
        "DATABASE_OWNER_URL": "postgresql+psycopg://owner@db/vm",
        "REDIS_URL": "redis://cache/0",
        "OPERATOR_URL": "http://operator",
    }
    servers = start_servers(folder, folder, named)
    assert servers.postgres is None
    assert servers.valkey is None
    assert servers.environ().items() <= named.items()

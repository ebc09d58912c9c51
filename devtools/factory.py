"""The whole product as processes of its own, servers included: what fault tests and benchmarks drive and damage."""

import json
import os
import shutil
import signal
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import psycopg
from psycopg import sql
from redis import Redis
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

import bootstrap
from bootstrap import Parts
from core import clock, db
from core.settings import Settings
from core.tenancy import all_companies, company_scope
from devtools.process import Child
from devtools.servers import data_folder
from devtools.servers.passwords import Passwords
from devtools.servers.postgres import Postgres
from devtools.servers.roles import (
    APPLICATION,
    DATABASE,
    OWNER,
    SANDBOX,
    SANDBOX_DATABASE,
    RolePasswords,
    prepare,
)
from devtools.servers.valkey import Valkey
from devtools.services import HOST, Launcher, free_port, wait_for
from hierarchy.models import Department
from lines.sync.lines import load_company
from operators.port import Source
from operators.sync import companies, sync_catalogue, sync_companies
from rbac.actor import Actor
from rbac.models import Grant, Role
from runs import control, previews, submission
from runs.models import Run
from runs.selection import Below
from users.actor import load_actor
from users.models import User
from users.signin.passwords import hash_password

SECRET = "factory-secret-of-no-worth"  # noqa: S105 - servers that live for minutes on a private socket
LOGIN, PASSWORD = "factory-admin", "Long-enough-9-for-a-test"
RUNNER = "runner"


@dataclass
class Factory:
    """One product: PostgreSQL, Valkey, sandbox, worker and, if wanted, the console, loaded with one company."""

    folder: Path
    settings: Mapping[str, str]
    postgres: Postgres
    valkey: Valkey
    variables: dict[str, str] = field(default_factory=dict)
    children: dict[str, Child] = field(default_factory=dict)
    company_id: int = 0
    party_id: str = ""
    user_id: int = 0
    parts: Parts = field(init=False)
    source: Source = field(init=False)

    @property
    def logs(self) -> Path:
        return self.folder / "log"

    def start(self, lines: int) -> None:
        """Servers, structure, sandbox with one company, its lines loaded through the gateway, one administrator."""
        self.postgres.start()
        self.valkey.start()
        self._prepare()
        self.start_sandbox()
        self.admin("POST", "seed", {"companies": [{"name": "ООО «Завод»", "lines": lines}], "seed": 1})
        settings = Settings.from_env(self.variables)
        self.parts = bootstrap.build(settings)
        self.source = self.parts.operator.source
        sync_catalogue(self.source)
        sync_companies(self.source)
        self.company_id, self.party_id = companies()[0]
        load_company(self.source, self.company_id, with_sims=False)
        self._hire()

    def _prepare(self) -> None:
        passwords = self.postgres.passwords
        roles = RolePasswords(*(passwords.get(role) for role in (OWNER, APPLICATION, SANDBOX)))
        prepare(self.postgres.url(), roles)
        to_console = "postgresql+psycopg://"
        self.variables = {
            "DATABASE_URL": self.postgres.url(DATABASE, APPLICATION).replace("postgresql://", to_console),
            "DATABASE_OWNER_URL": self.postgres.url(DATABASE, OWNER).replace("postgresql://", to_console),
            "SANDBOX_DATABASE_URL": self.postgres.url(SANDBOX_DATABASE, SANDBOX),
            "REDIS_URL": self.valkey.url(),
            "OPERATOR_URL": f"http://{HOST}:{free_port()}",
            "CONSOLE_URL": f"http://{HOST}:{free_port()}",
            "DATA_DIR": str(self.folder / "files"),
            **dict.fromkeys(
                ("OPERATOR_TOKEN", "OPERATOR_EVENT_SECRET", "SANDBOX_ADMIN_TOKEN", "SECRET_KEY"), SECRET
            ),
            **self.settings,
        }
        self.variables["SANDBOX_PORT"] = self.variables["OPERATOR_URL"].rpartition(":")[2]
        self.launcher.migrate()

    @property
    def launcher(self) -> Launcher:
        return Launcher(self.variables, self.logs)

    def start_sandbox(self) -> None:
        self.children["sandbox"] = self.launcher.sandbox()
        wait_for(self.variables["OPERATOR_URL"] + "/health", self.children["sandbox"])

    def start_worker(self, settings: Mapping[str, str] | None = None) -> None:
        """The supervisor, with other settings where they are given; one that runs already is stopped."""
        if "worker" in self.children:
            self.children.pop("worker").stop()
        self.children["worker"] = Launcher({**self.variables, **(settings or {})}, self.logs).worker()

    def wait_until_quiet(self, quiet: float = 2.0) -> None:
        """Runners at work, and no request at the operator for so many seconds: the first synchronisation is over."""
        self.wait_for_runners()
        last, since = -1, time.monotonic()
        while time.monotonic() - since < quiet:
            count = int(self.stats()["requests"])
            if count != last:
                last, since = count, time.monotonic()
            time.sleep(0.2)

    def start_console(self, threads: int = 8) -> None:
        """The web server, registered for the operator's events."""
        url = self.variables["CONSOLE_URL"]
        self.children["web"] = self.launcher.web(int(url.rpartition(":")[2]), threads)
        wait_for(url + "/health/live", self.children["web"])
        self.parts.operator.subscribe(url)

    def stop(self) -> None:
        """Stop everything, the last started first."""
        for child in reversed(self.children.values()):
            child.stop()
        self.children.clear()
        db.engine().dispose()
        self.valkey.stop()
        self.postgres.stop()

    def _hire(self) -> None:
        with all_companies(reason="a factory for tests"), db.unit_of_work() as session:
            user = User(
                company_id=self.company_id,
                login=LOGIN,
                name="Admin",
                password_hash=hash_password(PASSWORD),
                created_at=clock.now(),
            )
            session.add(user)
            session.flush()
            role = session.scalars(
                select(Role).where(Role.company_id == self.company_id, Role.preset == "global_admin")
            ).one()
            root = session.scalars(
                select(Department.path).where(Department.company_id == self.company_id)
            ).first()
            assert root is not None
            grant = {"company_id": self.company_id, "user_id": user.id, "role_id": role.id}
            session.add(Grant(**grant, path=root, granted_at=clock.now()))
            self.user_id = user.id

    # The operator.

    def admin(self, method: str, path: str, body: Any = None) -> Any:
        """An admin call to the sandbox; returns its JSON."""
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{self.variables['OPERATOR_URL']}/admin/{path}",
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"X-Admin-Token": SECRET, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=300) as answer:  # noqa: S310
            return json.load(answer)

    def stats(self, run_id: int | None = None) -> dict[str, Any]:
        figures: dict[str, Any] = self.admin(
            "GET", f"stats?externalIdPrefix={'' if run_id is None else f'{run_id}-'}"
        )
        return figures

    # Runs.

    def actor(self) -> Actor:
        with company_scope(self.company_id), db.unit_of_work() as session:
            return load_actor(session, self.user_id, self.company_id, "203.0.113.7")

    def preview(self, code: str, params: Mapping[str, Any]) -> int:
        """A previewed run over all lines of the company; returns its id."""
        actor = self.actor()
        root = Below(self._root_id())
        with company_scope(self.company_id), db.unit_of_work() as session:
            return previews.create_preview(session, actor, self.parts, code, params, root).id

    def submit(self, run_id: int) -> None:
        actor = self.actor()
        with company_scope(self.company_id), db.unit_of_work() as session:
            submission.submit(session, actor, self.parts, run_id)

    def halt(self, run_id: int) -> None:
        actor = self.actor()
        with company_scope(self.company_id), db.unit_of_work() as session:
            control.stop(session, actor, self.parts, run_id)

    def seconds_of(self, run_id: int, patience: float = 300.0) -> float:
        """Wait for a run's end without the application's role noticing; returns seconds from submission to it."""
        deadline = time.monotonic() + patience
        statement = "SELECT extract(epoch FROM finished_at - submitted_at)::float FROM runs WHERE id = %s"
        with psycopg.connect(self.postgres.url(DATABASE), autocommit=True) as connection:
            while time.monotonic() < deadline:
                row = connection.execute(statement, [run_id]).fetchone()
                if row is not None and row[0] is not None:
                    return float(row[0])
                time.sleep(0.05)
        raise TimeoutError(f"run {run_id} after {patience:.0f} s: {described(self.run(run_id))}")

    def _root_id(self) -> int:
        with company_scope(self.company_id), db.unit_of_work() as session:
            return session.scalars(select(Department.id).where(Department.parent_id.is_(None))).one()

    def run(self, run_id: int) -> Run:
        """The run as it stands; asks again where the database was just cut off or restarted."""
        deadline = time.monotonic() + 60
        while True:
            try:
                with company_scope(self.company_id), db.unit_of_work() as session:
                    return session.get_one(Run, (self.company_id, run_id), populate_existing=True)
            except OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.1)

    def wait(self, run_id: int, until: Callable[[Run], bool] | None = None, patience: float = 120.0) -> Run:
        """Wait for the end of a run, or for a condition; raises TimeoutError with how it stands."""
        deadline = time.monotonic() + patience
        while True:
            run = self.run(run_id)
            if run.finished_at is not None or (until is not None and until(run)):
                return run
            if time.monotonic() > deadline:
                raise TimeoutError(f"run {run_id} after {patience:.0f} s: {described(run)}")
            time.sleep(0.05)

    # Damage.

    def worker_pids(self, role: str = RUNNER) -> list[int]:
        """Processes of this role that the supervisor started and that still live."""
        try:
            alive = {child.pid for child in psutil.Process(self.children["worker"].pid).children()}
        except psutil.NoSuchProcess:
            return []
        text = self.children["worker"].log.read_text(encoding="utf-8", errors="replace")
        entries = [
            json.loads(line)
            for line in text.splitlines()
            if line.startswith("{") and "worker.started" in line
        ]
        return [entry["pid"] for entry in entries if entry["role"].startswith(role) and entry["pid"] in alive]

    def wait_for_runners(self, patience: float = 30.0) -> list[int]:
        """The runners, once as many as there should be are at work."""
        deadline, wanted = time.monotonic() + patience, self.parts.settings.workers
        while len(pids := self.worker_pids()) < wanted and time.monotonic() < deadline:
            time.sleep(0.05)
        return pids

    def kill(self, pid: int, number: int = signal.SIGKILL) -> None:
        """Send a signal to one process; nothing happens where it has ended by itself."""
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return

    def kill_supervisor(self) -> None:
        """SIGKILL to the supervisor alone: its children are left to notice by themselves."""
        supervisor = self.children.pop("worker")
        os.kill(supervisor.pid, signal.SIGKILL)
        supervisor.popen.wait()

    def restart_redis(self, away: float = 0.0) -> None:
        """Kill the server; it comes back empty."""
        self.valkey.kill()
        time.sleep(away)
        self.valkey.start()

    @contextmanager
    def redis_paused(self) -> Iterator[None]:
        """The server takes connections and answers nothing; what was asked is answered afterwards."""
        pid = self.valkey.child().pid
        self.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            self.kill(pid, signal.SIGCONT)

    @contextmanager
    def operator_frozen(self) -> Iterator[None]:
        """Every process of the operator stands still; what lies in its sockets is worked on afterwards."""
        with self._frozen(self.children["sandbox"].pid):
            yield

    @contextmanager
    def postgres_paused(self) -> Iterator[None]:
        """The database takes connections and answers nothing; what was asked is worked on afterwards."""
        with self._frozen(self.postgres.child().pid):
            yield

    @contextmanager
    def _frozen(self, pid: int) -> Iterator[None]:
        """A process and all below it stand still."""
        pids = [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
        for stopped in pids:
            self.kill(stopped, signal.SIGSTOP)
        try:
            yield
        finally:
            for stopped in pids:
                self.kill(stopped, signal.SIGCONT)

    @contextmanager
    def operator_locked(self) -> Iterator[None]:
        """Whoever wants to take an order waits in the operator's database; everything else goes on."""
        with psycopg.connect(self.variables["SANDBOX_DATABASE_URL"]) as connection:
            connection.execute("LOCK TABLE product_order IN EXCLUSIVE MODE")
            yield

    def empty_redis(self) -> None:
        with Redis.from_url(self.valkey.url()) as client:
            client.flushall()

    def cut_connections(self) -> int:
        """End every connection of the console and the worker to the database; returns how many."""
        with psycopg.connect(self.postgres.url(), autocommit=True) as connection:
            statement = sql.SQL(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = {}"
            ).format(sql.Literal(APPLICATION))
            row = connection.execute(statement).fetchone()
        return int(row[0]) if row else 0

    def restart_postgres(self) -> None:
        self.postgres.stop()
        self.postgres.start()


def described(run: Run) -> str:
    """A run's state and counters in one line."""
    names = ("pending", "sent", "unknown", "done", "refused", "failed", "cancelled")
    counters = " ".join(f"{name}={getattr(run, name)}" for name in names)
    return f"{run.state} total={run.total} {counters} trouble={run.trouble!r} retry_at={run.retry_at}"


@contextmanager
def running(
    lines: int,
    settings: Mapping[str, str] | None = None,
    *,
    database: Mapping[str, str] | None = None,
    processes: bool = True,
) -> Iterator[Factory]:
    """A factory with so many lines, console and worker started; `database` are settings of PostgreSQL."""
    folder = Path(tempfile.mkdtemp(prefix="vm-factory-", dir="/tmp"))
    folder.chmod(0o711)  # the unprivileged database account passes through
    passwords = Passwords(folder / "passwords.json")
    log = folder / "log"
    postgres = Postgres(data_folder(folder), folder / "pg", log / "postgresql.log", passwords, database or {})
    valkey = Valkey(folder / "valkey", folder / "run", log / "valkey.log", persistent=False)
    factory = Factory(folder, settings or {}, postgres, valkey)
    try:
        factory.start(lines)
        if processes:
            factory.start_console()
            factory.start_worker()
        yield factory
    finally:
        factory.stop()
        if "FACTORY_KEEP" not in os.environ:
            shutil.rmtree(folder, ignore_errors=True)
            shutil.rmtree(postgres.data, ignore_errors=True)

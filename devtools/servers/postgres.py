"""Starts and stops a private PostgreSQL on a unix socket, dropping root's rights when it has them."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg

from devtools.account import (
    Account,
    find_unprivileged,
    forget_socket_folder,
    own,
    private_folder,
    socket_folder,
)
from devtools.process import Child, start, tail
from devtools.servers.binaries import Binaries, find_binaries
from devtools.servers.passwords import Passwords

SUPERUSER = "postgres"
FAST_AND_FORGETFUL: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}
_ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin", "TZ": "UTC"}
_POLL = 0.01
_BUILTIN_LOCALES_SINCE = 17


class PostgresError(RuntimeError):
    """The embedded PostgreSQL cannot start; the text says why and what to do."""


@dataclass
class Postgres:
    """One cluster: its data, its socket and, while it runs, its process.

    `data` must be reachable by the account the server runs as (see `account.reachable_folder`);
    `wanted_sockets` need not be, nor be short: a temporary folder takes its place.
    """

    data: Path
    wanted_sockets: Path
    log: Path
    passwords: Passwords
    settings: Mapping[str, str] = field(default_factory=dict)
    binaries_folder: Path | None = None
    sockets: Path = field(init=False)
    _child: Child | None = field(default=None, init=False)

    def start(self, patience: float = 60.0) -> None:
        """Start the server, making the cluster first if there is none, and wait until it answers."""
        account = find_unprivileged()
        binaries = find_binaries(account, self.binaries_folder)
        self.sockets = socket_folder(self.wanted_sockets, account)
        if not (self.data / "PG_VERSION").exists():
            self._initialise(account, binaries)
        self._check_version(binaries)
        end_leftover(self.data)
        self._child = start(
            "PostgreSQL",
            [binaries.program("postgres"), "-D", self.data, "-k", self.sockets, "-h", "", *self._options()],
            log=self.log,
            env=_ENVIRONMENT,
            cwd=Path("/"),
            account=account,
            stop_signal=signal.SIGINT,
        )
        self._wait(patience)

    def stop(self) -> None:
        """A fast shutdown: transactions are rolled back, data is written, nothing is lost."""
        if self._child is not None:
            self._child.stop(grace=60.0)
            self._child = None
            forget_socket_folder(self.sockets, self.wanted_sockets)

    def is_running(self) -> bool:
        return self._child is not None and self._child.is_running()

    def child(self) -> Child:
        """The running process. Raises PostgresError when there is none."""
        if self._child is None:
            raise PostgresError("PostgreSQL is not started")
        return self._child

    def url(self, database: str = "postgres", user: str = SUPERUSER) -> str:
        """A libpq URL through the unix socket."""
        password = quote(self.passwords.get(user), safe="")
        return f"postgresql://{user}:{password}@/{database}?host={quote(str(self.sockets), safe='/')}"

    def _options(self) -> list[str]:
        settings = {"unix_socket_permissions": "0700", "max_connections": "200", **self.settings}
        return [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]

    def _initialise(self, account: Account | None, binaries: Binaries) -> None:
        private_folder(self.data, account)
        password_file = self.sockets / "superuser"  # the server's account must be able to read it
        password_file.touch(mode=0o600)
        password_file.write_text(self.passwords.get(SUPERUSER))
        own(password_file, account)
        command: list[str | Path] = [binaries.program("initdb"), "-D", self.data, "-U", SUPERUSER]
        command += ["-E", "UTF8"]
        command += [
            "-A",
            "scram-sha-256",
            f"--pwfile={password_file}",
            "--locale=C.UTF-8",
            "--no-instructions",
        ]
        if binaries.major >= _BUILTIN_LOCALES_SINCE:
            command.append("--locale-provider=builtin")
        if self.settings.get("fsync") == "off":
            command.append("--no-sync")
        child = start("initdb", command, log=self.log, env=_ENVIRONMENT, cwd=Path("/"), account=account)
        try:
            failed = child.popen.wait()
        finally:
            password_file.unlink()
        if failed:
            raise PostgresError(f"initdb failed:\n{child.tail()}")

    def _check_version(self, binaries: Binaries) -> None:
        made_by = (self.data / "PG_VERSION").read_text().strip()
        if made_by != str(binaries.major):
            raise PostgresError(
                f"The data in {self.data} was made by PostgreSQL {made_by}, but {binaries.folder} is "
                f"{binaries.major}. Bring {made_by} back, or start anew with `make demo-reset`."
            )

    def _wait(self, patience: float) -> None:
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not self.is_running():
                raise PostgresError(f"PostgreSQL did not start:\n{tail(self.log)}")
            try:
                psycopg.connect(self.url(), connect_timeout=5).close()
            except psycopg.OperationalError:
                time.sleep(_POLL)
            else:
                return
        self.stop()
        raise PostgresError(f"PostgreSQL did not answer within {patience:.0f} s:\n{tail(self.log)}")


def end_leftover(data: Path) -> None:
    """Clear away what an earlier launcher left when it was killed.

    A server still running on this data is stopped. A lock file whose process number now belongs to
    something else (as after a container restart) is removed: PostgreSQL itself would refuse to start.
    """
    lock = data / "postmaster.pid"
    if not lock.exists():
        return
    first_line = lock.read_text().partition("\n")[0].strip()
    if first_line.isdigit() and _serves(int(first_line), data):
        os.kill(int(first_line), signal.SIGINT)
        _wait_until_gone(lock, patience=60.0)
    lock.unlink(missing_ok=True)


def _serves(pid: int, data: Path) -> bool:
    arguments = Path(f"/proc/{pid}/cmdline")
    if arguments.exists():
        shown = arguments.read_bytes().replace(b"\0", b" ").decode(errors="replace")
    else:
        shown = subprocess.run(
            ["ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
        ).stdout
    return "postgres" in shown and str(data) in shown


def _wait_until_gone(lock: Path, patience: float) -> None:
    """The lock file is the last thing a server removes."""
    deadline = time.monotonic() + patience
    while lock.exists():
        if time.monotonic() > deadline:
            raise PostgresError(f"An earlier PostgreSQL does not stop, see {lock}")
        time.sleep(_POLL)

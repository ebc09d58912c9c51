"""Starts the product's own processes the same way for the demo, the tests and the benchmarks."""

import os
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from devtools.process import Child, start, tail

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
_POLL = 0.05


class ServiceError(RuntimeError):
    """A process of the product ended or did not answer; the text holds the end of its log."""


@dataclass(frozen=True)
class Launcher:
    """Starts processes with one environment, each with a log in one folder."""

    environment: Mapping[str, str]
    logs: Path

    def start(self, name: str, *arguments: str) -> Child:
        """A Python process of the product, in the background."""
        log = self.logs / f"{name}.log"
        return start(name, [sys.executable, *arguments], log=log, env=self._variables(), cwd=ROOT)

    def run(self, name: str, *arguments: str, patience: float = 600.0) -> str:
        """A Python process of the product run to its end; returns what it printed.

        Raises ServiceError when it fails.
        """
        log, output = self.logs / f"{name}.log", self.logs / f"{name}.out"
        command = [sys.executable, *arguments]
        child = start(name, command, log=log, env=self._variables(), cwd=ROOT, output=output)
        try:
            status = child.wait(patience)
        except BaseException as error:
            child.kill()
            if isinstance(error, TimeoutError):
                raise ServiceError(f"{error} (see {log})") from error
            raise
        if status:
            raise ServiceError(f"{name} failed (see {log}):\n{tail(log)}{tail(output)}")
        return output.read_text(encoding="utf-8")

    def sandbox(self) -> Child:
        return self.start("sandbox", "-m", "sandbox")

    def worker(self) -> Child:
        return self.start("worker", "worker.py")

    def web(self, port: int, threads: int = 16) -> Child:
        return self.start("web", "web.py", "--host", HOST, "--port", str(port), "--threads", str(threads))

    def mail(self, folder: Path, smtp_port: int, page_port: int) -> Child:
        """The mail catcher, which keeps mails in `folder`."""
        ports = ("--smtp-port", str(smtp_port), "--page-port", str(page_port))
        return self.start("mail", "-m", "devtools.mailcatcher", *ports, "--folder", str(folder))

    def migrate(self) -> None:
        self.run("migrations", "-m", "alembic", "upgrade", "head")

    def _variables(self) -> dict[str, str]:
        return {**os.environ, "PYTHONUNBUFFERED": "1", **self.environment}


def free_port(wanted: int = 0) -> int:
    """`wanted` if nothing listens there, else any free port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, wanted))
        except OSError:
            return free_port()
        port: int = probe.getsockname()[1]
        return port


def wait_for(url: str, child: Child, patience: float = 60.0) -> None:
    """Wait until `url` answers at all. Raises ServiceError if the process ends or time runs out."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if not child.is_running():
            raise ServiceError(f"{child.name} ended (see {child.log}):\n{child.tail()}")
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - our own address
                return
        except urllib.error.HTTPError as answer:
            answer.close()
            return
        except OSError:
            time.sleep(_POLL)
    raise ServiceError(
        f"{child.name} did not answer within {patience:.0f} s (see {child.log}):\n{child.tail()}"
    )

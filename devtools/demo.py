"""`make demo`: the whole product on one machine, from nothing, stopped cleanly by Ctrl-C."""

import argparse
import fcntl
import hashlib
import json
import os
import shutil
import signal
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType

from devtools import private
from devtools.process import Child
from devtools.servers import Servers, data_folder, start_servers
from devtools.servers.binaries import ServerNotFoundError
from devtools.servers.passwords import Passwords
from devtools.servers.postgres import PostgresError, end_leftover
from devtools.servers.valkey import ValkeyError
from devtools.services import HOST, ROOT, Launcher, ServiceError, free_port, wait_for

FOLDER = ROOT / "var" / "demo"
LOGS = ROOT / "var" / "log"
WEB_PORT, SANDBOX_PORT, MAIL_PORT = 8080, 8090, 8025
_OF_SANDBOX = "SANDBOX_ADMIN_TOKEN"
"""Opens the stand-in operator, so the console and the worker start without it."""
_SECRETS = ("SECRET_KEY", "OPERATOR_TOKEN", "OPERATOR_EVENT_SECRET", _OF_SANDBOX)
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_GLANCE = 0.5  # seconds between two looks at whether everything still runs
_Errors = (ServiceError, PostgresError, ValkeyError, ServerNotFoundError, OSError)


@dataclass
class Demo:
    """What runs, in the order it was started."""

    environment: Mapping[str, str]
    children: list[Child] = field(default_factory=list)
    servers: Servers | None = None
    mail_page: str = ""

    def start(self) -> list[str]:
        """Start everything; returns the addresses to look at, the console's first."""
        private.make_folder(LOGS)
        _say("PostgreSQL and Valkey")
        self.servers = start_servers(FOLDER, LOGS, self.environment)
        variables = self._variables(self.servers)
        _say("operator's stand-in, web server, database structure" if self._has_sandbox() else "web server")
        sandbox = self._start_sandbox(variables, self.servers) if self._has_sandbox() else None
        mail = self._start_mail(variables) if self.has_own_mail() else None
        console = Launcher({**variables, _OF_SANDBOX: ""}, LOGS)
        web = self._keep(console.web(int(variables["CONSOLE_URL"].rpartition(":")[2])))
        Launcher(
            {**console.environment, "DATABASE_OWNER_URL": self.servers.database_owner_url}, LOGS
        ).migrate()
        if sandbox is not None:
            wait_for(variables["OPERATOR_URL"] + "/health", sandbox)
        self._load_once(console, variables)
        wait_for(variables["CONSOLE_URL"] + "/", web)
        if mail is not None:
            wait_for(self.mail_page, mail)
        self._keep(console.worker())
        return [variables["CONSOLE_URL"], *([f"Mail that it sends: {self.mail_page}"] if mail else [])]

    def watch(self) -> None:
        """Return never; raises ServiceError when a process ends by itself."""
        while True:
            for child in self._everything():
                status = child.find_status()
                if status is not None:
                    raise ServiceError(f"{child.name} ended ({status}), see {child.log}:\n{child.tail()}")
            time.sleep(_GLANCE)

    def stop(self) -> None:
        """Stop everything, the last started first."""
        for child in reversed(self.children):
            child.stop()
        if self.servers is not None:
            self.servers.stop()

    def _keep(self, child: Child) -> Child:
        self.children.append(child)
        return child

    def _everything(self) -> Iterator[Child]:
        if self.servers is not None:
            for server in (self.servers.postgres, self.servers.valkey):
                if server is not None:
                    yield server.child()
        yield from self.children

    def _variables(self, servers: Servers) -> dict[str, str]:
        """The environment of the console and the worker; what the caller set stays as it is."""
        passwords = Passwords(FOLDER / "passwords.json")
        secrets = {name: self.environment.get(name) or passwords.get(name) for name in _SECRETS}
        port = free_port(int(self.environment.get("PORT", WEB_PORT)))
        return {
            "DATABASE_URL": servers.database_url,
            "DATABASE_OWNER_URL": "",  # only migrations sign in as the owner
            "REDIS_URL": servers.redis_url,
            "OPERATOR_URL": self.environment.get("OPERATOR_URL", ""),
            "CONSOLE_URL": f"http://{HOST}:{port}",
            "DATA_DIR": self.environment.get("DATA_DIR", str(FOLDER / "files")),
            **secrets,
        }

    def has_own_mail(self) -> bool:
        """Whether mail stays here: no server was named."""
        return not self.environment.get("SMTP_URL")

    def _has_sandbox(self) -> bool:
        return not self.environment.get("OPERATOR_URL")

    def _start_sandbox(self, variables: dict[str, str], servers: Servers) -> Child:
        port = free_port(int(self.environment.get("SANDBOX_PORT", SANDBOX_PORT)))
        variables["OPERATOR_URL"] = f"http://{HOST}:{port}"
        own = {name: variables[name] for name in _SECRETS if name != "SECRET_KEY"}
        database = {"SANDBOX_DATABASE_URL": servers.sandbox_database_url or "", "SANDBOX_PORT": str(port)}
        return self._keep(Launcher({**own, **database}, LOGS).sandbox())

    def _start_mail(self, variables: dict[str, str]) -> Child:
        """A mail server of our own, named in `variables`."""
        smtp, page = free_port(), free_port(int(self.environment.get("MAIL_PORT", MAIL_PORT)))
        variables["SMTP_URL"], self.mail_page = f"smtp://{HOST}:{smtp}", f"http://{HOST}:{page}"
        return self._keep(Launcher({}, LOGS).mail(FOLDER / "mail", smtp, page))

    def _load_once(self, console: Launcher, variables: Mapping[str, str]) -> None:
        """Fill the stand-in and load through the gateway, unless this database was filled before."""
        operator = self.environment.get("OPERATOR_URL") or "sandbox"
        place = hashlib.sha256(f"{variables['DATABASE_URL']} {operator}".encode()).hexdigest()[:12]
        users = FOLDER / f"users-{place}.txt"
        if not users.exists():
            if self._has_sandbox():
                _say("the operator's data: three companies with 25, 1,000 and 20,000 lines")
                seed(variables["OPERATOR_URL"], variables[_OF_SANDBOX])
            _say("first load through the gateway")
            shown = console.run("load-demo", "-m", "console.cli", "load-demo")
            private.write_text(users, shown)
        users.chmod(0o600)  # an earlier version left it open
        print(users.read_text(encoding="utf-8"))


def seed(operator: str, token: str) -> None:
    """Empty the stand-in operator and fill it with the demo's companies."""
    for path, body in (("reset", {}), ("seed", {"preset": "demo"})):
        request = urllib.request.Request(  # noqa: S310 - our own address
            f"{operator}/admin/{path}",
            data=json.dumps(body).encode(),
            headers={"X-Admin-Token": token, "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=300):  # noqa: S310
            pass


def wipe() -> None:
    """Remove the demo's data, also the part that lies elsewhere because root dropped its rights."""
    end_leftover(data_folder(FOLDER))
    for folder in {data_folder(FOLDER), FOLDER}:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def only_one() -> Iterator[None]:
    """Two demos on the same data would stop each other's servers."""
    FOLDER.parent.mkdir(parents=True, exist_ok=True)
    with (FOLDER.parent / "demo.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("The demo is running already: stop it with Ctrl-C in its own terminal.")
        yield


def _on_signals(action: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    for number in _SIGNALS:
        signal.signal(number, action)


def _interrupt(number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt(number)


def _say(text: str) -> None:
    print(f"· {text}", flush=True)


def run(demo: Demo) -> int:
    """Start, watch and stop; returns the exit status."""
    began = time.monotonic()
    _on_signals(_interrupt)
    status = 0
    try:
        console, *others = demo.start()
        print(
            f"Ready after {time.monotonic() - began:.1f} s: {console}   (logs in {LOGS}; Ctrl-C stops)",
            *others,
            sep="\n",
            flush=True,
        )
        demo.watch()
    except KeyboardInterrupt:
        pass
    except _Errors as error:
        print(f"\n{error}", file=sys.stderr)
        status = 1
    finally:
        _on_signals(signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        print("\nStopping …", flush=True)
        demo.stop()
    print("Stopped." if status == 0 else "Stopped after an error.", flush=True)
    return status


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reset", action="store_true", help="wipe the demo's data first")
    arguments = parser.parse_args()
    with only_one():
        if arguments.reset:
            wipe()
        sys.exit(run(Demo(dict(os.environ))))


if __name__ == "__main__":
    main()

"""The stand-in operator as a real process, and the console's database bound to this process."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from core import db
from devtools.servers.roles import SANDBOX, create_database, drop_database
from devtools.services import HOST, Launcher, free_port, wait_for
from operators.http import HttpClient
from operators.tmf.gateway import TmfGateway
from operators.tmf.reading import TmfSource
from tests.fixtures.databases import Database
from tests.fixtures.servers import LocalServers

TOKEN, SECRET, ADMIN = "bearer-of-tests", "secret-of-events", "admin-of-tests"


@dataclass(frozen=True)
class Operator:
    """The running stand-in."""

    url: str

    def admin(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"X-Admin-Token": ADMIN, "Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.url}/admin/{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def client(self, **options: Any) -> HttpClient:
        return HttpClient(self.url, TOKEN, **{"timeout": 3.0, **options})

    def gateway(self, **options: Any) -> TmfGateway:
        return TmfGateway(self.client(**options), order_items=500, settle=0.2)


@pytest.fixture(scope="module")
def running_operator(servers: LocalServers) -> Iterator[Operator]:
    name = f"{servers.name}_operator"
    drop_database(servers.admin_url, name)
    create_database(servers.admin_url, name, owner=SANDBOX)
    port = free_port()
    environment = {
        "SANDBOX_DATABASE_URL": servers.sandbox_url(name),
        "SANDBOX_PORT": str(port),
        "SANDBOX_ADMIN_TOKEN": ADMIN,
        "SANDBOX_THREADS": "32",
        "OPERATOR_TOKEN": TOKEN,
        "OPERATOR_EVENT_SECRET": SECRET,
    }
    child = Launcher(environment, servers.logs).sandbox()
    try:
        wait_for(f"http://{HOST}:{port}/health", child)
        yield Operator(f"http://{HOST}:{port}")
    finally:
        child.stop()
        drop_database(servers.admin_url, name)


@pytest.fixture
def operator(running_operator: Operator) -> Operator:
    """The stand-in with two customers of 30 and 7 lines, without faults, limit, orders or hubs."""
    running_operator.admin("POST", "reset", {})
    running_operator.admin("PUT", "completion", {"delaySeconds": 0})
    companies = [{"name": "ООО «Ромашка»", "lines": 30}, {"name": "АО «Маяк»", "lines": 7}]
    running_operator.admin("POST", "seed", {"companies": companies, "seed": 5})
    return running_operator


@pytest.fixture
def source(operator: Operator) -> TmfSource:
    return TmfSource(operator.client())


@pytest.fixture
def console(fresh_database: Database) -> Iterator[Database]:
    """The console's database, empty, with this process bound to it."""
    engine = db.connect(fresh_database.url)
    yield fresh_database
    engine.dispose()

"""Fixtures: an operator for a module's tests, one of its own, a listener."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from devtools.servers.roles import SANDBOX, create_database, drop_database
from tests.fixtures.servers import LocalServers
from tests.integration.sandbox.operator import Listener, Operator


@contextmanager
def running(servers: LocalServers, suffix: str) -> Iterator[Operator]:
    # A prefix of its own: the tests of the gateway call theirs "operator" too.
    name = f"{servers.name}_stand_in_{suffix}"
    drop_database(servers.admin_url, name)
    create_database(servers.admin_url, name, owner=SANDBOX)
    operator = Operator(servers.sandbox_url(name))
    try:
        operator.start()
        yield operator
    finally:
        if operator.process is not None and operator.process.poll() is None:
            operator.kill()
        drop_database(servers.admin_url, name)


@pytest.fixture(scope="session")
def shared_operator(servers: LocalServers) -> Iterator[Operator]:
    with running(servers, "operator") as operator:
        yield operator


@pytest.fixture
def operator(shared_operator: Operator) -> Operator:
    """The shared operator, emptied and quick."""
    shared_operator.call("POST", "/admin/reset", {})
    shared_operator.call("PUT", "/admin/completion", {"delaySeconds": 0})
    return shared_operator


@pytest.fixture
def own_operator(servers: LocalServers) -> Iterator[Operator]:
    """An operator to stop and kill."""
    with running(servers, "own_operator") as operator:
        yield operator


@pytest.fixture
def listener() -> Iterator[Listener]:
    receiver = Listener()
    yield receiver
    receiver.close()

"""The embedded Valkey keeps its data over a kill when it is told to, and comes back at the same address."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from limits.storage import storage_from_string
from redis import Redis
from redis.exceptions import AuthenticationError

from core.queue import JobQueue
from devtools.servers.valkey import Valkey
from tests.fixtures.servers import LocalServers


@pytest.fixture(params=[True, False], ids=["persistent", "forgetful"])
def valkey(request: pytest.FixtureRequest, servers: LocalServers, tmp_path: Path) -> Iterator[Valkey]:
    folder = servers.folder / tmp_path.name
    folder.mkdir()
    server = Valkey(folder, folder, folder / "valkey.log", persistent=request.param)
    server.start()
    yield server
    server.stop()


def test_kill_and_restart(valkey: Valkey) -> None:
    address = valkey.url()
    client = Redis.from_url(address)
    client.set("kept", "yes")
    time.sleep(1.2)  # synced every second
    valkey.kill()
    assert not valkey.is_running()
    valkey.start()
    assert valkey.url() == address
    assert client.get("kept") == (b"yes" if valkey.persistent else None)
    client.close()


def test_nobody_gets_in_without_the_password(servers: LocalServers, tmp_path: Path) -> None:
    folder = servers.folder / tmp_path.name
    folder.mkdir()
    server = Valkey(folder, folder, folder / "valkey.log", password="p@ss/word")
    server.start()
    try:
        with Redis.from_url(server.url()) as client:
            assert client.ping()
        with (
            Redis.from_url(server.url().replace("p%40ss%2Fword", "guess")) as stranger,
            pytest.raises(AuthenticationError),
        ):
            stranger.ping()
        limits = storage_from_string(server.url().replace("unix://", "redis+unix://", 1))
        assert limits.incr("key", 60) == 1
        assert JobQueue(server.url()).length("runs") == 0
        command = Path(f"/proc/{server.child().pid}/cmdline").read_bytes()
        assert b"p@ss" not in command
        assert (folder / "valkey.conf").stat().st_mode & 0o777 == 0o600
    finally:
        server.stop()


def test_memory_is_never_freed_by_forgetting_jobs(valkey: Valkey) -> None:
    with Redis.from_url(valkey.url()) as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}


def test_each_test_gets_an_empty_database(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("left behind", 1)


def test_even_after_another_test_left_something(redis_url: str) -> None:
    with Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0

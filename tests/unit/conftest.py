"""Unit tests touch neither database nor network: whatever tries fails at once."""

import socket
from typing import NoReturn

import pytest


@pytest.fixture(scope="session")
def servers() -> NoReturn:
    pytest.fail("unit tests start no server: move this test to tests/integration")


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*arguments: object) -> NoReturn:
        raise AssertionError("unit tests open no connection: move this test to tests/integration")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)

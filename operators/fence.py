"""Connections that refuse to send once a request's moment has passed: a worker that was paused must not send late."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from operators.errors import TooLate

_latest: ContextVar[float | None] = ContextVar("send_by", default=None)


@contextmanager
def send_by(latest: float | None) -> Iterator[None]:
    """No request within begins, or goes on with its body, after this moment (monotonic seconds): it raises TooLate."""
    token = _latest.set(latest)
    try:
        yield
    finally:
        _latest.reset(token)


def _ask() -> None:
    latest = _latest.get()
    if latest is not None and time.monotonic() > latest:
        raise TooLate("it was too late to send", after=0.0)


class _Fenced(HTTPConnection):
    def send(self, data: Any) -> None:
        # Connecting may take its time: it comes before the question, so that nothing lies between that and sending.
        if self.sock is None:
            self.connect()
        _ask()
        super().send(data)


class _FencedTls(HTTPSConnection):
    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()
        _ask()
        super().send(data)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Fenced


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _FencedTls


class FencedPools(urllib3.PoolManager):
    """urllib3's pools with such connections."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

"""Functions that misbehave, for the tests of children with bounds."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import InvalidInput

if TYPE_CHECKING:
    from core.confined import Ask


def count(given: Any, ask: Ask) -> Iterator[Any]:
    for number in range(given["most"]):
        yield {"number": number, "square": ask(number)}


def environment(_given: Any, _ask: Ask) -> Iterator[Any]:
    print("not a result")  # noqa: T201 - on purpose
    yield dict(os.environ)


def refuse(_given: Any, _ask: Ask) -> Iterator[Any]:
    yield 1
    raise InvalidInput("The file has more than %(limit)s rows.", code="too_many_rows", limit=7)


def fill_memory(_given: Any, _ask: Ask) -> Iterator[Any]:
    yield 1
    kept = [bytearray(50_000_000) for _ in range(100)]
    yield len(kept)


def fill_result(_given: Any, _ask: Ask) -> Iterator[Any]:
    while True:
        yield "x" * 1_000_000


def fill_disk(given: Any, _ask: Ask) -> Iterator[Any]:
    with Path(given["path"]).open("wb") as file:
        for _ in range(100):
            file.write(bytes(1_000_000))
    yield 1


def sleep(given: Any, _ask: Ask) -> Iterator[Any]:
    with Path(given["path"]).open("w", encoding="ascii") as file:
        file.write(str(os.getpid()))
    time.sleep(60)
    yield 1


def compute(_given: Any, _ask: Ask) -> Iterator[Any]:
    while True:
        pass
    yield 1


def connect(given: Any, _ask: Ask) -> Iterator[Any]:
    with socket.socket() as link:
        link.connect(("127.0.0.1", given["port"]))
    yield 1


def look_up(_given: Any, _ask: Ask) -> Iterator[Any]:
    yield str(socket.getaddrinfo("localhost", 80))


def start_program(_given: Any, _ask: Ask) -> Iterator[Any]:
    subprocess.run([sys.executable, "-V"], check=True)
    yield 1


def garble(_given: Any, _ask: Ask) -> Iterator[Any]:
    for descriptor in range(3, 10):
        try:
            os.write(descriptor, b'{"kind": "pickle"}\n\x80\x04garbage\n')
        except OSError:
            continue
    yield 1


def crash(_given: Any, _ask: Ask) -> Iterator[Any]:
    yield 1
    raise RuntimeError("79123456789 stands in the file")


def die(_given: Any, _ask: Ask) -> Iterator[Any]:
    yield 1
    os.abort()


def leave_early(_given: Any, _ask: Ask) -> Iterator[Any]:
    yield 1
    os._exit(0)


def not_declared(_given: Any, _ask: Ask) -> Iterator[Any]:
    yield "ran"


CONFINED = (
    count,
    environment,
    refuse,
    fill_memory,
    fill_result,
    fill_disk,
    sleep,
    compute,
    connect,
    look_up,
    start_program,
    garble,
    crash,
    die,
    leave_early,
)

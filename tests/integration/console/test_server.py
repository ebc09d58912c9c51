"""The web server by itself: slow senders hold no thread, a request has its time, and an end loses no answer."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from console.web import server as web_server
from console.web.server import Server

HOST = "127.0.0.1"
THREADS = 2


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    if environ["PATH_INFO"] == "/slow":
        time.sleep(1.0)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"%d" % len(body)]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    monkeypatch.setattr(web_server, "RECEIVING", 1.5)
    made = Server(
        app, host=HOST, port=0, threads=THREADS, channel_timeout=1, cleanup_interval=0.2, connection_limit=200
    )
    thread = threading.Thread(target=made.run)
    thread.start()
    yield made
    made.stop()
    thread.join(10)
    assert not thread.is_alive()


def ask(server: Server, path: str = "/", body: Any = None, **options: Any) -> bytes:
    link = http.client.HTTPConnection(HOST, int(server.effective_port), timeout=10)
    link.request("POST" if body is not None else "GET", path, body, **options)
    answer = link.getresponse().read()
    link.close()
    return answer


def open_socket(server: Server, text: bytes = b"") -> socket.socket:
    link = socket.create_connection((HOST, int(server.effective_port)), timeout=10)
    link.sendall(text)
    return link


BODY = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nabc"
CHUNK = b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabc"
HEADERS = b"GET / HTTP/1.1\r\nHost: x\r\nX-Half: "


@pytest.mark.parametrize("text", [BODY, CHUNK, HEADERS, b""], ids=["body", "chunk", "headers", "silent"])
def test_sixty_slow_connections_keep_nobody_waiting(server: Server, text: bytes) -> None:
    links = [open_socket(server, text) for _ in range(60)]
    begun = time.monotonic()
    assert ask(server) == b"0"
    assert time.monotonic() - begun < 1
    for link in links:  # and each is closed once it was silent too long
        assert link.recv(100) == b""
        link.close()


@pytest.mark.parametrize("text", [BODY, HEADERS], ids=["body", "headers"])
def test_a_request_that_drips_is_cut_off(server: Server, text: bytes) -> None:
    link = open_socket(server, text)
    link.settimeout(0.2)
    begun = time.monotonic()
    with pytest.raises(OSError):
        while time.monotonic() - begun < 8:
            link.sendall(b"a")
            try:
                if link.recv(100) == b"":
                    raise ConnectionError
            except TimeoutError:
                continue
    assert 1 < time.monotonic() - begun < 5


def test_bodies_in_chunks_arrive_whole(server: Server) -> None:
    parts = (b"x" * 70_000 for _ in range(3))
    assert ask(server, body=parts, encode_chunked=True, headers={"Transfer-Encoding": "chunked"}) == b"210000"


def test_too_large_a_body_is_refused_while_it_comes(server: Server) -> None:
    server.adj.max_request_body_size = 1_000
    assert b"exceeds" in ask(server, body=b"x" * 2_000)


def test_what_is_being_answered_when_it_stops_is_answered(server: Server) -> None:
    answers: list[bytes] = []
    asked = threading.Thread(target=lambda: answers.append(ask(server, "/slow")))
    asked.start()
    time.sleep(0.4)
    server.stop()
    asked.join(10)
    assert answers == [b"0"]
    with pytest.raises(OSError):
        open_socket(server)

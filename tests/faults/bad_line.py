"""A bad line between the console and its operator: answers to orders get lost, answers to look-ups come broken."""

from __future__ import annotations

import random
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import urlsplit

HOST = "127.0.0.1"
ENDLESS_SECONDS = 5.0
BREAKS = ("reset", "garbage", "truncated", "500", "429", "endless")


class BadLine(ThreadingHTTPServer):
    """Passes requests on to the operator; loses and breaks this share of the answers to orders and look-ups."""

    daemon_threads = True

    def __init__(self, operator_url: str, dice: random.Random, *, lost: float, broken: float) -> None:
        super().__init__((HOST, 0), _Handler)
        self.operator = urlsplit(operator_url).netloc
        self.dice, self.lost, self.broken = dice, lost, broken

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Whoever hangs up is not waited for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: BadLine

    def do_GET(self) -> None:
        answer, body = self._ask()
        is_look_up = "externalId=" in self.path
        if is_look_up and self.server.dice.random() < self.server.broken:
            self._break(self.server.dice.choice(BREAKS), body)
        else:
            self._pass_on(answer, body)

    def do_POST(self) -> None:
        answer, body = self._ask()
        if self.server.dice.random() < self.server.lost:
            self._reset()
        else:
            self._pass_on(answer, body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""

    def _ask(self) -> tuple[HTTPResponse, bytes]:
        data = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        connection = HTTPConnection(self.server.operator, timeout=30)
        connection.request(self.command, self.path, data or None, dict(self.headers))
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def _pass_on(self, answer: HTTPResponse, body: bytes) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "content-length", "transfer-encoding"):
                self.send_header(name, value)
        self._send(body)

    def _send(self, body: bytes, length: int | None = None) -> None:
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def _break(self, how: str, body: bytes) -> None:
        match how:
            case "reset":
                self._reset()
            case "500" | "429":
                self.send_response(int(how))
                self._send(b"")
            case "garbage":
                self.send_response(200)
                self._send(b"\x00<html>[]")
            case "truncated":
                self.send_response(200)
                self._send(body[: len(body) // 2], len(body) + 1)
                self._reset()
            case "endless":
                self.send_response(200)
                self.end_headers()
                deadline = time.monotonic() + ENDLESS_SECONDS
                while time.monotonic() < deadline:
                    self.wfile.write(b" ")
                    time.sleep(0.05)
                self._reset()

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()


@contextmanager
def bad_line(operator_url: str, dice: random.Random, *, lost: float, broken: float) -> Iterator[BadLine]:
    """Such a line until the end of the block."""
    with BadLine(operator_url, dice, lost=lost, broken=broken) as line:
        thread = Thread(target=line.serve_forever, daemon=True)
        thread.start()
        try:
            yield line
        finally:
            line.shutdown()
            thread.join()

"""A real operator process with its own database, a caller, and a listener for its events."""

import hashlib
import hmac
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import urllib3

ROOT = Path(__file__).parents[3]
ADMIN = {"X-Admin-Token": "admin-token"}
BEARER = {"Authorization": "Bearer operator-token"}
SECRET = "event-secret"
ORDERS = "/tmf-api/productOrderingManagement/v4"
PRODUCTS = "/tmf-api/productInventory/v4"
FINAL = ("completed", "partial", "failed", "rejected")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], Any], seconds: float = 15.0) -> Any:
    end = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < end, "it did not come to pass in time"
        time.sleep(0.02)
    return value


@dataclass
class Operator:
    """One operator; `stop` and `start` may be called again and again."""

    database_url: str
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None
    http: urllib3.PoolManager = field(default_factory=lambda: urllib3.PoolManager(maxsize=32, retries=False))

    def start(self) -> None:
        variables = {
            "SANDBOX_DATABASE_URL": self.database_url,
            "SANDBOX_PORT": str(self.port),
            "OPERATOR_TOKEN": "operator-token",
            "OPERATOR_EVENT_SECRET": SECRET,
            "SANDBOX_ADMIN_TOKEN": "admin-token",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sandbox"],
            cwd=ROOT,
            env={**os.environ, **variables},
            start_new_session=True,
        )
        wait_until(self._answers, 40)

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, "the operator ended at its start"
        try:
            return self.http.request("GET", f"http://127.0.0.1:{self.port}/health").status == 200
        except urllib3.exceptions.HTTPError:
            return False

    def stop(self, how: int = signal.SIGTERM) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(timeout=15)

    def kill(self) -> None:
        """End the process and its worker at once, as a crash would."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(timeout=15)

    def request(
        self, method: str, path: str, body: Any = None, timeout: float = 30.0, **headers: str
    ) -> urllib3.BaseHTTPResponse:
        given = headers or (ADMIN if path.startswith("/admin") else BEARER)
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        address = f"http://127.0.0.1:{self.port}{path}"
        return self.http.request(method, address, body=data, headers=given, timeout=timeout)

    def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = self.request(method, path, body)
        assert answer.status < 300, (answer.status, answer.data[:500])
        return json.loads(answer.data) if answer.data else None

    def stats(self) -> dict[str, Any]:
        stats: dict[str, Any] = self.call("GET", "/admin/stats")
        return stats

    def company(self, lines: int, name: str) -> str:
        """The id of a company with that many lines."""
        self.call("POST", "/admin/seed", {"companies": [{"name": name, "lines": lines}], "seed": 1})
        companies = self.call("GET", "/tmf-api/party/v4/organization?limit=1000")
        return next(str(item["id"]) for item in companies if item["name"] == name)

    def lines(self, company: str, query: str = "") -> list[dict[str, Any]]:
        """The first thousand lines."""
        path = f"{PRODUCTS}/product?relatedParty.id={company}&limit=1000{query}"
        lines: list[dict[str, Any]] = self.call("GET", path)
        return lines

    def line(self, key: str) -> dict[str, Any]:
        line: dict[str, Any] = self.call("GET", f"{PRODUCTS}/product/{key}")
        return line

    def finished(self, key: str) -> dict[str, Any]:
        """The order once it is final."""

        def final() -> dict[str, Any] | None:
            order: dict[str, Any] = self.call("GET", f"{ORDERS}/productOrder/{key}")
            return order if order["state"] in FINAL else None

        order: dict[str, Any] = wait_until(final)
        return order


def order(
    company: str, changes: list[tuple[str, dict[str, Any]]], key: str = "run-1", **more: Any
) -> dict[str, Any]:
    """A body with one item per (product id, change)."""
    items = [
        {"id": f"{key}-{n}", "action": "modify", "quantity": 1, "product": {"id": product, **change}}
        for n, (product, change) in enumerate(changes)
    ]
    party = [{"id": company, "role": "customer", "@referredType": "Organization"}]
    return {"externalId": key, "category": "test", "relatedParty": party, "productOrderItem": items, **more}


def set_characteristic(name: str, value: Any) -> dict[str, Any]:
    return {"productCharacteristic": [{"name": name, "value": value}]}


def read_characteristic(line: dict[str, Any], name: str) -> Any:
    return next((item["value"] for item in line["productCharacteristic"] if item["name"] == name), None)


BLOCK = {"status": "suspended", **set_characteristic("blockReason", "lost")}
UNBLOCK = {"status": "active"}


class Listener:
    """Takes events, checks their signature, and refuses the first `failures` of them."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.attempts = 0
        self.failures = 0
        listener = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = listener._take(
                    self.headers["X-Event-Timestamp"], self.headers["X-Event-Signature"], body
                )
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}/events"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _take(self, timestamp: str, signature: str, body: bytes) -> int:
        self.attempts += 1
        digest = hmac.new(SECRET.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        if signature != f"sha256={digest}" or abs(time.time() - int(timestamp)) > 60:
            return 401
        if self.attempts <= self.failures:
            return 503
        self.events.append(json.loads(body))
        return 204

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

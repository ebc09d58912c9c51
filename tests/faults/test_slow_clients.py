"""Slow and silent clients keep nobody else waiting, with the console's own server and behind nginx."""

from __future__ import annotations

import re
import shutil
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from devtools.nginx import find_nginx
from devtools.services import HOST, ROOT, free_port
from tests.fixtures.processes import Service

pytestmark = pytest.mark.faults
CONFIGURATION = ROOT / "deploy" / "nginx.conf"
BODY = b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n\r\nlogin="
HEADERS = b"GET /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "


@dataclass(frozen=True)
class Door:
    """Where clients come in: an address, and how the connection is made safe."""

    port: int
    context: ssl.SSLContext | None = None

    def connect(self, text: bytes) -> socket.socket:
        link = socket.create_connection((HOST, self.port), timeout=20)
        if self.context is not None:
            link = self.context.wrap_socket(link)
        link.sendall(text)
        return link

    def ask(self, path: str) -> float:
        """Ask for a page; returns the seconds that took."""
        begun = time.monotonic()
        scheme = "https" if self.context else "http"
        with urllib.request.urlopen(
            f"{scheme}://{HOST}:{self.port}{path}", timeout=20, context=self.context
        ) as answer:
            assert answer.status == 200
            answer.read()
        return time.monotonic() - begun


def port_of(service: Service) -> int:
    return int(service.url.rpartition(":")[2])


@pytest.fixture(scope="module")
def server(console_server: Service) -> Door:
    return Door(port_of(console_server))


@pytest.fixture(scope="module")
def nginx(console_server: Service, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    program, openssl = find_nginx(), shutil.which("openssl")
    if program is None or openssl is None:
        pytest.skip("there is no nginx or no openssl here, and they cannot be installed")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    certificate, key = folder / "console.pem", folder / "console.key"
    made = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=console", "-days", "2"]
    subprocess.run([*made, "-out", str(certificate), "-keyout", str(key)], check=True, capture_output=True)
    command = [str(program), "-p", str(folder), "-c", str(written(folder, port, port_of(console_server)))]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    process = subprocess.Popen([*command, "-g", "daemon off;"], stderr=subprocess.DEVNULL)
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    door = Door(port, context)
    try:
        until_it_answers(door)
        yield door
    finally:
        process.terminate()
        process.wait(20)


def written(folder: Path, port: int, console: int) -> Path:
    """The configuration of deploy/ as it stands, with the ports and files of this test."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    for pattern, ours in (
        (r"listen 80;", f"listen {HOST}:{free_port()};"),
        (r"listen 443 ssl http2;", f"listen {HOST}:{port} ssl http2;"),
        (r"127\.0\.0\.1:8080\b", f"{HOST}:{console}"),
        (r"127\.0\.0\.1:8081\b", f"{HOST}:{free_port()}"),
        (r"/etc/ssl/console\.example\.org\.pem", str(folder / "console.pem")),
        (r"/etc/ssl/private/console\.example\.org\.key", str(folder / "console.key")),
        (r"client_header_timeout 10s", "client_header_timeout 2s"),
        (r"client_body_timeout 15s", "client_body_timeout 2s"),
        (r"limit_conn console_connections 100", "limit_conn console_connections 200"),
    ):
        text, replaced = re.subn(pattern, ours, text)
        assert replaced == 1, pattern
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    folders = "".join(f"{kind}_temp_path {folder / kind};\n" for kind in kinds)
    path = folder / "nginx.conf"
    user = "user root;\n" if Path.home() == Path("/root") else ""
    path.write_text(
        f"{user}pid {folder / 'nginx.pid'};\nerror_log {folder / 'error.log'};\nworker_processes 1;\n"
        f"events {{ worker_connections 512; }}\nhttp {{\n{folders}{text}\n}}\n"
    )
    return path


def until_it_answers(door: Door) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        try:
            door.ask("/health/live")
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("nginx does not answer")


@pytest.mark.parametrize("place", ["server", "nginx"])
@pytest.mark.parametrize(
    ("text", "count"), [(BODY, 60), (HEADERS, 60), (b"", 60)], ids=["bodies", "headers", "silent"]
)
def test_slow_clients_keep_nobody_waiting(
    request: pytest.FixtureRequest, place: str, text: bytes, count: int
) -> None:
    door: Door = request.getfixturevalue(place)
    door.ask("/sign-in")
    links = [door.connect(text) for _ in range(count)]
    slowest = max(door.ask("/sign-in") for _ in range(3))
    for link in links:
        link.close()
    assert slowest < 3


@pytest.mark.parametrize("text", [BODY, HEADERS], ids=["body", "headers"])
def test_nginx_cuts_slow_clients_off(nginx: Door, text: bytes) -> None:
    link, begun = nginx.connect(text), time.monotonic()
    try:
        while link.recv(4096):
            pass
    except OSError:
        pass  # reset: closed too
    assert time.monotonic() - begun < 15


def test_a_server_that_stopped_leaves_its_work_to_the_other(nginx: Door) -> None:
    # The second address of the configuration answers nobody here: every page comes from the first.
    for _ in range(6):
        assert nginx.ask("/health/live") < 3


def test_the_log_has_paths_without_their_queries(console_server: Service, server: Door) -> None:
    server.ask("/sign-in?next=/lines%3Fq=79107133726")
    assert console_server.child is not None
    text = console_server.child.log.read_text(encoding="utf-8")
    assert '"path": "/sign-in"' in text
    assert "79107133726" not in text and "next=" not in text

"""The demo's mail catcher: a mail sent by the product is kept, shown and downloaded, and nothing in it is run."""

from __future__ import annotations

import http.client
import re
import smtplib
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from pathlib import Path

import pytest

from devtools.demo import Demo
from devtools.mailcatcher.pages import create_app
from devtools.mailcatcher.store import Store
from devtools.process import Child
from devtools.services import HOST, Launcher, free_port, wait_for
from notices.smtp import File, Letter, SmtpServer

REPORT = File("Отчёт «Номера».xlsx", "application/vnd.ms-excel", bytes(range(256)) * 50)
EVIL = "<script>alert(1)</script>"


@dataclass
class Catcher:
    """The process, and where it listens."""

    folder: Path
    logs: Path
    smtp: int
    page: int
    child: Child | None = None

    def start(self) -> None:
        self.child = Launcher({}, self.logs).mail(self.folder, self.smtp, self.page)
        wait_for(self.address, self.child)

    def stop(self) -> int:
        assert self.child is not None
        self.child.popen.terminate()
        return self.child.wait(10)

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.page}"

    def get(self, path: str) -> tuple[str, http.client.HTTPMessage]:
        content, headers = self.download(path)
        return content.decode(), headers

    def download(self, path: str) -> tuple[bytes, http.client.HTTPMessage]:
        with urllib.request.urlopen(self.address + path, timeout=10) as answer:
            return answer.read(), answer.headers

    def send(self, letter: Letter) -> None:
        SmtpServer(f"smtp://{HOST}:{self.smtp}", "Manager <vm@example.org>").send(letter)


@pytest.fixture
def catcher(tmp_path: Path) -> Iterator[Catcher]:
    running = Catcher(tmp_path / "mail", tmp_path, free_port(), free_port())
    running.start()
    yield running
    assert running.child is not None
    running.child.stop()


def links(page: str, kind: str) -> list[str]:
    return [unescape(address) for address in re.findall(rf'href="(/mails/[^"]*{kind}[^"]*)"', page)]


def test_a_report_arrives_is_read_and_downloaded(catcher: Catcher) -> None:
    assert "No mail yet" in catcher.get("/")[0]
    text = "Отчёт готов: https://example.org/files\n"
    catcher.send(Letter("1.1", "boss@example.org", "Отчёт «Номера»", text, f"<p>{EVIL}</p>", [REPORT]))
    page, headers = catcher.get("/")
    assert "Отчёт «Номера»" in page
    assert "boss@example.org" in page
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self';")
    page, _ = catcher.get(links(page, "")[0])
    assert '<a href="https://example.org/files" rel="noopener noreferrer">' in page
    assert "alert(1)" not in page
    html, attached = links(page, "/parts/")
    content, headers = catcher.download(attached)
    assert content == REPORT.content
    assert headers["Content-Type"] == "application/octet-stream"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Disposition"].startswith("attachment; filename")
    assert catcher.download(html)[1]["Content-Disposition"].startswith("attachment; filename")
    whole = message_from_bytes(catcher.download(links(page, ".eml")[0])[0], policy=policy.default)
    assert isinstance(whole, EmailMessage)
    assert [part.get_filename() for part in whole.iter_attachments()] == [REPORT.name]
    assert whole["From"] == "Manager <vm@example.org>"


def test_mails_outlive_a_restart(catcher: Catcher) -> None:
    catcher.send(Letter("1.1", "boss@example.org", "Kept", "text"))
    assert catcher.stop() == 0
    with pytest.raises(OSError):
        smtplib.SMTP(HOST, catcher.smtp, timeout=2)
    catcher.start()
    assert "Kept" in catcher.get("/")[0]


def test_what_a_mail_says_stays_text(catcher: Catcher) -> None:
    broken = (
        f"Subject: {EVIL}\r\nFrom: =?utf-8?b?////?= <<>\r\nTo: @@\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: text/plain; charset=klingon\r\n\r\n'
        f"{EVIL}\r\n--x\r\nContent-Type: text/html\r\n"
        'Content-Disposition: attachment; filename="../../<b>.html"\r\n\r\nx\r\n--x--\r\n'
    )
    with smtplib.SMTP(HOST, catcher.smtp, timeout=5) as link:
        link.sendmail("a@example.org", ["b@example.org"], broken.encode())
        link.sendmail("a@example.org", ["b@example.org"], b"\xff\x00 no headers at all")
    page, _ = catcher.get("/")
    assert unescape(page).count(EVIL) == 1
    assert "<script" not in page
    for link_to in links(page, ""):
        shown, _ = catcher.get(link_to)
        assert "<script" not in shown
    page = catcher.get(links(page, "")[-1])[0]
    assert "../" not in page
    assert "<b>" not in page


DEEP = b"Subject: Deep\r\n" + b"".join(
    b'Content-Type: multipart/mixed; boundary="%d"\r\n\r\n--%d\r\n' % (level, level) for level in range(1_200)
)
COMMENTS = b"(" * 20_000
HOSTILE = {
    "sender": b"Subject: Good\r\nFrom: " + COMMENTS + b"\r\n\r\ntext\r\n",
    "type": b"Subject: Good\r\nMIME-Version: 1.0\r\nContent-Type: " + COMMENTS + b"\r\n\r\ntext\r\n",
    "encoding": b"Subject: Good\r\nContent-Transfer-Encoding: " + COMMENTS + b"\r\n\r\ntext\r\n",
    "disposition": b"Subject: Good\r\nContent-Disposition: " + COMMENTS + b"\r\n\r\ntext\r\n",
    "parts": DEEP,
    "surrogates": b"Subject: Good\r\nContent-Type: text/plain; charset=unicode_escape\r\n\r\n\\ud800\r\n",
}
"""Mails that Python's parser or a page's encoding fails on."""


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_mail_neither_hides_the_others_nor_itself(tmp_path: Path, content: bytes) -> None:
    store = Store(tmp_path, keep=10)
    store.add(b"Subject: Innocent\r\n\r\ntext\r\n", ["a@example.org"])
    name = store.add(content, ["b@example.org"])
    browser = create_app(store).test_client()
    page = browser.get("/", base_url="http://localhost")
    assert page.status_code == 200
    assert "Innocent" in page.text
    assert f"/mails/{name}" in page.text
    shown = browser.get(f"/mails/{name}", base_url="http://localhost")
    assert shown.status_code == 200
    assert f"/mails/{name}/mail.eml" in shown.text
    whole = browser.get(f"/mails/{name}/mail.eml", base_url="http://localhost")
    assert whole.data.endswith(content)


def test_what_cannot_be_read_is_said(tmp_path: Path) -> None:
    store = Store(tmp_path, keep=10)
    names = [store.add(HOSTILE[kind], ["a@example.org"]) for kind in ("sender", "parts")]
    sender, parts = (store.find(name) for name in names)
    assert sender is not None
    assert (sender.sender, sender.subject, sender.text.strip()) == ("(unreadable)", "Good", "text")
    assert parts is not None
    assert (parts.subject, parts.text, len(parts.parts)) == ("Deep", "(unreadable)", 0)


@pytest.mark.parametrize(
    ("named", "saved"),
    [
        ("filename*=utf-8''a%0d%0aSet-Cookie%3A%20b.html", "a Set-Cookie: b.html"),
        ("filename*=utf-8''gpj.%E2%80%AEexe", "gpj. exe"),
        ("filename*=utf-8''%01", "(unreadable)"),
    ],
)
def test_a_file_name_has_no_signs_that_steer(tmp_path: Path, named: str, saved: str) -> None:
    store = Store(tmp_path, keep=10)
    content = f"MIME-Version: 1.0\r\nContent-Disposition: attachment; {named}\r\n\r\nx\r\n"
    name = store.add(content.encode(), ["a@example.org"])
    mail = store.find(name)
    assert mail is not None
    assert [part.name for part in mail.parts] == [saved]
    browser = create_app(store).test_client()
    answer = browser.get(f"/mails/{name}/parts/0", base_url="http://localhost")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    "path",
    ["/mails/1", "/mails/..%2f..%2fpasswords", "/mails/1700000000000-00000000/parts/0", "/mails/1/mail.eml"],
)
def test_nothing_but_mails_is_served(catcher: Catcher, path: str) -> None:
    with pytest.raises(urllib.error.HTTPError, match="404"):
        catcher.get(path)


def test_a_foreign_name_for_this_machine_is_refused(catcher: Catcher) -> None:
    request = urllib.request.Request(catcher.address, headers={"Host": f"evil.example:{catcher.page}"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(request, timeout=5)


def test_the_newest_mails_stay(tmp_path: Path) -> None:
    for number in range(5):
        Store(tmp_path, keep=3).add(b"Subject: %d\r\n\r\n" % number, ["a@example.org"])
    assert [mail.subject for mail in Store(tmp_path, keep=3).newest()] == ["4", "3", "2"]


def test_the_demo_starts_none_where_a_server_is_named() -> None:
    assert Demo({"SMTP_URL": "smtp://mail.example.org"}).has_own_mail() is False
    assert Demo({}).has_own_mail()

"""What the demo writes down is for the account that started it alone."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from devtools import demo, private
from devtools.mailcatcher.store import Store
from devtools.process import start
from devtools.services import ServiceError


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_logs_are_private_also_where_they_were_open_before(tmp_path: Path) -> None:
    log, output = tmp_path / "x.log", tmp_path / "x.out"
    log.touch(mode=0o644)
    command = [sys.executable, "-c", "print('79107133726')"]
    assert start("x", command, log=log, output=output).wait(30) == 0
    assert [_mode(path) for path in (log, output)] == [0o600, 0o600]
    assert output.read_text() == "79107133726\n"


def test_the_demo_closes_its_folder_of_logs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ServiceError("no server")

    logs = tmp_path / "log"
    logs.mkdir(mode=0o755)
    monkeypatch.setattr(demo, "LOGS", logs)
    monkeypatch.setattr(demo, "start_servers", refuse)
    with pytest.raises(ServiceError):
        demo.Demo({}).start()
    assert _mode(logs) == 0o700


def test_passwords_are_private(tmp_path: Path) -> None:
    users = tmp_path / "users.txt"
    users.touch(mode=0o644)
    private.write_text(users, "пароль")
    assert (_mode(users), users.read_text("utf-8")) == (0o600, "пароль")


def test_caught_mails_are_private(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    folder.mkdir(mode=0o755)
    name = Store(folder, 5).add(b"Subject: report\r\n\r\ntext", ["a@example.org"])
    assert [_mode(folder), _mode(folder / f"{name}.eml")] == [0o700, 0o600]

"""Child processes that never outlive their parent, each with a log file of its own."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from devtools import private
from devtools.account import Account

_PR_SET_PDEATHSIG = 1
_POLL = 0.02
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def _die_with_parent(sent: signal.Signals) -> Callable[[], None]:
    """Ask the kernel to signal the child when its parent is gone, however the parent died."""
    parent = os.getpid()

    def ask() -> None:
        if _libc is not None:
            _libc.prctl(_PR_SET_PDEATHSIG, int(sent), 0, 0, 0)
            if os.getppid() != parent:  # the parent died before the kernel knew of the wish
                os._exit(1)

    return ask


@dataclass
class Child:
    """A running process in a session of its own, so that Ctrl-C reaches only the launcher."""

    name: str
    popen: "subprocess.Popen[bytes]"
    log: Path
    stop_signal: signal.Signals

    @property
    def pid(self) -> int:
        return self.popen.pid

    def is_running(self) -> bool:
        return self.find_status() is None

    def find_status(self) -> int | None:
        """The exit status (negative: the signal that ended it), None while it runs.

        Unlike `Popen.poll` this holds no lock that an exception raised by a signal handler would leave
        taken forever, so a launcher may be interrupted at any moment.
        """
        if self.popen.returncode is not None or not hasattr(os, "waitid"):
            return self.popen.poll()
        ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        if ended is None:
            return None
        return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status

    def wait(self, patience: float) -> int:
        """Wait for the end and return the exit status. Raises TimeoutError."""
        deadline = time.monotonic() + patience
        while (status := self.find_status()) is None:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{self.name} took longer than {patience:.0f} s")
            time.sleep(_POLL)
        return status

    def stop(self, grace: float = 15.0) -> None:
        """Ask politely, then kill the whole process group after `grace` seconds."""
        if self.is_running():
            self.popen.send_signal(self.stop_signal)
            try:
                self.popen.wait(grace)
            except subprocess.TimeoutExpired:
                self.kill()
        self._kill_group()

    def kill(self) -> None:
        """SIGKILL to the process and everything in its group, and wait until it is gone."""
        self._kill_group()
        self.popen.wait()

    def _kill_group(self) -> None:
        try:
            os.killpg(self.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            return

    def tail(self, lines: int = 20) -> str:
        """The last lines of the log."""
        return tail(self.log, lines)


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: Account | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    output: Path | None = None,
) -> Child:
    """Start `command`, as `account` when one is given.

    What it prints is appended to `log`; with `output` its standard output replaces that file instead. Both files are
    private: they may name people and numbers.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        private.open_file(log, "ab") as errors,
        private.open_file(output, "wb") if output else nullcontext(errors) as printed,
    ):
        popen = _popen(command, (printed, errors), env, cwd, account, stop_signal)
    return Child(name, popen, log, stop_signal)


def _popen(
    command: Sequence[str | Path],
    outputs: tuple[IO[bytes], IO[bytes]],
    env: Mapping[str, str] | None,
    cwd: Path | None,
    account: Account | None,
    stop_signal: signal.Signals,
) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [str(part) for part in command],
        stdin=subprocess.DEVNULL,
        stdout=outputs[0],
        stderr=outputs[1],
        env=None if env is None else dict(env),
        cwd=cwd,
        start_new_session=True,
        preexec_fn=_die_with_parent(stop_signal),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def tail(log: Path, lines: int = 20) -> str:
    """The last `lines` lines of a text file, or nothing when there is none."""
    if not log.exists():
        return ""
    with log.open(encoding="utf-8", errors="replace") as text:
        return "".join(deque(text, lines))

"""A function of ours that is run in a child process with bounds: what it reads may be hostile, its memory is not ours.

    READ_LIST = Confined("lines.uploads.child", "read", SENTENCES)
    records = READ_LIST.run({"path": "/tmp/upload-x/list"})

The child is a fresh Python without our environment, so it knows neither the database nor a secret, and may not reach
the network nor start programs. It imports the module, calls the function with what was given and a way to ask its
parent something, and sends each record that the function yields as a line of JSON. The function must stand in the
`CONFINED` of its module. What goes in and comes out is plain JSON; files are named by their path. A module that is slow
to import makes each run slow: it need not import this one, save for types.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import BoundedSemaphore, Timer
from typing import IO, Any, Final

import orjson
import structlog

from core.errors import InvalidInput, Unavailable

Ask = Callable[[Any], Any]
"""What the function asks its parent while it runs: JSON in, JSON out."""

AT_ONCE: Final = 2
"""So many children of one process run at a time; others wait."""
WAITING: Final = 6
WAIT_SECONDS: Final = 20.0
MEGABYTE: Final = 1024 * 1024
TOO_LARGE: Final = "child_too_large"
TOO_LONG: Final = "child_too_long"
CRASHED: Final = "child_crashed"
BUSY: Final = "child_busy"
_ROOT: Final = Path(__file__).resolve().parents[1]
_TOLD: Final = 4_000
_ALLOCATION: Final = (b"memory allocation of", b"MemoryError", b"File too large", b"Cannot allocate memory")
_running = BoundedSemaphore(AT_ONCE)
_taken = BoundedSemaphore(AT_ONCE + WAITING)
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Bounds:
    """The bounds of a child: address space, size of a file and of its result in MB, seconds by the clock and of the
    processor, open files."""

    memory_mb: int = 512
    seconds: float = 10.0
    processor_seconds: int = 10
    file_mb: int = 64
    open_files: int = 64
    result_mb: int = 16


@dataclass(frozen=True)
class Sentences:
    """The texts for a child that did not come to its end: message ids that say what happened and what to do.

    `too_large` took more memory than it may, `too_long` more time, `crashed` ended in any other way, `busy` was not
    begun since too many others run.
    """

    too_large: str
    too_long: str
    crashed: str
    busy: str


@dataclass(frozen=True)
class Confined:
    """The function `name` of the module of this dotted name, which its `CONFINED` must hold, and its bounds."""

    module: str
    name: str
    sentences: Sentences
    bounds: Bounds = field(default_factory=Bounds)

    def run(self, given: Any, answer: Ask | None = None) -> list[Any]:
        """The records of the function; `answer` answers what it asks.

        Raises InvalidInput for what the function refused, with its own code and parameters, and for a child that
        was too large, took too long or crashed (codes of this module); Unavailable where too many run already.
        """
        with _slot(self.sentences.busy):
            return _Child(self, given, answer).records()


@contextmanager
def _slot(busy: str) -> Iterator[None]:
    if not _taken.acquire(blocking=False):
        raise Unavailable(busy, code=BUSY)
    try:
        if not _running.acquire(timeout=WAIT_SECONDS):
            raise Unavailable(busy, code=BUSY)
        try:
            yield
        finally:
            _running.release()
    finally:
        _taken.release()


class _Child:
    """One run. The clock is a thread of ours that kills the child with all that it may have started."""

    def __init__(self, confined: Confined, given: Any, answer: Ask | None) -> None:
        self._confined, self._given, self._answer = confined, given, answer
        self._records: list[Any] = []
        self._refused: Mapping[str, Any] | None = None
        self._has_ended = self._is_late = self._is_swollen = self._is_garbled = False

    def records(self) -> list[Any]:
        with tempfile.TemporaryFile() as stderr:
            process = self._started(stderr)
            clock = Timer(self._confined.bounds.seconds, self._stop, (process.pid,))
            clock.daemon = True
            clock.start()
            try:
                self._talk(process)
                # Not reaped yet: until then its number, by which the clock kills, is nobody else's.
                os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
            finally:
                clock.cancel()
                clock.join()
                _kill(process.pid)
                status = process.wait()
                for pipe in (process.stdin, process.stdout):
                    with suppress(BrokenPipeError):
                        pipe.close()  # type: ignore[union-attr]
            if self._refused is not None:
                raise InvalidInput(**self._refused)
            if not self._has_ended or status:
                raise self._failure(status, stderr)
        return self._records

    def _started(self, stderr: IO[bytes]) -> subprocess.Popen[bytes]:
        name = f"{self._confined.module}:{self._confined.name}"
        return subprocess.Popen(  # noqa: S603 - our own Python and our own module
            [sys.executable, "-E", "-s", "-X", "utf8", "-m", "core.confined_child", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            cwd=_ROOT,
            env={},
            start_new_session=True,
        )

    def _stop(self, pid: int) -> None:
        self._is_late = True
        _kill(pid)

    def _talk(self, process: subprocess.Popen[bytes]) -> None:
        """Give the child its work and take what it sends until it closes its end or sends nonsense."""
        assert process.stdin is not None
        assert process.stdout is not None
        bounds = self._confined.bounds
        self._send(process.stdin, {"given": self._given, "bounds": asdict(bounds), "parent": os.getpid()})
        left = bounds.result_mb * MEGABYTE
        while line := process.stdout.readline(left + 1):
            left -= len(line)
            if left < 0:
                self._is_swollen = True
                break
            try:
                kind, value = orjson.loads(line)
                self._take(kind, value, process.stdin)
            except (_Nonsense, ValueError, TypeError):
                self._is_garbled = True
                break
        else:
            return
        _kill(process.pid)

    def _take(self, kind: object, value: Any, pipe: IO[bytes]) -> None:
        if self._has_ended or self._refused is not None:
            raise _Nonsense
        if kind == "record":
            self._records.append(value)
        elif kind == "ask" and self._answer is not None:
            self._send(pipe, self._answer(value))
        elif kind == "refused" and _is_refusal(value):
            self._refused = {"message": value["message"], "code": value["code"], **value["params"]}
        elif kind == "end":
            self._has_ended = True
        else:
            raise _Nonsense

    @staticmethod
    def _send(pipe: IO[bytes], value: Any) -> None:
        with suppress(BrokenPipeError):  # how it ended is seen from its status
            pipe.write(orjson.dumps(value) + b"\n")
            pipe.flush()

    def _failure(self, status: int, stderr: IO[bytes]) -> InvalidInput:
        stderr.seek(max(0, stderr.seek(0, os.SEEK_END) - _TOLD))
        words = stderr.read(_TOLD)
        sentences = self._confined.sentences
        code, message = CRASHED, sentences.crashed
        if self._is_late or -status in (signal.SIGXCPU, signal.SIGALRM):
            code, message = TOO_LONG, sentences.too_long
        elif self._is_garbled:
            pass
        elif self._is_swollen or -status == signal.SIGKILL or any(sign in words for sign in _ALLOCATION):
            # A kill that is none of ours is the kernel's, for want of memory.
            code, message = TOO_LARGE, sentences.too_large
        # Of what went wrong only the kind of error: its words may hold what stands in the file.
        error = words.rstrip().rpartition(b"\n")[2].partition(b":")[0][:80].decode("ascii", "replace")
        log.warning("child.failed", function=self._confined.module, code=code, status=status, error=error)
        return InvalidInput(message, code=code)


class _Nonsense(Exception):
    """The child sent what no function of ours sends."""


def _is_refusal(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.keys() == {"message", "code", "params"}
        and isinstance(value["message"], str)
        and isinstance(value["code"], str)
        and isinstance(value["params"], dict)
        and not value["params"].keys() & {"message", "code", "fields"}
        and all(isinstance(param, (str, int)) for param in value["params"].values())
    )


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS says so of a dead one
        os.killpg(pid, signal.SIGKILL)

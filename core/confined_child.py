"""The child's side of `core.confined`: bounds first, then one function, then its records as lines of JSON.

People wait for what it imports, so that is the standard library and little else.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import signal
import sys
from importlib import import_module
from typing import IO, Any, Final, NoReturn

from core.errors import AppError
from core.processes import die_with_parent

_REFUSED: Final = frozenset(
    {
        "socket.connect",
        "socket.bind",
        "socket.sendto",
        "socket.sendmsg",
        "socket.getaddrinfo",
        "socket.gethostbyname",
        "socket.gethostbyaddr",
        "subprocess.Popen",
        "os.exec",
        "os.fork",
        "os.forkpty",
        "os.posix_spawn",
        "os.system",
        "pty.spawn",
    }
)
_MEGABYTE: Final = 1024 * 1024


def main(name: str) -> NoReturn:
    """Run the function "module:function" with what stands on the first line of the input."""
    gc.disable()  # it lives for seconds within a bound of memory: looking for circles only costs time
    results = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints is no result
    source = sys.stdin.buffer
    work = json.loads(source.readline())
    _confine(work["bounds"], work["parent"])
    module_name, _, function_name = name.partition(":")
    module = import_module(module_name)
    function = getattr(module, function_name)
    if function not in module.CONFINED:
        raise PermissionError(name)

    def ask(question: Any) -> Any:
        _send(results, "ask", question)
        return json.loads(source.readline())

    try:
        for record in function(work["given"], ask):
            _send(results, "record", record)
    except AppError as refusal:
        params = {
            key: str(value) if not isinstance(value, int) else value for key, value in refusal.params.items()
        }
        _send(results, "refused", {"message": refusal.message, "code": refusal.code, "params": params})
    else:
        _send(results, "end", None)
    os._exit(0)  # what it holds is not worth tidying up


def _confine(bounds: dict[str, Any], parent: int) -> None:
    die_with_parent(parent, signal.SIGKILL)
    # Also where the parent was killed and could not keep the time.
    signal.setitimer(signal.ITIMER_REAL, bounds["seconds"] + 1)
    seconds = bounds["processor_seconds"]
    _limit(resource.RLIMIT_CPU, seconds, seconds + 1)
    _limit(resource.RLIMIT_FSIZE, bounds["file_mb"] * _MEGABYTE)
    _limit(resource.RLIMIT_NOFILE, bounds["open_files"])
    _limit(resource.RLIMIT_CORE, 0)
    if sys.platform == "linux":  # elsewhere the kernel does not keep to it
        _limit(resource.RLIMIT_AS, bounds["memory_mb"] * _MEGABYTE)
    sys.addaudithook(_refuse)


def _limit(kind: int, soft: int, hard: int | None = None) -> None:
    most = resource.getrlimit(kind)[1]
    above = soft if hard is None else hard
    if most != resource.RLIM_INFINITY:
        soft, above = min(soft, most), min(above, most)
    resource.setrlimit(kind, (soft, above))


def _refuse(event: str, _arguments: tuple[object, ...]) -> None:
    if event in _REFUSED:
        raise PermissionError(event)


def _send(results: IO[bytes], kind: str, value: Any) -> None:
    text = json.dumps([kind, value], ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    results.write(text.encode() + b"\n")
    results.flush()


if __name__ == "__main__":
    main(sys.argv[1])

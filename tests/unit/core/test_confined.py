"""Children with bounds: each bound is tried by a function that does not keep to it."""

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any

import pytest
from structlog.testing import capture_logs

from core import confined
from core.confined import Bounds, Confined, Sentences
from core.errors import InvalidInput, Unavailable

SENTENCES = Sentences(too_large="Too large.", too_long="Too long.", crashed="Crashed.", busy="Busy.")
MODULE = "tests.unit.core.confined_functions"
BOUNDS = Bounds(memory_mb=256, seconds=8, result_mb=4, file_mb=8)


def run(name: str, given: Any = None, bounds: Bounds = BOUNDS, answer: Any = None) -> list[Any]:
    return Confined(MODULE, name, SENTENCES, bounds).run(given, answer)


def failed(name: str, given: Any = None, bounds: Bounds = BOUNDS) -> InvalidInput:
    with pytest.raises(InvalidInput) as caught:
        run(name, given, bounds)
    return caught.value


def test_records_and_questions_go_through() -> None:
    records = run("count", {"most": 3}, answer=lambda number: number * number)
    assert records == [{"number": n, "square": n * n} for n in range(3)]


def test_no_question_is_answered_where_none_is_expected() -> None:
    assert failed("count", {"most": 3}).code == confined.CRASHED


def test_a_child_has_no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    (variables,) = run("environment")
    assert not {name for name in variables if not name.startswith(("LC_", "__CF"))}


def test_a_refusal_keeps_its_code_and_parameters() -> None:
    problem = failed("refuse")
    assert (problem.code, problem.message % problem.params) == (
        "too_many_rows",
        "The file has more than 7 rows.",
    )


@pytest.mark.parametrize("name", ["fill_memory", "fill_result"])
def test_a_child_that_takes_too_much_is_too_large(name: str) -> None:
    problem = failed(name)
    assert (problem.code, problem.message) == (confined.TOO_LARGE, "Too large.")


def test_a_child_writes_no_large_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert failed("fill_disk", {"path": str(path)}).code == confined.TOO_LARGE
    assert path.stat().st_size <= 8 * 1024 * 1024


def test_the_parent_does_not_grow_with_what_a_child_sends() -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    failed("fill_result", bounds=Bounds(result_mb=8))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 32 * 1024


def test_a_child_that_sleeps_is_killed_by_the_clock(tmp_path: Path) -> None:
    start = time.monotonic()
    problem = failed("sleep", {"path": str(tmp_path / "pid")}, Bounds(seconds=1))
    assert (problem.code, problem.message) == (confined.TOO_LONG, "Too long.")
    assert time.monotonic() - start < 8


def test_a_child_that_computes_is_stopped_by_its_processor_time() -> None:
    assert failed("compute", bounds=Bounds(seconds=9, processor_seconds=1)).code == confined.TOO_LONG


def test_a_child_reaches_no_network() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, capture_logs() as logs:
        assert failed("connect", {"port": server.getsockname()[1]}).code == confined.CRASHED
        assert failed("look_up").code == confined.CRASHED
    assert {entry["error"] for entry in logs} == {"PermissionError"}


def test_a_child_starts_no_program() -> None:
    assert failed("start_program").code == confined.CRASHED


@pytest.mark.parametrize("name", ["garble", "crash", "die", "leave_early", "not_declared", "absent"])
def test_whatever_else_goes_wrong_is_a_crash(name: str) -> None:
    problem = failed(name)
    assert (problem.code, problem.message) == (confined.CRASHED, "Crashed.")


def test_the_log_knows_the_kind_of_error_and_nothing_of_the_file() -> None:
    with capture_logs() as logs:
        failed("crash")
    assert [entry["error"] for entry in logs] == ["RuntimeError"]
    assert "7912345" not in str(logs)


def test_only_so_many_run_and_wait(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(confined, "_running", BoundedSemaphore(1))
    monkeypatch.setattr(confined, "_taken", BoundedSemaphore(2))
    with ThreadPoolExecutor(3) as pool:
        given = {"path": str(tmp_path / "pid")}
        jobs = [pool.submit(run, "sleep", given, Bounds(seconds=1)) for _ in range(3)]
        problems = [job.exception() for job in jobs]
    assert sorted(
        problem.code for problem in problems if isinstance(problem, (InvalidInput, Unavailable))
    ) == [
        confined.BUSY,
        confined.TOO_LONG,
        confined.TOO_LONG,
    ]


def test_a_child_dies_with_its_parent(tmp_path: Path) -> None:
    path = tmp_path / "pid"
    script = (
        "from tests.unit.core.test_confined import run;"
        f"run('sleep', {{'path': {str(path)!r}}}, __import__('core.confined').confined.Bounds(seconds=30))"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], cwd=confined._ROOT)
    try:
        wait_for(lambda: path.exists() and path.read_text() != "")
    finally:
        parent.send_signal(signal.SIGKILL)
        parent.wait()
    wait_for(lambda: not is_alive(int(path.read_text())))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def wait_for(condition: Any) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)

"""Servers that stand still and go on: the operator takes no order twice, and pages do not wait for the database."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from itertools import cycle

import pytest

from devtools.audit import problems
from devtools.factory import LOGIN, PASSWORD, Factory
from runs.models import Run
from tests.faults.bad_line import bad_line
from tests.faults.visitor import Visitor

pytestmark = pytest.mark.faults
PATIENCE = 60.0
RATE = 10
STILL = 6.0
"""Seconds: longer than time-out, settling time and the end of an order's validity together."""
reasons = cycle(["voluntary", "lost"])
tariffs = cycle(["T-OFFICE", "T-MAXIMUM"])
amounts = iter(range(200, 300))

Params = dict[str, object]
OPERATIONS: dict[str, Callable[[], Params]] = {
    "block": lambda: {"reason": next(reasons)},
    "set_limit": lambda: {"amount": str(next(amounts)), "period": "month", "warn_at": 80},
    "change_tariff": lambda: {"tariff": next(tariffs), "effective": "now"},
}


def start(plant: Factory, code: str) -> int:
    plant.admin("PUT", "limit", {"requestsPerSecond": RATE})
    run_id = plant.preview(code, OPERATIONS[code]())
    plant.submit(run_id)
    return run_id


def finish(plant: Factory, run_id: int) -> Run:
    plant.admin("PUT", "limit", {"requestsPerSecond": 0})
    run = plant.wait(run_id, patience=PATIENCE)
    assert problems(plant, run_id) == []
    return run


@pytest.mark.parametrize(
    ("code", "ahead", "still"),
    [
        ("change_tariff", 0, "operator_locked"),
        ("block", -40, "operator_locked"),
        ("set_limit", 50, "operator_frozen"),
    ],
)
def test_an_operator_that_stands_still_and_goes_on(plant: Factory, code: str, ahead: int, still: str) -> None:
    plant.admin("PUT", "clock", {"aheadSeconds": ahead})
    run_id = start(plant, code)
    plant.wait(run_id, lambda run: run.sent > 0 or run.done > 0)
    stand: Callable[[], AbstractContextManager[None]] = getattr(plant, still)
    with stand():
        time.sleep(STILL)
        assert plant.run(run_id).finished_at is None, "the run was too short for this"
    run = finish(plant, run_id)
    assert run.done > 0
    assert run.refused == sum(run.preview["refused"].values()), "what the preview knew of, nothing more"


def test_look_ups_come_broken_beside_lost_answers(plant: Factory, dice: random.Random) -> None:
    plant.admin("PUT", "limit", {"requestsPerSecond": 0})
    with bad_line(plant.variables["OPERATOR_URL"], dice, lost=0.2, broken=0.5) as line:
        plant.start_worker({"OPERATOR_URL": line.url})
        assert len(plant.wait_for_runners()) == 2
        run_id = plant.preview("set_limit", OPERATIONS["set_limit"]())
        plant.submit(run_id)
        run = finish(plant, run_id)
        assert run.done > 0
        assert run.refused == sum(run.preview["refused"].values())
    plant.start_worker()


def read(visitor: Visitor, path: str) -> tuple[int, str, float]:
    """Status, body and seconds of a page."""
    begin = time.monotonic()
    status, body, _ = visitor.read(path)
    return status, body, time.monotonic() - begin


def test_a_database_that_hangs_keeps_no_page_waiting(plant: Factory) -> None:
    visitor = Visitor(plant.variables["CONSOLE_URL"])
    visitor.sign_in(LOGIN, PASSWORD)
    with ThreadPoolExecutor(20) as pool, plant.postgres_paused():
        pages = [pool.submit(read, visitor, "/lines") for _ in range(20)]
        time.sleep(0.5)
        status, body, seconds = read(visitor, "/health/live")
        assert (status, "alive" in body) == (200, True)
        assert seconds < 2
        for page in pages:
            status, body, seconds = page.result()
            assert (status, "<html" in body) == (503, True)
            assert seconds < 20
    assert read(visitor, "/lines")[0] == 200


def test_a_database_that_is_away_is_said_on_every_page_and_once_in_the_log(plant: Factory) -> None:
    visitor = Visitor(plant.variables["CONSOLE_URL"])
    visitor.sign_in(LOGIN, PASSWORD)
    log = plant.children["worker"].log
    before = len(log.read_text())
    plant.postgres.stop()
    try:
        for path in ("/lines", "/sign-in", "/nothing-here"):
            status, body, headers = visitor.read(path)
            assert (status, headers["Retry-After"]) == (503, "10"), path
            assert "<html" in body
        time.sleep(5)
    finally:
        plant.postgres.start()
    written = log.read_text()[before:]
    assert "Traceback" not in written
    assert 0 < written.count("database.away") <= 6  # one of each process
    assert read(visitor, "/lines")[0] == 200

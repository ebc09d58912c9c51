"""An operator that stands still and goes on: it takes no order twice, and what it did is not written as refused."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from itertools import cycle

import pytest

from devtools.audit import problems
from devtools.factory import Factory
from runs.models import Run

pytestmark = pytest.mark.faults
PATIENCE = 60.0
RATE = 10
STILL = 9.0
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

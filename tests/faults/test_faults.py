"""Real processes killed, cut off and lied to: at the end every line was ordered once and is recorded as it ended."""

from __future__ import annotations

import itertools
import random
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest

from devtools.audit import ordered_items, problems
from devtools.factory import LOGIN, PASSWORD, Factory
from runs.models import Run
from tests.faults.visitor import Visitor

pytestmark = pytest.mark.faults
PATIENCE = 60.0
amounts = itertools.count(100)


def start(plant: Factory, requests_per_second: float) -> int:
    """A run over all lines against an operator of this speed."""
    plant.admin("PUT", "limit", {"requestsPerSecond": requests_per_second})
    limit = {"amount": str(next(amounts)), "period": "month", "warn_at": 80}
    run_id = plant.preview("set_limit", limit)
    plant.submit(run_id)
    return run_id


def seconds_after(run: Run, moment: str) -> float:
    assert run.stopped_at is not None
    return (datetime.fromisoformat(moment) - run.stopped_at).total_seconds()


def finish(plant: Factory, run_id: int) -> Run:
    """Wait for the end, then nothing may be left to say against the run."""
    run = plant.wait(run_id, patience=PATIENCE)
    assert problems(plant, run_id) == []
    assert run.total == len(ordered_items(plant, run_id)) + run.refused + run.cancelled
    return run


def damage(plant: Factory, run_id: int, action: Callable[[], object], pauses: Iterator[float]) -> None:
    """Do something again and again while the run goes on; every time counts, so it may not end before."""
    # Within this thread: a server is told to end when the thread that started it does.
    for pause in pauses:
        time.sleep(pause)
        assert plant.run(run_id).finished_at is None, "the run was too short for this"
        action()


def test_workers_killed_twenty_times(plant: Factory, dice: random.Random) -> None:
    def kill() -> None:
        plant.kill(dice.choice(plant.wait_for_runners()))

    run_id = start(plant, 2)
    damage(plant, run_id, kill, (dice.uniform(0.0, 0.3) for _ in range(20)))
    plant.admin("PUT", "limit", {"requestsPerSecond": 0})
    finish(plant, run_id)


def test_the_supervisor_killed_and_started_again(plant: Factory, dice: random.Random) -> None:
    run_id = start(plant, 5)
    for _ in range(2):
        time.sleep(dice.uniform(0.8, 2.0))
        plant.kill_supervisor()
        plant.start_worker()
    plant.admin("PUT", "limit", {"requestsPerSecond": 0})
    finish(plant, run_id)


def test_a_worker_paused_for_longer_than_its_lease(plant: Factory, dice: random.Random) -> None:
    run_id = start(plant, 2.5)
    plant.wait(run_id, lambda run: run.done > 10, PATIENCE)
    for _ in range(2):
        time.sleep(dice.uniform(0.0, 0.3))
        paused = dice.choice(plant.worker_pids())
        plant.kill(paused, signal.SIGSTOP)
        time.sleep(6.5)  # its lease is over after six seconds: the other one takes its lines
        plant.kill(paused, signal.SIGCONT)
    plant.admin("PUT", "limit", {"requestsPerSecond": 0})
    finish(plant, run_id)


def test_redis_killed_five_times_and_emptied(plant: Factory, dice: random.Random) -> None:
    run_id = start(plant, 3)
    damage(
        plant,
        run_id,
        lambda: plant.restart_redis(away=dice.uniform(0.0, 1.0)),
        (dice.uniform(0.2, 1.5) for _ in range(5)),
    )
    plant.empty_redis()
    plant.admin("PUT", "limit", {"requestsPerSecond": 0})
    finish(plant, run_id)


def test_database_connections_cut_and_the_database_restarted(plant: Factory, dice: random.Random) -> None:
    run_id = start(plant, 4)
    damage(plant, run_id, plant.cut_connections, (dice.uniform(0.2, 1.0) for _ in range(6)))
    plant.restart_postgres()
    plant.admin("PUT", "limit", {"requestsPerSecond": 0})
    finish(plant, run_id)


def test_an_operator_that_fails_loses_repeats_and_goes_away(plant: Factory, dice: random.Random) -> None:
    faults = {
        "errorRate": 0.05,
        "timeoutAfterAcceptRate": 0.1,
        "loseEventRate": 0.1,
        "repeatEventRate": 0.2,
        "itemFailRate": 0.02,
        "seed": dice.randrange(1_000_000),
    }
    plant.admin("PUT", "faults", faults)
    run_id = start(plant, 40)
    time.sleep(1)
    plant.admin("PUT", "faults", {**faults, "outageSeconds": 4})
    run = finish(plant, run_id)
    assert run.failed > 0


def test_everything_at_once(plant: Factory, dice: random.Random) -> None:
    faults = {"errorRate": 0.03, "timeoutAfterAcceptRate": 0.05, "loseEventRate": 0.1, "repeatEventRate": 0.1}
    plant.admin("PUT", "faults", {**faults, "seed": dice.randrange(1_000_000)})

    def kill() -> None:
        for pid in plant.worker_pids():
            plant.kill(pid)

    # At once: events overtake the answers to their orders.
    plant.admin("PUT", "completion", {"delaySeconds": 0})
    ways: list[Callable[[], object]] = [
        plant.cut_connections,
        plant.restart_redis,
        plant.empty_redis,
        kill,
        kill,
    ]
    run_id = start(plant, 2)
    damage(plant, run_id, lambda: dice.choice(ways)(), (dice.uniform(0.3, 1.2) for _ in range(8)))
    plant.admin("PUT", "limit", {"requestsPerSecond": 0})
    finish(plant, run_id)


def test_nothing_is_ordered_after_a_stop(plant: Factory, dice: random.Random) -> None:
    run_id = start(plant, 20)
    time.sleep(dice.uniform(1.0, 2.5))
    plant.halt(run_id)
    run = finish(plant, run_id)
    assert run.stopped_at is not None
    assert run.cancelled > 0
    late = [item for item in ordered_items(plant, run_id) if seconds_after(run, item["orderDate"]) > 2]
    assert late == []


def test_fifty_confirmations_at_once_are_one_run(plant: Factory) -> None:
    limit = {"amount": str(next(amounts)), "period": "month", "warn_at": 80}
    run_id = plant.preview("set_limit", limit)
    visitor = Visitor(plant.variables["CONSOLE_URL"])
    visitor.sign_in(LOGIN, PASSWORD)
    token = visitor.token(f"/runs/{run_id}/preview")
    allowed = str(plant.run(run_id).preview["allowed"])
    with ThreadPoolExecutor(50) as pool:
        led_to = list(
            pool.map(lambda _: visitor.send(f"/runs/{run_id}/confirm", token, typed=allowed), range(50))
        )
    assert set(led_to) == {f"/runs/{run_id}"}
    assert finish(plant, run_id).done == int(allowed)

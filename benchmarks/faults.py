"""10,000 lines through a product that is being damaged: nothing lost, nothing doubled, and how long it takes."""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import partial
from itertools import count

from benchmarks.harness import Result
from devtools.audit import ordered_items, problems
from devtools.factory import Factory, running

LINES = 10_000
SETTINGS = {"WORKERS": "2", "OPERATOR_RPS": "10", "OPERATOR_ORDER_ITEMS": "20"}
"""500 orders at ten a second: 50 seconds, a run long enough to be damaged."""
RATE = 10
KILLS, LOSSES, SUBMISSIONS = 20, 5, 50
SLOWER, ON_AGAIN, AFTER_STOP, OUTAGE = 1.5, 30.0, 2.0, 120
SEED = 20
_amounts = count(100)


def main() -> Iterator[Result]:
    """Yields one figure per kind of trouble; each run is compared with the operator item by item."""
    dice = random.Random(SEED)
    with running(LINES, SETTINGS) as factory:
        factory.wait_until_quiet()
        run_id = _start(factory)
        undisturbed = factory.seconds_of(run_id)
        _audit(factory, run_id)
        yield _killed(factory, undisturbed, dice)
        yield _emptied(factory, dice)
        yield _lied_to(factory)
        yield _submitted_at_once(factory)
        yield _stopped(factory)


def _start(factory: Factory) -> int:
    factory.admin("PUT", "limit", {"requestsPerSecond": RATE})
    run_id = factory.preview(
        "set_limit", {"amount": f"{next(_amounts)}.01", "period": "month", "warn_at": 80}
    )
    factory.submit(run_id)
    return run_id


def _audit(factory: Factory, run_id: int) -> None:
    defects = problems(factory, run_id)
    if defects:
        raise AssertionError("; ".join(defects))


def _doubled(factory: Factory, run_id: int) -> int:
    return int(factory.stats(run_id)["linesOrderedMoreThanOnce"])


def _killed(factory: Factory, undisturbed: float, dice: random.Random) -> Result:
    run_id = _start(factory)
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.5, 2 * undisturbed * 0.95 / KILLS - 0.5))
        factory.kill(dice.choice(factory.wait_for_runners()))
    took = factory.seconds_of(run_id)
    _audit(factory, run_id)
    extra = {
        "kills": KILLS,
        "doubled": _doubled(factory, run_id),
        "lost": 0,
        "not_recorded": 0,
        "lines": LINES,
    }
    return Result(
        "faults_workers_killed", took, "s", undisturbed, took / undisturbed, at_most=SLOWER, extra=extra
    )


def _emptied(factory: Factory, dice: random.Random) -> Result:
    """The longest time from a loss of Redis to the next order at the operator."""
    run_id, pauses = _start(factory), []
    for _ in range(LOSSES):
        time.sleep(dice.uniform(2.0, 5.0))
        factory.valkey.kill()
        time.sleep(1.0)
        before = factory.stats(run_id)["itemsReceived"]
        factory.valkey.start()
        pauses.append(_until(partial(_has_received_more, factory, run_id, before)))
    factory.seconds_of(run_id)
    _audit(factory, run_id)
    extra = {
        "losses": LOSSES,
        "pauses": [round(pause, 1) for pause in pauses],
        "doubled": _doubled(factory, run_id),
    }
    worst = max(pauses)
    return Result("faults_redis_killed", worst, "s", ON_AGAIN, worst / ON_AGAIN, at_most=1.0, extra=extra)


def _has_received_more(factory: Factory, run_id: int, items: int) -> bool:
    received: int = factory.stats(run_id)["itemsReceived"]
    return received > items


def _until(condition: Callable[[], bool]) -> float:
    start = time.monotonic()
    while not condition():
        if time.monotonic() - start > 60:
            raise TimeoutError("the run did not go on")
        time.sleep(0.05)
    return time.monotonic() - start


def _lied_to(factory: Factory) -> Result:
    """5 % errors, 10 % of answers lost after accepting, events lost and repeated, two minutes of outage."""
    faults = {
        "errorRate": 0.05,
        "timeoutAfterAcceptRate": 0.1,
        "loseEventRate": 0.05,
        "repeatEventRate": 0.05,
    }
    factory.admin("PUT", "faults", {**faults, "seed": SEED})
    run_id = _start(factory)
    time.sleep(5)
    factory.admin("PUT", "faults", {**faults, "seed": SEED + 1, "outageSeconds": OUTAGE})
    took = factory.seconds_of(run_id, patience=1200)
    factory.admin("DELETE", "faults")
    _audit(factory, run_id)
    doubled = _doubled(factory, run_id)
    extra = {"seconds": round(took, 1), "outage": OUTAGE, "not_final": factory.run(run_id).open}
    return Result("faults_operator", doubled, "doubled", 0, doubled, at_most=0, extra=extra)


def _submitted_at_once(factory: Factory) -> Result:
    """One confirmed preview, fifty times at once."""
    run_id = factory.preview(
        "set_limit", {"amount": f"{next(_amounts)}.01", "period": "month", "warn_at": 80}
    )
    with ThreadPoolExecutor(SUBMISSIONS) as pool:
        list(pool.map(lambda _: factory.submit(run_id), range(SUBMISSIONS)))
    factory.seconds_of(run_id)
    _audit(factory, run_id)
    received = len(ordered_items(factory, run_id)) / LINES
    return Result("faults_submitted_at_once", received, "runs", 1, received, at_most=1.0, at_least=1.0)


def _stopped(factory: Factory) -> Result:
    """How long after the stop the last order came."""
    run_id = _start(factory)
    time.sleep(5)
    factory.halt(run_id)
    factory.seconds_of(run_id)
    _audit(factory, run_id)
    stopped = factory.run(run_id).stopped_at
    assert stopped is not None
    last = max(datetime.fromisoformat(item["orderDate"]) for item in ordered_items(factory, run_id))
    after = max(0.0, (last - stopped).total_seconds())
    return Result("faults_stopped", after, "s", AFTER_STOP, after / AFTER_STOP, at_most=1.0)

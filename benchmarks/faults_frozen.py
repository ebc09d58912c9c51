"""10,000 lines through an operator that stands still twenty times for 12 to 60 s and goes on, its clock wrong in ten.

Three times its processes are stopped, the fourth its table of orders is locked. FREEZES, LINES and LONGEST (seconds) in
the environment make it smaller.
"""

import os
import random
import time
from collections.abc import Iterator, Mapping
from itertools import count, cycle
from typing import Any

from benchmarks.harness import Result
from devtools.audit import problems
from devtools.factory import Factory, running

FREEZES = int(os.environ.get("FREEZES", "20"))
LINES = int(os.environ.get("LINES", "10000"))
SHORTEST, LONGEST = 12.0, float(os.environ.get("LONGEST", "60"))
FURTHEST = 60.0
"""Seconds by which the operator's clock is off at most."""
SETTINGS = {"WORKERS": "2", "OPERATOR_ORDER_ITEMS": str(max(10, LINES // 100))}
RATE = 10
SEED = 20


def main() -> Iterator[Result | Mapping[str, Any]]:
    """Yields what each freeze did, then how many lines were ordered twice or written down wrongly in all."""
    dice, doubled, wrong = random.Random(SEED), 0, 0
    with running(LINES, SETTINGS) as factory:
        factory.wait_until_quiet()
        for number, (code, params) in zip(range(FREEZES), _operations(), strict=False):
            outcome = _freeze(factory, number, code, params, dice)
            doubled += outcome["doubled"]
            wrong += len(outcome["problems"])
            yield outcome
    figures = {"freezes": FREEZES, "lines": LINES, "doubled": doubled, "wrong": wrong}
    total = doubled + wrong
    yield Result("faults_frozen", total, "doubled or wrong", 0, total, at_most=0, extra=figures)


def _operations() -> Iterator[tuple[str, dict[str, Any]]]:
    amounts, tariffs = count(300), cycle(["T-MAXIMUM", "T-OFFICE"])
    while True:
        yield "set_limit", {"amount": str(next(amounts)), "period": "month", "warn_at": 80}
        yield "change_tariff", {"tariff": next(tariffs), "effective": "now"}
        yield "block", {"reason": "lost"}
        yield "unblock", {}


def _freeze(
    factory: Factory, number: int, code: str, params: Mapping[str, Any], dice: random.Random
) -> dict[str, Any]:
    """One run with one freeze in its middle."""
    ahead = round(dice.uniform(-FURTHEST, FURTHEST)) if number % 2 else 0
    seconds, is_locked = dice.uniform(SHORTEST, LONGEST), number % 4 == 3
    factory.admin("PUT", "clock", {"aheadSeconds": ahead})
    factory.admin("PUT", "limit", {"requestsPerSecond": RATE})
    run_id = factory.preview(code, params)
    factory.submit(run_id)
    factory.wait(run_id, lambda run: run.sent > 0 or run.done > 0)
    time.sleep(dice.uniform(0.0, 2.0))
    before = factory.run(run_id)
    with factory.operator_locked() if is_locked else factory.operator_frozen():
        time.sleep(seconds)
    start = time.monotonic()
    factory.admin("PUT", "limit", {"requestsPerSecond": 0})
    run = factory.wait(run_id, patience=600.0)
    return {
        "freeze": number + 1,
        "operation": code,
        "how": "locked" if is_locked else "stopped",
        "seconds": round(seconds, 1),
        "ahead": ahead,
        "was_running": before.finished_at is None,
        "done": run.done,
        "refused": run.refused,
        "refused_in_preview": sum(run.preview["refused"].values()),
        "finished_after": round(time.monotonic() - start, 1),
        "doubled": int(factory.stats(run_id)["linesOrderedMoreThanOnce"]),
        "problems": problems(factory, run_id),
    }

"""Trouble on demand: what goes wrong, how often, and the same way again for the same seed."""

import random
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any

RATES = ("errorRate", "timeoutAfterAcceptRate", "loseEventRate", "repeatEventRate", "itemFailRate")
SECONDS = ("slowSeconds", "outageSeconds", "timeoutSeconds")


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """What is to go wrong; field names are those of the admin call."""

    errorRate: float = 0.0  # noqa: N815  names on the wire
    timeoutAfterAcceptRate: float = 0.0  # noqa: N815
    loseEventRate: float = 0.0  # noqa: N815
    repeatEventRate: float = 0.0  # noqa: N815
    itemFailRate: float = 0.0  # noqa: N815
    slowSeconds: float = 0.0  # noqa: N815
    outageSeconds: float = 0.0  # noqa: N815
    timeoutSeconds: float = 60.0  # noqa: N815
    seed: int = 1


def read_plan(body: Any) -> tuple[FaultPlan, list[str]]:
    """The plan in an admin body, and everything that is wrong with it."""
    if not isinstance(body, dict):
        return FaultPlan(), ["The body is not a JSON object."]
    known = {field.name for field in fields(FaultPlan)}
    problems = [f"Unknown field {name!r}." for name in body if name not in known]
    for name in RATES + SECONDS:
        value = body.get(name, 0)
        top = 1.0 if name in RATES else 86_400.0
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= top:
            problems.append(f"{name}: a number from 0 to {top:g} is expected.")
    if not isinstance(body.get("seed", 1), int):
        problems.append("seed: a whole number is expected.")
    return (FaultPlan(), problems) if problems else (FaultPlan(**body), [])


class Faults:
    """The plan in force; each kind of trouble draws from its own sequence."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self.set_plan(FaultPlan())

    def set_plan(self, plan: FaultPlan) -> None:
        """Begin a plan: sequences start anew and the outage is counted from now."""
        with self._lock:
            self.plan = plan
            self._outage_until = self._clock() + plan.outageSeconds
            self._draws = {name: random.Random(f"{plan.seed}:{name}") for name in RATES}  # noqa: S311

    def happens(self, name: str) -> bool:
        """Draw once for a rate such as ``errorRate``."""
        with self._lock:
            rate: float = getattr(self.plan, name)
            return rate > 0 and self._draws[name].random() < rate

    def is_out(self) -> bool:
        """Whether the operator is down at this moment."""
        return self._clock() < self._outage_until

    def as_dict(self) -> dict[str, Any]:
        """The plan with the seconds of outage that are left."""
        seconds = max(0.0, self._outage_until - self._clock())
        return {**asdict(self.plan), "outageSecondsLeft": round(seconds, 3)}

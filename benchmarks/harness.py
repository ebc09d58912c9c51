"""What every benchmark yields, and what is said about the machine beside each figure."""

import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devtools.account import find_unprivileged
from devtools.servers.binaries import find_binaries


@dataclass(frozen=True)
class Result:
    """One figure: `value` in `unit` against `baseline` in the same unit, and what their ratio must keep to."""

    name: str
    value: float
    unit: str
    baseline: float
    ratio: float
    at_most: float | None = None
    at_least: float | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def is_met(self) -> bool:
        """True when the ratio is within its bounds; a figure without bounds always is."""
        return (self.at_most is None or self.ratio <= self.at_most) and (
            self.at_least is None or self.ratio >= self.at_least
        )

    def shown(self) -> dict[str, Any]:
        """As printed, figures to four significant digits."""
        bounds = {"at_most": self.at_most, "at_least": self.at_least}
        return {
            "name": self.name,
            "value": significant(self.value),
            "unit": self.unit,
            "baseline": significant(self.baseline),
            "ratio": significant(self.ratio),
            **{name: bound for name, bound in bounds.items() if bound is not None},
            "met": self.is_met(),
            **self.extra,
        }


def significant(number: float) -> float:
    return float(f"{number:.4g}")


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def apart(benchmark: str, *arguments: str, variables: Mapping[str, str] | None = None) -> list[float]:
    """The figures that a benchmark prints last, run with these arguments in a process that does nothing else."""
    done = subprocess.run(
        [sys.executable, "-m", f"benchmarks.{benchmark}", *arguments],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, **(variables or {})},
    )
    figures: list[float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def peak_mb() -> float:
    """The most memory that this program has held: getrusage on Linux also counts the one that started it."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20  # macOS counts bytes
    (line,) = (
        entry for entry in status.read_text(encoding="ascii").splitlines() if entry.startswith("VmHWM:")
    )
    return int(line.split()[1]) / 1024


def percentile(values: Sequence[float], percent: int) -> float:
    """The value below which `percent` of at least two `values` lie."""
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def machine() -> dict[str, Any]:
    """Processor, cores, memory in GiB, and versions of Python and of the embedded PostgreSQL."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
        "python": platform.python_version(),
        "postgres": _postgres(),
    }


def _cpu() -> str:
    described = Path("/proc/cpuinfo")
    if described.exists():
        for line in described.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _postgres() -> str:
    program = find_binaries(find_unprivileged()).program("postgres")
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return shown.strip().removeprefix("postgres (PostgreSQL) ")

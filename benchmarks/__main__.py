"""Runs benchmarks by name and prints one JSON object per figure; fails when a figure misses its bound."""

import importlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.harness import Result, machine

_NOT_BENCHMARKS = {"__init__", "__main__", "harness"}


def names() -> list[str]:
    """Every benchmark: a module of this folder with `main() -> Iterator[Result]`."""
    modules = sorted(
        path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in _NOT_BENCHMARKS
    )
    return [name for name in modules if hasattr(importlib.import_module(f"benchmarks.{name}"), "main")]


def results(name: str) -> Iterator[Result | Mapping[str, Any]]:
    yield from importlib.import_module(f"benchmarks.{name}").main()


def main(wanted: list[str]) -> int:
    """Run the wanted benchmarks, or all; returns the exit status."""
    known = names()
    unknown = [name for name in wanted if name not in {*known, "all"}]
    if unknown or not wanted:
        print(f"Benchmarks: {', '.join(known)}, all", file=sys.stderr)
        return 2
    facts, missed = machine(), 0
    for name in known if "all" in wanted else wanted:
        for result in results(name):
            shown = result.shown() if isinstance(result, Result) else dict(result)
            missed += not shown.get("met", True)
            print(json.dumps({**shown, "machine": facts}, ensure_ascii=False), flush=True)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""Runs tests again and again: `python -m devtools.repeat 20 tests/faults` says how often they passed."""

import argparse
import re
import subprocess
import sys
import time

from devtools.services import ROOT

LOGS = ROOT / "var" / "log"


def once(number: int, arguments: list[str]) -> bool:
    """One round; its whole output is kept where it failed."""
    start = time.monotonic()
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    log = LOGS / f"repeat-{number}.log"
    if done.returncode:
        LOGS.mkdir(parents=True, exist_ok=True)
        log.write_text(done.stdout + done.stderr, encoding="utf-8")
    seeds = " ".join(sorted(set(re.findall(r"FAULTS_SEED=\d+", done.stdout))))
    outcome = "passed" if done.returncode == 0 else f"FAILED, see {log} {seeds}"
    print(f"{number}: {outcome} in {time.monotonic() - start:.0f} s", flush=True)
    return done.returncode == 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("times", type=int)
    parser.add_argument("arguments", nargs=argparse.REMAINDER, help="for pytest")
    given = parser.parse_args()
    passed = sum(once(number, given.arguments) for number in range(1, given.times + 1))
    print(f"{passed} of {given.times} passed")
    return 0 if passed == given.times else 1


if __name__ == "__main__":
    sys.exit(main())

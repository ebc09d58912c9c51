"""The commands: `python -m console.cli COMMAND`; each explains itself with --help."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import bootstrap
from bootstrap import Parts
from console.cli import checks, demo, people, sample
from core import logs
from core.errors import AppError
from core.i18n import translate
from core.settings import Settings
from operators.errors import OperatorAway

Command = Callable[[Parts, argparse.Namespace], int]


def load_demo(parts: Parts, _: argparse.Namespace) -> int:
    """Load every company from the operator, give each a tree of departments, create the demo's people."""
    return demo.load(parts.operator, parts.settings.console_url)


def sync(parts: Parts, arguments: argparse.Namespace) -> int:
    """Take over from the operator what has changed; with --full everything once more."""
    return demo.synchronise(parts.operator, parts.settings.console_url, full=arguments.full)


def verify_journal(_: Parts, arguments: argparse.Namespace) -> int:
    """Recompute the journal's chains; the exit status is 1 where one was altered."""
    return checks.verify_journal(arguments.company)


def create_user(_: Parts, arguments: argparse.Namespace) -> int:
    """Create a person; the password is asked for, or read from standard input where that is no terminal."""
    return people.create(arguments)


def check_health(parts: Parts, _: argparse.Namespace) -> int:
    """Whether database, Redis and the running console answer; the exit status is 1 where one does not."""
    return checks.check_health(parts.settings)


def make_sample(_: Parts, arguments: argparse.Namespace) -> int:
    """Write the sample list of numbers, with numbers of a company that really exist."""
    return sample.make(arguments.company, arguments.file)


COMMANDS: Mapping[str, Command] = {
    "load-demo": load_demo,
    "sync": sync,
    "verify-journal": verify_journal,
    "create-user": create_user,
    "check-health": check_health,
    "make-sample": make_sample,
}


def parser() -> argparse.ArgumentParser:
    """The commands with their arguments; the first line of each one's docstring is its help."""
    top = argparse.ArgumentParser(prog="python -m console.cli", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    added = {
        name: commands.add_parser(name, help=command.__doc__, description=command.__doc__)
        for name, command in COMMANDS.items()
    }
    added["sync"].add_argument("--full", action="store_true", help="read everything, not only changes")
    added["verify-journal"].add_argument("--company", type=int, help="only this company, by its id")
    added["make-sample"].add_argument("--company", type=int, required=True, help="whose numbers, by its id")
    added["make-sample"].add_argument("file", type=Path, help="where to write the .xlsx")
    people.add_arguments(added["create-user"])
    return top


def main() -> int:
    """Run one command; what goes wrong is said in one sentence."""
    arguments = parser().parse_args()
    logs.configure()
    parts = bootstrap.build(Settings.from_env())
    try:
        return COMMANDS[arguments.command](parts, arguments)
    except OperatorAway as problem:
        print(f"The operator does not answer: {problem.message}", file=sys.stderr)
    except AppError as problem:
        print(translate("en", problem.message, **problem.params), file=sys.stderr)
        for name, messages in getattr(problem, "fields", {}).items():
            print(f"  {name}: {' '.join(messages)}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""Migrations are numbered: `NNNN_name.py`, without gaps, in the order in which they are applied."""

from __future__ import annotations

import re
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from tests.architecture.source import ROOT

VERSIONS = ROOT / "migrations" / "versions"


def _scripts() -> ScriptDirectory:
    config = Config(ROOT / "alembic.ini")
    config.set_main_option("script_location", str(ROOT / "migrations"))
    return ScriptDirectory.from_config(config)


def test_names_are_numbered_in_the_order_of_the_chain() -> None:
    chain = [Path(revision.path).name for revision in _scripts().walk_revisions()][::-1]
    assert chain == sorted(path.name for path in VERSIONS.glob("*.py"))
    numbers = [re.fullmatch(r"(\d{4})_[a-z0-9_]+\.py", name) for name in chain]
    assert [match and int(match[1]) for match in numbers] == list(range(1, len(chain) + 1))


def test_the_number_is_the_revision() -> None:
    for revision in _scripts().walk_revisions():
        assert Path(revision.path).name.startswith(f"{revision.revision}_")

"""SQL text keeps to the layers as imports do: no package names a table of a package above it, nor of a sibling."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy import Table

from core.db import Base
from tests.architecture.source import ROOT, product_files, shown, tree

SQL = re.compile(r"\b(?:SELECT|INSERT|UPDATE|DELETE|FROM|JOIN|ANALYZE|TRUNCATE|TABLE|REFERENCES)\b")
NAMED = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE|ANALYZE|TRUNCATE|TABLE|ON|REFERENCES|USING)\s+(?:ONLY\s+)?"
    r"((?:public\.)?[a-z_]+(?:(?:\s+AS)?\s+[a-z_]+)?(?:\s*,\s*(?:public\.)?[a-z_]+(?:(?:\s+AS)?\s+[a-z_]+)?)*)"
)
"""What follows a word that wants tables: one, or several with commas between."""
COLUMN = re.compile(r"\b([a-z_]+)\.[a-z_]+\b")


def _layers() -> dict[str, int]:
    """Packages with their floor, the ground floor being the lowest."""
    config = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    floors = config["tool"]["importlinter"]["contracts"][0]["layers"]
    return {
        package.strip(" ()"): floor
        for floor, packages in enumerate(reversed(floors))
        for package in packages.split("|")
    }


def _owners() -> dict[str, str]:
    """Tables with the packages whose models they are."""
    for path in product_files():
        if path.relative_to(ROOT).parts[0] in LAYERS and "__tablename__" in path.read_text(encoding="utf-8"):
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    return {
        mapper.local_table.name: mapper.class_.__module__.partition(".")[0]
        for mapper in Base.registry.mappers
        if isinstance(mapper.local_table, Table)
    }


LAYERS = _layers()
OWNERS = _owners()


def is_out_of_reach(package: str, table: str) -> bool:
    """True where the table belongs to a package above this one or beside it."""
    owner = OWNERS[table]
    return owner != package and LAYERS[owner] >= LAYERS[package]


def tables_in(text: str) -> set[str]:
    """Tables of ours that a statement names, as a source, a target or before the dot of a column."""
    if not SQL.search(text):
        return set()
    words = {
        entry.split()[0].removeprefix("public.")
        for names in NAMED.findall(text)
        for entry in names.split(",")
    }
    return (words | set(COLUMN.findall(text))) & OWNERS.keys()


def foreign_tables(call: ast.Call) -> set[str]:
    """Tables of ours to which a ForeignKey or a ForeignKeyConstraint points."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name not in ("ForeignKey", "ForeignKeyConstraint"):
        return set()
    texts = [node.value for node in ast.walk(call) if isinstance(node, ast.Constant)]
    return {table for text in texts for table in COLUMN.findall(str(text))} & OWNERS.keys()


def _texts(path: Path) -> Iterator[tuple[int, str]]:
    """Every text of a file; an f-string as one, with its values left out."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.JoinedStr):
            parts = [part.value for part in node.values if isinstance(part, ast.Constant)]
            yield node.lineno, " ".join(str(part) for part in parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.lineno, node.value


def _named(path: Path) -> Iterator[tuple[int, str]]:
    for line, text in _texts(path):
        yield from ((line, table) for table in tables_in(text))
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield from ((node.lineno, table) for table in foreign_tables(node))


def test_no_package_names_a_table_above_it() -> None:
    wrong, checked = set(), set()
    for path in product_files():
        package = path.relative_to(ROOT).parts[0]
        if package not in LAYERS:
            continue
        for line, table in _named(path):
            checked.add(table)
            if is_out_of_reach(package, table):
                wrong.add(f"{shown(path)}:{line} names {table} of {OWNERS[table]}")
    assert {"journal_heads", "departments", "lines", "run_items", "companies"} <= checked
    assert not wrong, sorted(wrong)


@pytest.mark.parametrize(
    ("text", "tables"),
    [
        ("UPDATE lines SET state = 'x'", {"lines"}),
        ("INSERT INTO department_totals AS total (state, lines) VALUES ('x', 1)", {"department_totals"}),
        ("SELECT 1 FROM runs AS r, run_items i WHERE TRUE", {"runs", "run_items"}),
        ("ANALYZE public.lines, public.sim_cards", {"lines", "sim_cards"}),
        ("DELETE FROM ONLY grants USING users WHERE users.id = user_id", {"grants", "users"}),
        ("INSERT INTO runs (id) SELECT 1 ON CONFLICT (id) DO UPDATE SET total = runs.total", {"runs"}),
        ("the lines from which runs are made", set()),
    ],
)
def test_tables_are_seen_in_a_statement(text: str, tables: set[str]) -> None:
    assert tables_in(text) == tables


def test_what_is_above_or_beside_is_out_of_reach() -> None:
    assert is_out_of_reach("hierarchy", "lines")
    assert is_out_of_reach("reports", "requests")
    assert not is_out_of_reach("lines", "department_totals")
    assert not is_out_of_reach("lines", "lines")

"""Writing many rows in one statement: each column travels as one array and becomes rows again through unnest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    DateTime,
    Numeric,
    String,
    Table,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Session

Rows = Sequence[Mapping[str, Any]]
"""Every row has the same columns."""

TYPES = (
    (String, "text"),
    (BigInteger, "bigint"),
    (Numeric, "numeric"),
    (Boolean, "boolean"),
    (DateTime, "timestamptz"),
    (Date, "date"),
)


def insert(
    session: Session, model: type[DeclarativeBase], rows: Rows, returning: Sequence[str] = ("id",)
) -> list[tuple[Any, ...]]:
    """Insert rows; returns the columns asked for, one tuple per row in no promised order."""
    if not rows:
        return []
    table, names = _shape(model, rows)
    listed = ", ".join(names)
    columns = ", ".join(table.c[name].name for name in returning)
    statement = f"INSERT INTO {table.name} ({listed}) SELECT {listed} FROM {_source(table, names)} RETURNING {columns}"  # noqa: S608
    return [tuple(row) for row in session.execute(text(statement), _arrays(names, rows))]


def upsert(
    session: Session, model: type[DeclarativeBase], keys: Sequence[str], rows: Rows
) -> tuple[int, int]:
    """Insert rows or change those of the same keys; returns how many are new and how many were changed.

    A row that is stored already as it is given is not written; of several with the same keys the last one is.
    """
    if not rows:
        return 0, 0
    rows = list({tuple(row[key] for key in keys): row for row in rows}.values())
    table, names = _shape(model, rows)
    listed = ", ".join(names)
    values = [name for name in names if name not in keys]
    assigned = ", ".join(f"{name} = excluded.{name}" for name in values)
    old_values, new_values = (", ".join(f"{side}.{name}" for name in values) for side in ("old", "excluded"))
    statement = (
        f"INSERT INTO {table.name} AS old ({listed}) SELECT {listed} FROM {_source(table, names)} "  # noqa: S608
        f"ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {assigned} "
        f"WHERE ({old_values}) IS DISTINCT FROM ({new_values}) RETURNING (old.xmax = 0)"
    )
    new = [bool(row[0]) for row in session.execute(text(statement), _arrays(names, rows))]
    return sum(new), len(new) - sum(new)


def update(session: Session, model: type[DeclarativeBase], keys: Sequence[str], rows: Rows) -> None:
    """Change the rows of these keys to the other values given."""
    if not rows:
        return
    table, names = _shape(model, rows)
    assigned = ", ".join(f"{name} = new.{name}" for name in names if name not in keys)
    same = " AND ".join(f"old.{name} = new.{name}" for name in keys)
    statement = f"UPDATE {table.name} AS old SET {assigned} FROM {_source(table, names)} WHERE {same}"  # noqa: S608
    session.execute(text(statement), _arrays(names, rows))


def _shape(model: type[DeclarativeBase], rows: Rows) -> tuple[Table, list[str]]:
    table = model.__table__
    assert isinstance(table, Table)
    names = list(rows[0])
    unknown = [name for name in names if name not in table.c]
    if unknown:
        # Names go into the statement as they are, so only the model's own may.
        raise ValueError(f"{table.name} has no column {unknown[0]}")
    return table, names


def _source(table: Table, names: Sequence[str]) -> str:
    arrays = ", ".join(f"CAST(:{name} AS {_type(table, name)}[])" for name in names)
    return f"unnest({arrays}) AS new({', '.join(names)})"


def _type(table: Table, name: str) -> str:
    kind = table.c[name].type
    for python, sql in TYPES:
        if isinstance(kind, python):
            return sql
    raise TypeError(f"{table.name}.{name}: {kind!r} does not travel as an array")


def _arrays(names: Sequence[str], rows: Rows) -> dict[str, list[Any]]:
    return {name: [row[name] for row in rows] for name in names}

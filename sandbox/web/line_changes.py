"""Changes to a line that no order asked for, made by the operator itself."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from psycopg import Connection, sql

from sandbox.db import lock_lines
from sandbox.events.outbox import STATUS_EVENT, VALUE_EVENT, put_events
from sandbox.ids import PRODUCT, find_number
from sandbox.lookup import read_change
from sandbox.operations import OPERATIONS
from sandbox.operations.operation import Args, Context, SandboxOperation, Unfit
from sandbox.services import Services
from sandbox.targets.lines import LINES, Line
from sandbox.targets.stock import Stock, load_stock
from sandbox.tariffs import BY_ID
from sandbox.web.errors import bad_request, not_found
from sandbox.web.products import STATUSES, find_product


def _status(value: Any) -> str:
    if value not in STATUSES:
        raise ValueError("a product status is expected")
    return str(value)


def _text(value: Any) -> str | None:
    if value is not None and not isinstance(value, str):
        raise ValueError("a text or null is expected")
    return value


def _tariff(value: Any) -> str:
    if value not in BY_ID:
        raise ValueError("the id of a tariff is expected")
    return str(value)


def _limit(value: Any) -> str | None:
    if value is not None and not isinstance(value, dict):
        raise ValueError("an object or null is expected")
    return None if value is None else json.dumps(value)


def _money(value: Any) -> Decimal:
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError("an amount is expected") from error
    if not amount.is_finite() or abs(amount) >= 10**9:
        raise ValueError("an amount is expected")
    return amount


# Name in the admin body, column, reader.
FIELDS: dict[str, tuple[str, Callable[[Any], Any]]] = {
    "status": ("status", _status),
    "blockReason": ("block_reason", _text),
    "productOffering": ("tariff_id", _tariff),
    "spendingLimit": ("spending_limit", _limit),
    "spentThisMonth": ("spent", _money),
    "lastActivity": ("last_activity", date.fromisoformat),
    "employeeName": ("employee_name", _text),
}
IN_OFFICE = {operation.asked_by for operation in OPERATIONS if operation.in_office}
"""Characteristics that are also changed in an office of the operator; under the rules of orders."""


def change_product(parts: Services, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set the fields named in the body; tell the hubs unless `notify` is false."""
    values, changes = _read(body)
    with parts.pool.connection() as conn:
        lock_lines(conn)
        before = find_product(conn, key)
        if before is None:
            raise not_found("product", key)
        _write(conn, key, values)
        for operation, args in changes:
            _carry_out(conn, key, operation, args)
        after = find_product(conn, key)
        assert after is not None
        if body.get("notify", True):
            kind = STATUS_EVENT if before["status"] != after["status"] else VALUE_EVENT
            put_events(conn, parts.faults, "product", kind, [(key, {"product": after})])
    parts.lines_changed()
    parts.events_waiting.set()
    return after


def _read(body: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[SandboxOperation[Line], Args]]]:
    """Values by column, and operations with their arguments; 400 with all that is wrong."""
    values: dict[str, Any] = {}
    changes: list[tuple[SandboxOperation[Line], Args]] = []
    problems = []
    for name, value in body.items():
        if name == "notify":
            continue
        if name not in FIELDS and name not in IN_OFFICE:
            problems.append(f"Unknown field {name!r}.")
            continue
        try:
            if name in FIELDS:
                column, read = FIELDS[name]
                values[column] = read(value)
            else:
                product = {"productCharacteristic": [{"name": name, "value": value}]}
                changes.append(read_change(LINES, product))
        except Unfit as error:
            problems.append(str(error))
        except (ValueError, TypeError) as error:
            problems.append(f"{name}: {error}.")
    if problems:
        raise bad_request(problems)
    if values.get("status") == "active":
        values.setdefault("block_reason", None)
    return values, changes


def _write(conn: Connection, key: str, values: dict[str, Any]) -> None:
    parts: list[sql.Composable] = [sql.SQL("{} = %s").format(sql.Identifier(column)) for column in values]
    parts.append(sql.SQL("last_update = clock_timestamp()"))
    statement = sql.SQL("UPDATE product SET {} WHERE id = %s").format(sql.SQL(", ").join(parts))
    conn.execute(statement, [*values.values(), find_number(PRODUCT, key)])


def _carry_out(conn: Connection, key: str, operation: SandboxOperation[Line], args: Args) -> None:
    """One operation on one line of whomever it belongs to, or 400 where an order would be refused."""
    lines = LINES.load(conn, [find_number(PRODUCT, key) or 0])
    (line,) = lines.values()
    stock = Stock() if operation.wants is None else load_stock(conn, [line], [operation.wants(args)])
    context = Context(datetime.now(UTC).date(), stock)
    refusal = operation.find_refusal(line, args, line.organization, context)
    if refusal is not None:
        raise bad_request([f"{operation.asked_by}: {refusal.text}"])
    operation.apply(line, args, context)
    if operation.wants is None:
        LINES.write(conn, [line])
    stock.write(conn)

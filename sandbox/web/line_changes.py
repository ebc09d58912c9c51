"""Changes to a line that no order asked for, made by the operator itself."""

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from psycopg import Connection, sql

from sandbox.db import lock_lines
from sandbox.events.outbox import STATUS_EVENT, VALUE_EVENT, put_events
from sandbox.ids import ORGANIZATION, PRODUCT, find_number, public_id
from sandbox.rules import REASONS, Kind, Line, find_refusal
from sandbox.services import Services
from sandbox.stock import Swaps
from sandbox.tariffs import BY_ID, SELLABLE
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
SWAPS = {"iccid": Kind.REPLACE_SIM, "msisdn": Kind.CHANGE_NUMBER}
"""As in an office of the operator; under the rules of orders."""


def change_product(parts: Services, key: str, body: dict[str, Any]) -> dict[str, Any]:
    """Set the fields named in the body; tell the hubs unless `notify` is false."""
    swaps = {kind: {name: str(body.pop(name))} for name, kind in SWAPS.items() if name in body}
    values = _read(body)
    with parts.pool.connection() as conn:
        lock_lines(conn)
        before = find_product(conn, key)
        if before is None:
            raise not_found("product", key)
        _write(conn, key, values)
        for asked, args in swaps.items():
            _swap(conn, key, asked, args)
        after = find_product(conn, key)
        assert after is not None
        if body.get("notify", True):
            kind = STATUS_EVENT if before["status"] != after["status"] else VALUE_EVENT
            put_events(conn, parts.faults, "product", kind, [(key, {"product": after})])
    parts.lines_changed()
    parts.events_waiting.set()
    return after


def _read(body: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    problems = []
    for name, value in body.items():
        if name == "notify":
            continue
        if name not in FIELDS:
            problems.append(f"Unknown field {name!r}.")
            continue
        column, read = FIELDS[name]
        try:
            values[column] = read(value)
        except (ValueError, TypeError) as error:
            problems.append(f"{name}: {error}.")
    if problems:
        raise bad_request(problems)
    if values.get("status") == "active":
        values.setdefault("block_reason", None)
    return values


def _write(conn: Connection, key: str, values: dict[str, Any]) -> None:
    parts: list[sql.Composable] = [sql.SQL("{} = %s").format(sql.Identifier(column)) for column in values]
    parts.append(sql.SQL("last_update = clock_timestamp()"))
    statement = sql.SQL("UPDATE product SET {} WHERE id = %s").format(sql.SQL(", ").join(parts))
    conn.execute(statement, [*values.values(), find_number(PRODUCT, key)])


def _swap(conn: Connection, key: str, kind: Kind, args: dict[str, Any]) -> None:
    number = find_number(PRODUCT, key)
    row = conn.execute("SELECT organization_id, status FROM product WHERE id = %s", (number,)).fetchone()
    assert number is not None
    assert row is not None
    line = Line(public_id(ORGANIZATION, row[0]), row[1], None, None, "", None, None, False)
    swaps = Swaps(conn, [(number, args)])
    swaps.know(number, line)
    reason = find_refusal(kind, args, line, line.organization, SELLABLE, swaps.stock)
    if reason is not None:
        raise bad_request([f"{', '.join(args)}: {REASONS[reason]}"])
    swaps.swap(number, line, kind, args)
    swaps.write()

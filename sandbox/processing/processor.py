"""Carries out orders that are due: rules for every item, then one statement for all lines."""

from datetime import UTC, date, datetime
from typing import Any

import orjson
from psycopg import Connection

from sandbox.db import lock_lines
from sandbox.events.outbox import ORDER_EVENT, VALUE_EVENT, put_events
from sandbox.ids import ORDER, ORGANIZATION, public_id
from sandbox.rules import SWAPS, Line, Stock, apply, find_refusal, next_month, order_state
from sandbox.services import Services
from sandbox.stock import RELEASE, Swaps
from sandbox.tariffs import SELLABLE
from sandbox.views import order_item, product
from sandbox.worker import Worker

ORDERS_AT_ONCE = 10
LONGEST_SLEEP = 1.0

DUE = """
SELECT id, external_id, customer FROM product_order
 WHERE state = 'acknowledged' AND ready_at <= clock_timestamp() ORDER BY ready_at, id LIMIT %s
"""
NEXT_DUE = """
SELECT extract(epoch FROM min(ready_at) - clock_timestamp())::float FROM product_order
 WHERE state = 'acknowledged'
"""
ITEMS = """
SELECT i.order_id, i.position, i.external_id, i.product_id, i.kind, i.args,
       p.organization_id, p.status, p.block_reason, p.spending_limit::text, p.tariff_id,
       p.planned_tariff_id, p.planned_on, a.payment_status = 'inArrears'
  FROM order_item i
  LEFT JOIN product p ON p.id = i.product_id
  LEFT JOIN billing_account a ON a.id = p.account_id
 WHERE i.order_id = ANY(%s) ORDER BY array_position(%s, i.order_id), i.position
"""
ASKED = "SELECT product_id, args FROM order_item WHERE order_id = ANY(%s) AND kind = ANY(%s)"
CHANGE_LINES = """
UPDATE product p
   SET status = n.status, block_reason = n.reason, spending_limit = n.spending_limit::jsonb,
       tariff_id = n.tariff, planned_tariff_id = n.planned, planned_on = n.planned_on,
       last_update = clock_timestamp()
  FROM json_to_recordset(%s::json) AS n (id bigint, status text, reason text, spending_limit text,
                                         tariff text, planned text, planned_on date)
 WHERE p.id = n.id
"""
REFUSE_ITEMS = """
UPDATE order_item i SET state = n.state, reason = n.reason
  FROM unnest(%s::bigint[], %s::integer[], %s::text[], %s::text[]) AS n (order_id, position, state, reason)
 WHERE i.order_id = n.order_id AND i.position = n.position
"""
FINISH_ORDERS = """
UPDATE product_order o SET state = n.state, completion_date = clock_timestamp()
  FROM unnest(%s::bigint[], %s::text[]) AS n (id, state) WHERE o.id = n.id
"""
START_PLANNED = """
UPDATE product SET tariff_id = planned_tariff_id, planned_tariff_id = NULL, planned_on = NULL,
                   last_update = clock_timestamp()
 WHERE planned_on <= %s RETURNING *
"""


class Processor(Worker):
    """The operator's back office."""

    def __init__(self, parts: Services) -> None:
        super().__init__("orders", parts.orders_waiting)
        self._parts = parts
        self._day = date.min

    def work(self) -> float:
        """Carry out some due orders; return the seconds until the next is due."""
        self._begin_day()
        parts = self._parts
        with parts.pool.connection() as conn:
            lock_lines(conn)
            orders = conn.execute(DUE, (ORDERS_AT_ONCE,)).fetchall()
            if orders:
                Batch(conn, parts, orders).carry_out()
        if orders:
            parts.lines_changed()
            parts.events_waiting.set()
            return 0.0
        with parts.pool.connection() as conn:
            row = conn.execute(NEXT_DUE).fetchone()
        wait = row[0] if row else None
        return LONGEST_SLEEP if wait is None else min(LONGEST_SLEEP, max(0.001, wait))

    def _begin_day(self) -> None:
        today = datetime.now(UTC).date()
        if today == self._day:
            return
        parts = self._parts
        with parts.pool.connection() as conn:
            lock_lines(conn)
            conn.execute(RELEASE, (today,))
            cursor = conn.execute(START_PLANNED, (today,))
            names = [column.name for column in cursor.description or ()]
            changed = [product(dict(zip(names, row, strict=True))) for row in cursor]
            payloads = [(str(item["id"]), {"product": item}) for item in changed]
            put_events(conn, parts.faults, "product", VALUE_EVENT, payloads)
        self._day = today
        parts.lines_changed()


class Batch:
    """Several orders carried out in one transaction."""

    def __init__(self, conn: Connection, parts: Services, orders: list[tuple[Any, ...]]) -> None:
        self._conn = conn
        self._parts = parts
        self._orders = orders
        self._lines: dict[int, Line] = {}
        self._changed: set[int] = set()
        self._views: dict[int, list[dict[str, Any]]] = {order[0]: [] for order in orders}
        self._not_done: list[tuple[int, int, str, str]] = []
        self._swaps: Swaps | None = None

    def carry_out(self) -> None:
        """Decide every item, then write lines, items, orders and events."""
        customers = {order: customer for order, _external, customer in self._orders}
        keys = list(self._views)
        month = next_month(datetime.now(UTC).date())
        for row in self._conn.execute(ITEMS, (keys, keys)):
            order, position, external, number, kind, args = row[:6]
            line = self._line(number, row[6:])
            stock = self._stock(number, line) if kind in SWAPS else None
            state, reason = "completed", find_refusal(kind, args, line, customers[order], SELLABLE, stock)
            if reason is not None:
                state = "rejected"
            elif self._parts.faults.happens("itemFailRate"):
                state, reason = "failed", "technical"
            elif line is not None and self._swaps is not None and stock is not None:
                self._swaps.swap(number, line, kind, args)
            elif line is not None:
                apply(kind, args, line, month)
                self._changed.add(number)
            if reason is not None:
                self._not_done.append((order, position, state, reason))
            self._views[order].append(order_item(external, state, reason))
        self._write()

    def _stock(self, number: int | None, line: Line | None) -> Stock:
        """Cards and numbers that the batch asks for, read at the first item that does."""
        if self._swaps is None:
            asked = self._conn.execute(ASKED, (list(self._views), list(SWAPS))).fetchall()
            self._swaps = Swaps(self._conn, asked)
        if number is not None and line is not None:
            self._swaps.know(number, line)
        return self._swaps.stock

    def _line(self, number: int | None, fields: tuple[Any, ...]) -> Line | None:
        if number is None or fields[0] is None:
            return None
        line = self._lines.get(number)
        if line is None:
            # An item later in the batch must see what an earlier one did to the same line.
            line = self._lines[number] = Line(public_id(ORGANIZATION, fields[0]), *fields[1:])
        return line

    def _write(self) -> None:
        conn = self._conn
        if self._swaps is not None:
            self._swaps.write()
        if self._changed:
            rows = [_row(number, self._lines[number]) for number in sorted(self._changed)]
            conn.execute(CHANGE_LINES, (orjson.dumps(rows).decode(),))
        if self._not_done:
            conn.execute(REFUSE_ITEMS, _columns(self._not_done))
        states = {key: order_state({view["state"] for view in views}) for key, views in self._views.items()}
        conn.execute(FINISH_ORDERS, (list(states), list(states.values())))
        payloads = []
        for key, external, _customer in self._orders:
            name = public_id(ORDER, key)
            order = {
                "id": name,
                "externalId": external,
                "state": states[key],
                "productOrderItem": self._views[key],
            }
            payloads.append((name, {"productOrder": order}))
        put_events(conn, self._parts.faults, "order", ORDER_EVENT, payloads)


def _row(number: int, line: Line) -> dict[str, Any]:
    return {
        "id": number,
        "status": line.status,
        "reason": line.block_reason,
        "spending_limit": line.limit,
        "tariff": line.tariff,
        "planned": line.planned_tariff,
        "planned_on": line.planned_on.isoformat() if line.planned_on else None,
    }


def _columns(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]

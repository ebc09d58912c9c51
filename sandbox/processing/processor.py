"""The worker of the back office: carries out orders that are due, and begins each day."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

from psycopg import Connection

from sandbox.db import lock_lines
from sandbox.events.outbox import VALUE_EVENT, put_events
from sandbox.operations import OPERATIONS
from sandbox.processing.batch import Batch
from sandbox.services import Services
from sandbox.views import product
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
            payloads = [(str(line["id"]), {"product": line}) for line in _lines_changed_by(conn, today)]
            put_events(conn, parts.faults, "product", VALUE_EVENT, payloads)
        self._day = today
        parts.lines_changed()


def _lines_changed_by(conn: Connection, today: date) -> Iterator[dict[str, Any]]:
    for operation in OPERATIONS:
        if operation.each_day:
            cursor = conn.execute(operation.each_day, (today,))
            if cursor.description is not None:
                names = [column.name for column in cursor.description]
                yield from (product(dict(zip(names, row, strict=True))) for row in cursor)

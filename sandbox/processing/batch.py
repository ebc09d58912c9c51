"""Several orders carried out in one transaction: every item is decided, then all is written set by set."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from psycopg import Connection

from sandbox.events.outbox import ORDER_EVENT, put_events
from sandbox.ids import ORDER, find_number, public_id
from sandbox.lookup import BY_KIND
from sandbox.operations.operation import TECHNICAL, Args, Context, SandboxOperation
from sandbox.services import Services
from sandbox.targets.lines import LINES
from sandbox.targets.stock import Stock, StockRequest, load_stock
from sandbox.targets.target import Target
from sandbox.views import order_item

ITEMS = """
SELECT order_id, position, external_id, product_ref, kind, args::text FROM order_item
 WHERE order_id = ANY(%s) ORDER BY array_position(%s, order_id), position
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


Item = tuple[int, int, str, str, str, str]
"""A row of ITEMS. Rows of numbers and texts alone cost the garbage collector nothing, however many there are."""


class Batch:
    """Orders, given as rows (id, external id, customer), and what carrying them out has changed so far."""

    def __init__(self, conn: Connection, parts: Services, orders: Sequence[tuple[Any, ...]]) -> None:
        self._conn = conn
        self._parts = parts
        self._orders = orders
        # A thing is loaded once: an item later in the batch sees what an earlier one did to it.
        self._records: dict[Target[Any], dict[int, Any]] = {}
        self._changed: dict[Target[Any], dict[int, Any]] = defaultdict(dict)
        self._views: dict[int, list[dict[str, Any]]] = {order[0]: [] for order in orders}
        self._not_done: list[tuple[int, int, str, str]] = []

    def carry_out(self) -> None:
        """Decide every item, then write things, items, orders and events."""
        customers = {order: customer for order, _external, customer in self._orders}
        items = self._load_items()
        self._load_records(items)
        context = Context(datetime.now(UTC).date(), self._load_stock(items))
        for order, position, external, reference, kind, args in items:
            operation: SandboxOperation[Any] = BY_KIND[kind]
            record = self._records[operation.target].get(_number(operation, reference))
            state, reason = self._decide(operation, record, orjson.loads(args), customers[order], context)
            if reason is not None:
                self._not_done.append((order, position, state, reason))
            self._views[order].append(order_item(external, state, reason))
        context.stock.write(self._conn)
        self._write()

    def _load_items(self) -> list[Item]:
        keys = list(self._views)
        return self._conn.execute(ITEMS, (keys, keys)).fetchall()

    def _load_records(self, items: Sequence[Item]) -> None:
        numbers: dict[Target[Any], set[int]] = defaultdict(set)
        for _, _, _, reference, kind, _ in items:
            numbers[BY_KIND[kind].target].add(_number(BY_KIND[kind], reference))
        self._records = {target: target.load(self._conn, keys) for target, keys in numbers.items()}

    def _load_stock(self, items: Sequence[Item]) -> Stock:
        """Cards and numbers that the batch asks for; nothing is read where no item does."""
        numbers, requests = set[int](), list[StockRequest]()
        for _, _, _, reference, kind, args in items:
            operation = BY_KIND[kind]
            if operation.wants is not None:
                numbers.add(_number(operation, reference))
                requests.append(operation.wants(orjson.loads(args)))
        if not requests:
            return Stock()
        lines = self._records[LINES]
        return load_stock(self._conn, [lines[number] for number in numbers if number in lines], requests)

    def _decide(
        self, operation: SandboxOperation[Any], record: Any, args: Args, customer: str, context: Context
    ) -> tuple[str, str | None]:
        """State and reason of an item; its thing is changed where it is completed."""
        refusal = operation.find_refusal(record, args, customer, context)
        if refusal is not None:
            return "rejected", refusal.code
        if self._parts.faults.happens("itemFailRate"):
            return "failed", TECHNICAL.code
        operation.apply(record, args, context)
        if operation.wants is None:
            self._changed[operation.target][record.id] = record
        return "completed", None

    def _write(self) -> None:
        conn = self._conn
        for target, records in self._changed.items():
            target.write(conn, [record for _, record in sorted(records.items())])
        if self._not_done:
            conn.execute(REFUSE_ITEMS, [list(column) for column in zip(*self._not_done, strict=True)])
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


def order_state(states: set[str]) -> str:
    """State of an order from the states of its finished items."""
    if len(states) == 1:
        return states.pop()
    return "partial" if "completed" in states else "failed"


def _number(operation: SandboxOperation[Any], reference: str) -> int:
    """That of the item's thing, 0 where nothing can have such an id."""
    return find_number(operation.target.letter, reference) or 0

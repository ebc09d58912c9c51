"""TMF622: taking product orders and showing them."""

import json
from datetime import datetime
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, request
from psycopg import Connection
from psycopg.errors import LockNotAvailable
from psycopg.rows import dict_row

from sandbox.db import Where
from sandbox.ids import ORDER, find_number, public_id
from sandbox.lookup import BY_KIND
from sandbox.moments import iso
from sandbox.services import services
from sandbox.views import order_item
from sandbox.web.errors import ApiError, not_found
from sandbox.web.http_json import read_object, read_page, send, send_list, send_one
from sandbox.web.order_body import OrderBody, read_order

BASE = "/tmf-api/productOrderingManagement/v4"

blueprint = Blueprint("orders", __name__, url_prefix=BASE)

# Half of the time until an order is ready it shows as in progress; nothing is written for that.
ORDER_COLUMNS = """
SELECT id, external_id, category, description, customer, order_date, requested_start, requested_completion,
       completion_date,
       CASE WHEN state = 'acknowledged' AND clock_timestamp() > order_date + (ready_at - order_date) / 2
            THEN 'inProgress' ELSE state END AS state
  FROM product_order WHERE {} ORDER BY id LIMIT %s OFFSET %s
"""
ITEM_COLUMNS = """
SELECT i.order_id, i.external_id, i.product_ref, i.kind, item_state(i.state, o.state), i.reason
  FROM order_item i JOIN product_order o ON o.id = i.order_id
 WHERE i.order_id = ANY(%s) ORDER BY i.order_id, i.position
"""
# Whoever looks for an order waits until one that is just being taken under this external id is there or refused. So
# "there is none", said after an order's last moment, holds for ever.
LOCK = "SELECT pg_advisory_xact_lock(%s, hashtext(%s))"
WAIT_FOR_LOCK = "SELECT pg_advisory_xact_lock_shared(%s, hashtext(%s))"
LONGEST_WAIT = "SET LOCAL lock_timeout = '2s'"
ORDERS_LOCK = 0x5A4D
# The items name their order by the identity the first part has just drawn. The moment is asked for once the tables are
# locked: an order that had to wait too long for them is not taken any more.
INSERT = """
WITH clock AS MATERIALIZED (SELECT clock_timestamp() AS now),
taken AS (
    INSERT INTO product_order
           (external_id, category, description, customer, state, requested_start, requested_completion, ready_at)
    SELECT %(external_id)s, %(category)s, %(description)s, %(customer)s, 'acknowledged',
           %(start)s::timestamptz, %(valid_until)s::timestamptz,
           greatest(now + %(delay)s * interval '1 second', %(start)s::timestamptz)
      FROM clock
     WHERE %(valid_until)s::timestamptz IS NULL
        OR now + %(ahead)s * interval '1 second' < %(valid_until)s::timestamptz
    RETURNING id, order_date),
items AS (
    INSERT INTO order_item (order_id, position, external_id, product_ref, kind, args)
    SELECT taken.id, item.n, item.external_id, item.ref, item.kind, item.args
      FROM taken, json_to_recordset(%(items)s::json)
                  AS item (n integer, external_id text, ref text, kind text, args jsonb))
SELECT id, order_date FROM taken
"""


def insert_order(
    conn: Connection, order: OrderBody, delay: float, ahead: float = 0.0
) -> tuple[int, datetime] | None:
    """Store an order with all its items in one statement; None where the end of its validity has passed."""
    if order.external_id is not None:
        conn.execute(LOCK, (ORDERS_LOCK, order.external_id))
    items = [
        {
            "n": place,
            "external_id": item.external_id,
            "ref": item.reference,
            "kind": item.operation.kind,
            "args": item.args,
        }
        for place, item in enumerate(order.items)
    ]
    values = {
        "external_id": order.external_id,
        "category": order.category,
        "description": order.description,
        "customer": order.customer,
        "start": order.start,
        "valid_until": order.valid_until,
        "ahead": ahead,
        "delay": delay,
        # One JSON text is several times cheaper to send than arrays.
        "items": json.dumps(items),
    }
    row = conn.execute(INSERT, values).fetchone()
    return None if row is None else (row[0], row[1])


@blueprint.post("/productOrder")
def post_order() -> Response:
    """Take an order; whether the same one came before is not asked."""
    order = read_order(read_object())
    parts = services()
    with parts.pool.connection() as conn:
        taken = insert_order(conn, order, parts.completion_delay, parts.ahead_seconds)
    if taken is None:
        raise ApiError(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "Too late",
            "requestedCompletionDate: it had passed before the order could be taken.",
        )
    number, taken_at = taken
    parts.orders_waiting.set()
    g.order_was_taken = True
    key = public_id(ORDER, number)
    answer = {
        "id": key,
        "href": f"{BASE}/productOrder/{key}",
        "externalId": order.external_id,
        "category": order.category,
        "state": "acknowledged",
        "orderDate": iso(taken_at),
        "productOrderItem": [order_item(item.external_id, "acknowledged", None) for item in order.items],
        "@type": "ProductOrder",
    }
    return send(answer, HTTPStatus.CREATED, {"Location": f"{BASE}/productOrder/{key}"})


@blueprint.get("/productOrder")
def list_orders() -> Response:
    """Orders by external id, state, category and customer."""
    page, where, args = read_page(), Where(), request.args
    if (external := args.get("externalId")) is not None:
        where.add("external_id = %s", external)
    if (category := args.get("category")) is not None:
        where.add("category = %s", category)
    if (owner := args.get("relatedParty.id")) is not None:
        where.add("customer = %s", owner)
    if (state := args.get("state")) is not None:
        where.add("state = ANY(%s)", state.split(","))
    with services().pool.connection() as conn:
        if external:
            _wait_until_taken(conn, external)
        orders = _read_orders(conn, where, page.limit, page.offset)
        row = conn.execute(where.into("SELECT count(*) FROM product_order WHERE {}"), where.params).fetchone()
    assert row is not None
    return send_list(orders, int(row[0]), page)


@blueprint.get("/productOrder/<key>")
def get_order(key: str) -> Response:
    """One order with its items."""
    where = Where()
    where.add("id = %s", find_number(ORDER, key))
    with services().pool.connection() as conn:
        orders = _read_orders(conn, where, 1, 0)
    if not orders:
        raise not_found("product order", key)
    return send_one(orders[0])


def _wait_until_taken(conn: Connection, external_id: str) -> None:
    """Wait for an order that is just being taken under this external id; 503 where that lasts."""
    conn.execute(LONGEST_WAIT)
    try:
        conn.execute(WAIT_FOR_LOCK, (ORDERS_LOCK, external_id))
    except LockNotAvailable as error:
        raise ApiError(
            HTTPStatus.SERVICE_UNAVAILABLE, "Busy", "An order with this externalId is just being taken."
        ) from error


def _read_orders(conn: Connection, where: Where, limit: int, offset: int) -> list[dict[str, Any]]:
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(where.into(ORDER_COLUMNS), [*where.params, limit, offset]).fetchall()
    items: dict[int, list[dict[str, Any]]] = {row["id"]: [] for row in rows}
    states = {row["id"]: row["state"] for row in rows}
    for order, key, ref, kind, state, reason in conn.execute(ITEM_COLUMNS, (list(items),)):
        shown = states[order] if state == "acknowledged" else state
        target = {BY_KIND[kind].target.field: {"id": ref}}
        items[order].append({**order_item(key, shown, reason), "quantity": 1, **target})
    return [_order(row, items[row["id"]]) for row in rows]


def _order(row: dict[str, Any], items: list[dict[str, Any]]) -> dict[str, Any]:
    key = public_id(ORDER, row["id"])
    order = {
        "id": key,
        "href": f"{BASE}/productOrder/{key}",
        "externalId": row["external_id"],
        "category": row["category"],
        "description": row["description"],
        "state": row["state"],
        "orderDate": iso(row["order_date"]),
        "requestedStartDate": iso(row["requested_start"]),
        "requestedCompletionDate": iso(row["requested_completion"]),
        "completionDate": iso(row["completion_date"]),
        "relatedParty": [{"id": row["customer"], "role": "customer", "@referredType": "Organization"}],
        "productOrderItem": items,
        "@type": "ProductOrder",
    }
    return {name: value for name, value in order.items() if value is not None}

"""What the operator was really asked for: the exact figures fault tests and benchmarks rest on."""

from typing import Any

from psycopg import Connection

from sandbox.ids import ORDER, public_id
from sandbox.moments import iso

ORDERS = "SELECT count(*), min(order_date), max(order_date) FROM product_order"
STATES = """
SELECT item_state(i.state, o.state) AS shown, count(*)
  FROM order_item i JOIN product_order o ON o.id = i.order_id
 WHERE starts_with(i.external_id, %s) GROUP BY shown ORDER BY shown
"""
ORDER_STATES = "SELECT state, count(*) FROM product_order GROUP BY state ORDER BY state"
EVENTS = "SELECT state, count(*) FROM event GROUP BY state ORDER BY state"
DOUBLED = """
SELECT count(*) FROM (SELECT 1 FROM order_item WHERE starts_with(external_id, %s)
                       GROUP BY external_id HAVING count(*) > 1) d
"""
# The run prefix is what stands before the last separator of an item's external id. A technically failed item
# may be ordered anew, so it is not counted.
DOUBLED_LINES = r"""
SELECT count(*) FROM (
    SELECT 1 FROM order_item i JOIN product_order o ON o.id = i.order_id
     WHERE i.state IS DISTINCT FROM 'failed' AND starts_with(i.external_id, %s)
     GROUP BY i.product_ref, o.category, regexp_replace(i.external_id, '[-:./_][^-:./_]*$', '')
    HAVING count(*) > 1) d
"""
ITEMS = """
SELECT i.external_id, i.order_id, o.external_id, o.category, i.product_ref, i.kind,
       item_state(i.state, o.state), i.reason, o.order_date
  FROM order_item i JOIN product_order o ON o.id = i.order_id
 WHERE starts_with(i.external_id, %s) ORDER BY i.order_id, i.position LIMIT %s OFFSET %s
"""
ITEM_NAMES = (
    "externalId",
    "orderId",
    "orderExternalId",
    "category",
    "productId",
    "kind",
    "state",
    "reason",
    "orderDate",
)
ITEMS_TOTAL = "SELECT count(*) FROM order_item WHERE starts_with(external_id, %s)"


def database_stats(conn: Connection, prefix: str) -> dict[str, Any]:
    """Figures of orders, items and events; items only those whose external id starts with the prefix."""
    orders = conn.execute(ORDERS).fetchone()
    doubled = conn.execute(DOUBLED, (prefix,)).fetchone()
    lines = conn.execute(DOUBLED_LINES, (prefix,)).fetchone()
    assert orders is not None
    assert doubled is not None
    assert lines is not None
    states = _counts(conn, STATES, prefix)
    return {
        "ordersReceived": orders[0],
        "firstOrderAt": iso(orders[1]),
        "lastOrderAt": iso(orders[2]),
        "ordersByState": _counts(conn, ORDER_STATES),
        "itemsReceived": sum(states.values()),
        "itemsByState": states,
        "linesOrderedMoreThanOnce": doubled[0],
        "linesAcceptedMoreThanOnce": lines[0],
        "eventsByState": _counts(conn, EVENTS),
    }


def _counts(conn: Connection, statement: str, *params: str) -> dict[str, int]:
    return dict(conn.execute(statement.encode(), params or None).fetchall())


def list_items(conn: Connection, prefix: str, limit: int, offset: int) -> tuple[list[dict[str, Any]], int]:
    """Ordered items by the start of their external id, in the order they came, with how many there are."""
    rows = conn.execute(ITEMS, (prefix, limit, offset)).fetchall()
    total = conn.execute(ITEMS_TOTAL, (prefix,)).fetchone()
    assert total is not None
    items = [dict(zip(ITEM_NAMES, row, strict=True)) for row in rows]
    for item in items:
        item["orderId"] = public_id(ORDER, item["orderId"])
        item["orderDate"] = iso(item["orderDate"])
    return items, int(total[0])

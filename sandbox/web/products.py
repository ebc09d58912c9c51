"""TMF637: lines as products."""

from typing import Any

from flask import Blueprint, Response, request
from psycopg import Connection
from psycopg.rows import dict_row

from sandbox.db import Where
from sandbox.ids import ACCOUNT, ORGANIZATION, PRODUCT, find_number
from sandbox.moments import find_moment
from sandbox.services import services
from sandbox.views import PRODUCTS_BASE, product
from sandbox.web.errors import bad_request, not_found
from sandbox.web.http_json import read_page, send_list, send_one
from sandbox.web.list_totals import total

# The official file writes "aborted " with a blank at the end, and so must whoever asks for it.
STATUSES = (
    "created",
    "pendingActive",
    "cancelled",
    "active",
    "pendingTerminate",
    "terminated",
    "suspended",
    "aborted ",
)

blueprint = Blueprint("products", __name__, url_prefix=PRODUCTS_BASE)


def find_product(conn: Connection, key: str) -> dict[str, Any] | None:
    """The TM Forum product with this public id."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT * FROM product WHERE id = %s", (find_number(PRODUCT, key),)).fetchone()
    return None if row is None else product(row)


@blueprint.get("/product/<key>")
def get_product(key: str) -> Response:
    """One line."""
    with services().pool.connection() as conn:
        item = find_product(conn, key)
    if item is None:
        raise not_found("product", key)
    return send_one(item)


@blueprint.get("/product")
def list_products() -> Response:
    """Lines by customer, state, account and last change, in the order of their ids."""
    page = read_page()
    where = _conditions()
    total_of = (where.into("SELECT count(*) FROM product WHERE {}"), tuple(where.params))
    after = request.args.get("id.gt")
    if after is not None:
        where.add("id > %s", find_number(PRODUCT, after) or 0)
    statement = where.into("SELECT * FROM product WHERE {} ORDER BY id LIMIT %s OFFSET %s")
    with services().pool.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(statement, [*where.params, page.limit, page.offset]).fetchall()
        length = total(conn, *total_of)
    return send_list([product(row) for row in rows], length, page)


def _conditions() -> Where:
    where = Where()
    args = request.args
    problems = []
    if (owner := args.get("relatedParty.id")) is not None:
        where.add("organization_id = %s", find_number(ORGANIZATION, owner) or 0)
    if (account := args.get("billingAccount.id")) is not None:
        where.add("account_id = %s", find_number(ACCOUNT, account) or 0)
    if (tariff := args.get("productOffering.id")) is not None:
        where.add("tariff_id = %s", tariff)
    if (status := args.get("status")) is not None:
        statuses = status.split(",")
        problems += [f"status: {name!r} is not known." for name in statuses if name not in STATUSES]
        where.add("status = ANY(%s)", statuses)
    if (since := args.get("lastUpdate.gt")) is not None:
        moment = find_moment(since)
        if moment is None:
            problems.append("lastUpdate.gt: a moment such as 2026-01-31T09:00:00Z is expected.")
        where.add("last_update > %s", moment)
    if problems:
        raise bad_request(problems)
    return where

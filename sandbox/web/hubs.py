"""Hubs: who wants to hear of which events, of orders and of lines."""

from http import HTTPStatus
from urllib.parse import urlsplit

from flask import Blueprint, Response

from sandbox.services import services
from sandbox.views import PRODUCTS_BASE
from sandbox.web.errors import bad_request, not_found
from sandbox.web.http_json import read_object, send
from sandbox.web.orders import BASE as ORDERS_BASE

MAX_URL = 1_000

blueprint = Blueprint("hubs", __name__)


def _add(api: str) -> Response:
    body = read_object()
    callback, query = body.get("callback"), body.get("query") or ""
    problems = []
    if not isinstance(callback, str) or len(callback) > MAX_URL or not _is_address(callback):
        problems.append("callback: an http or https address is expected.")
    if not isinstance(query, str) or len(query) > MAX_URL:
        problems.append("query: a text is expected.")
    if problems:
        raise bad_request(problems)
    # A listener that registers again after each of its own restarts stays one listener.
    with services().pool.connection() as conn:
        row = conn.execute(
            "INSERT INTO hub (api, callback, query) VALUES (%s, %s, %s)"
            " ON CONFLICT (api, callback, query) DO UPDATE SET query = excluded.query RETURNING id",
            (api, callback, query),
        ).fetchone()
    assert row is not None
    return send({"id": str(row[0]), "callback": callback, "query": query}, HTTPStatus.CREATED)


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


def _remove(api: str, key: str) -> Response:
    number = int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0
    with services().pool.connection() as conn:
        gone = conn.execute("DELETE FROM hub WHERE id = %s AND api = %s", (number, api)).rowcount
    if not gone:
        raise not_found("hub", key)
    return Response(status=HTTPStatus.NO_CONTENT.value)


@blueprint.post(f"{ORDERS_BASE}/hub")
def add_order_hub() -> Response:
    """Listen to orders."""
    return _add("order")


@blueprint.delete(f"{ORDERS_BASE}/hub/<key>")
def remove_order_hub(key: str) -> Response:
    """Listen to orders no more."""
    return _remove("order", key)


@blueprint.post(f"{PRODUCTS_BASE}/hub")
def add_product_hub() -> Response:
    """Listen to lines."""
    return _add("product")


@blueprint.delete(f"{PRODUCTS_BASE}/hub/<key>")
def remove_product_hub(key: str) -> Response:
    """Listen to lines no more."""
    return _remove("product", key)

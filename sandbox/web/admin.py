"""The way in for tests, demo and benchmarks: faults, limit, data, figures."""

import hmac
from typing import Any

from flask import Blueprint, Response, request

from sandbox.db import lock_lines
from sandbox.faults import FaultPlan, read_plan
from sandbox.ids import ACCOUNT, ORGANIZATION, find_number
from sandbox.seed.load import DEMO_COMPANIES, DEMO_SEED, seed
from sandbox.seed.stock import SEED_LOCK, add_cards
from sandbox.services import services
from sandbox.web.errors import ApiError, bad_request, not_found
from sandbox.web.http_json import read_body, read_object, read_page, send, send_list
from sandbox.web.line_changes import change_product
from sandbox.web.stats import database_stats, list_items

MAX_LINES = 5_000_000
MAX_CARDS = 10_000
ACCOUNT_FIELDS = {"paymentStatus": ("paid", "inArrears"), "state": ("active", "closed")}
# In the order in which an order being taken locks them.
TABLES_OF_ORDERS = "TRUNCATE product_order, order_item, event RESTART IDENTITY"
TABLES_OF_ALL = (
    "TRUNCATE product_order, order_item, event, hub, product, sim_card, phone_number, billing_account,"
    " contract, organization RESTART IDENTITY"
)

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


def check_admin_token() -> None:
    """401 without the admin token."""
    token = request.headers.get("X-Admin-Token", "").encode()
    if not hmac.compare_digest(token, services().config.admin_token.encode()):
        raise ApiError.unauthorized("X-Admin-Token is missing or wrong.")


@blueprint.put("/faults")
def put_faults() -> Response:
    """Begin a plan of faults."""
    plan, problems = read_plan(read_body())
    if problems:
        raise bad_request(problems)
    services().faults.set_plan(plan)
    return send(services().faults.as_dict())


@blueprint.delete("/faults")
def delete_faults() -> Response:
    """Everything works again, the outage included."""
    services().faults.set_plan(FaultPlan())
    return send(services().faults.as_dict())


@blueprint.get("/faults")
def get_faults() -> Response:
    """The plan in force."""
    return send(services().faults.as_dict())


@blueprint.put("/limit")
def put_limit() -> Response:
    """Limit the requests per second; 0 lifts the limit."""
    rate = _number(read_object(), "requestsPerSecond", 100_000)
    services().limiter.set_rate(rate)
    return send({"requestsPerSecond": rate})


@blueprint.put("/completion")
def put_completion() -> Response:
    """How long an order waits before it is carried out; counts for orders that come from now on."""
    delay = _number(read_object(), "delaySeconds", 86_400)
    services().completion_delay = delay
    return send({"delaySeconds": delay})


@blueprint.put("/clock")
def put_clock() -> Response:
    """Let the clock go wrong: the one that answers show as `Date` and that ends the validity of orders."""
    ahead = _number(read_object(), "aheadSeconds", 86_400, low=-86_400)
    services().ahead_seconds = ahead
    return send({"aheadSeconds": ahead})


def _number(body: dict[str, Any], name: str, top: float, *, low: float = 0) -> float:
    value = body.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= top:
        raise bad_request([f"{name}: a number from {low:g} to {top:g} is expected."])
    return float(value)


@blueprint.post("/seed")
def post_seed() -> Response:
    """Create companies with lines; those that exist by name stay as they are."""
    companies, value = _read_companies(read_object())
    answer = seed(services().pool, companies, value)
    if answer["created"]:
        services().lines_changed()
    return send(answer)


def _read_companies(body: dict[str, Any]) -> tuple[list[tuple[str | None, int]], int]:
    if body.get("preset") == "demo":
        return list(DEMO_COMPANIES), DEMO_SEED
    problems = []
    raw, value = body.get("companies"), body.get("seed", 1)
    if not isinstance(raw, list) or not raw:
        problems.append('companies: a list is expected, or "preset":"demo".')
    if not isinstance(value, int):
        problems.append("seed: a whole number is expected.")
    companies: list[tuple[str | None, int]] = []
    for place, item in enumerate(raw if isinstance(raw, list) else []):
        name, lines = (item.get("name"), item.get("lines")) if isinstance(item, dict) else (0, 0)
        if name is not None and (not isinstance(name, str) or not 0 < len(name) <= 200 or "\0" in name):
            problems.append(f"companies[{place}].name: a text of 1 to 200 characters is expected.")
        elif isinstance(lines, bool) or not isinstance(lines, int) or not 0 <= lines <= MAX_LINES:
            problems.append(f"companies[{place}].lines: a number from 0 to {MAX_LINES} is expected.")
        else:
            companies.append((name, lines))
    if problems:
        raise bad_request(problems)
    return companies, value


@blueprint.post("/reset")
def post_reset() -> Response:
    """Forget everything, or with {"scope":"orders"} only orders, events and figures; faults and limit end."""
    scope = read_object().get("scope", "all")
    if scope not in ("all", "orders"):
        raise bad_request(["scope: all or orders is expected."])
    parts = services()
    parts.faults.set_plan(FaultPlan())
    parts.limiter.set_rate(0)
    parts.ahead_seconds = 0.0
    with parts.pool.connection() as conn:
        lock_lines(conn)
        conn.execute(TABLES_OF_ALL if scope == "all" else TABLES_OF_ORDERS)
    parts.request_counts.reset()
    parts.lines_changed()
    return send({"scope": scope})


@blueprint.get("/stats")
def get_stats() -> Response:
    """All figures; `externalIdPrefix` narrows those of items."""
    with services().pool.connection() as conn:
        stats = database_stats(conn, request.args.get("externalIdPrefix", ""))
    return send({**stats, **services().request_counts.as_dict()})


@blueprint.get("/items")
def get_items() -> Response:
    """Ordered items by the start of their external id."""
    page = read_page()
    with services().pool.connection() as conn:
        items, total = list_items(conn, request.args.get("externalIdPrefix", ""), page.limit, page.offset)
    return send_list(items, total, page)


@blueprint.post("/products/<key>")
def post_product(key: str) -> Response:
    """Change a line without an order."""
    return send(change_product(services(), key, read_object()))


@blueprint.post("/accounts/<key>")
def post_account(key: str) -> Response:
    """Put a billing account into arrears or out of them, close it or open it again."""
    body = read_object()
    values = {name: body[name] for name in ACCOUNT_FIELDS if name in body}
    problems = [
        f"{name}: {' or '.join(known)} is expected."
        for name, known in ACCOUNT_FIELDS.items()
        if (name in values or not values) and values.get(name) not in known
    ]
    if problems:
        raise bad_request(problems)
    with services().pool.connection() as conn:
        changed = conn.execute(
            "UPDATE billing_account SET payment_status = coalesce(%s, payment_status),"
            " state = coalesce(%s, state), last_modified = clock_timestamp() WHERE id = %s",
            (values.get("paymentStatus"), values.get("state"), find_number(ACCOUNT, key)),
        ).rowcount
    if not changed:
        raise not_found("billing account", key)
    return send({"id": key, **values})


@blueprint.post("/cards/<key>")
def post_cards(key: str) -> Response:
    """A customer buys spare SIM cards; answers with their ICCIDs."""
    count, customer = int(_number(read_object(), "count", MAX_CARDS)), find_number(ORGANIZATION, key)
    parts = services()
    with parts.pool.connection() as conn:
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (SEED_LOCK,))
        if not conn.execute("SELECT 1 FROM organization WHERE id = %s", (customer,)).fetchone():
            raise not_found("organization", key)
        iccids = add_cards(conn, customer or 0, count)
    parts.lines_changed()
    return send({"iccids": iccids})

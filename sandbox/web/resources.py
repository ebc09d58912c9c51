"""TMF639: numbers and SIM cards, in use and in stock."""

from typing import Any, LiteralString

from flask import Blueprint, Response, request
from psycopg import Connection
from psycopg.rows import dict_row

from sandbox.db import Where
from sandbox.ids import NUMBER, ORGANIZATION, SIM, find_number, public_id
from sandbox.numbers import CLASSES, PRICES, number_class
from sandbox.services import services
from sandbox.web.errors import bad_request, not_found
from sandbox.web.http_json import read_page, send_list, send_one
from sandbox.web.list_totals import total

BASE = "/tmf-api/resourceInventoryManagement/v4"
CATEGORIES = {"MSISDN": NUMBER, "SIM": SIM}
STATUSES = {
    "in_use": "reserved",
    "spare": "available",
    "free": "available",
    "standby": "standby",
    "dead": "suspended",
}
KNOWN_STATUSES = ("standby", "alarm", "available", "reserved", "unknown", "suspended")

PAGES: dict[str, LiteralString] = {
    NUMBER: "SELECT * FROM every_phone_number WHERE moved IS NULL AND {} ORDER BY id LIMIT %s OFFSET %s",
    SIM: """
SELECT page.*, p.msisdn
  FROM (SELECT * FROM every_sim_card WHERE moved IS NULL AND {} ORDER BY id LIMIT %s OFFSET %s) AS page
  LEFT JOIN product p ON p.iccid = page.value ORDER BY page.id
""",
}
TOTALS: dict[str, LiteralString] = {
    NUMBER: "SELECT count(*) FROM every_phone_number WHERE moved IS NULL AND {}",
    SIM: "SELECT count(*) FROM every_sim_card WHERE moved IS NULL AND {}",
}

blueprint = Blueprint("resources", __name__, url_prefix=BASE)


def resource(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """A number or a SIM card, after the letter of its id."""
    key, is_sim, state = public_id(kind, row["id"]), kind == SIM, row["state"]
    is_dead = state == "dead"
    return {
        "id": key,
        "href": f"{BASE}/resource/{key}",
        "category": "SIM" if is_sim else "MSISDN",
        "name": row["value"],
        "value": row["value"],
        "resourceStatus": STATUSES[state],
        "administrativeState": "locked" if is_dead else "unlocked",
        "operationalState": "disable" if is_dead else "enable",
        "usageState": "active" if state == "in_use" else "idle",
        "resourceCharacteristic": _of_card(row) if is_sim else _of_number(row),
        "relatedParty": _parties(row),
        "@type": "PhysicalResource" if is_sim else "LogicalResource",
    }


def _of_card(row: dict[str, Any]) -> list[dict[str, Any]]:
    items = [{"name": "iccid", "value": row["value"]}, {"name": "imsi", "value": row["imsi"]}]
    return items if row["msisdn"] is None else [*items, {"name": "msisdn", "value": row["msisdn"]}]


def _of_number(row: dict[str, Any]) -> list[dict[str, Any]]:
    items = [{"name": "msisdn", "value": row["value"]}]
    if row["state"] != "in_use":
        # Who had the number gets it back without paying for it again.
        kind = number_class(row["value"])
        price = PRICES[kind] if row["state"] == "free" else 0
        items += [{"name": "numberClass", "value": kind}, {"name": "switchPrice", "value": f"{price:.2f}"}]
    if row["standby_until"] is not None:
        items.append({"name": "standbyUntil", "value": row["standby_until"].isoformat()})
    return items


def _parties(row: dict[str, Any]) -> list[dict[str, Any]]:
    if row["organization_id"] is None:
        return []
    role = "earlierCustomer" if row["state"] == "standby" else "customer"
    owner = public_id(ORGANIZATION, row["organization_id"])
    return [{"id": owner, "role": role, "@referredType": "Organization"}]


@blueprint.get("/resource")
def list_resources() -> Response:
    """All numbers, then all SIM cards, each in the order of their ids."""
    page, resources, length = read_page(), list[dict[str, Any]](), 0
    category, after = request.args.get("category"), request.args.get("id.gt")
    where = _conditions(category, is_keyset=after is not None and page.offset > 0)
    skip = page.offset
    with services().pool.connection() as conn:
        for kind in [CATEGORIES[category]] if category else [NUMBER, SIM]:
            in_this = total(conn, where.into(TOTALS[kind]), tuple(where.params))
            length += in_this
            missing = page.limit - len(resources)
            if missing > 0 and skip < in_this and not _is_behind(after, kind):
                resources += _read(conn, kind, where, after, missing, skip)
            skip = max(0, skip - in_this)
    return send_list(resources, length, page)


def _read(
    conn: Connection, kind: str, where: Where, after: str | None, limit: int, offset: int
) -> list[dict[str, Any]]:
    from_here = Where()
    from_here.join(where)
    if after is not None:
        from_here.add("id > %s", find_number(kind, after) or 0)
    with conn.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(from_here.into(PAGES[kind]), [*from_here.params, limit, offset])
        return [resource(kind, row) for row in rows]


def _is_behind(after: str | None, kind: str) -> bool:
    """Whether all ids of the kind come before the one after which the page begins."""
    return after is not None and after[:1] > kind


def _conditions(category: str | None, *, is_keyset: bool) -> Where:
    where, args, problems = Where(), request.args, []
    if category is not None and category not in CATEGORIES:
        problems.append("category: MSISDN or SIM is expected.")
    if is_keyset:
        problems.append("offset: not together with id.gt.")
    if (owner := args.get("relatedParty.id")) is not None:
        where.add("organization_id = %s", find_number(ORGANIZATION, owner) or 0)
    if (status := args.get("resourceStatus")) is not None:
        names = status.split(",")
        problems += [
            f"resourceStatus: {name!r} is not known." for name in names if name not in KNOWN_STATUSES
        ]
        where.add("state = ANY(%s)", [state for state, name in STATUSES.items() if name in names])
    if (part := args.get("value.contains")) is not None:
        where.add("strpos(value, %s) > 0", part)
    if (kind := args.get("numberClass")) is not None:
        if kind not in CLASSES:
            problems.append("numberClass: one of " + ", ".join(CLASSES) + " is expected.")
        if category == "MSISDN":
            where.add("number_class = %s", kind)
        else:
            problems.append("numberClass: only with category MSISDN.")
    if problems:
        raise bad_request(problems)
    return where


@blueprint.get("/resource/<key>")
def get_resource(key: str) -> Response:
    """One number or SIM card."""
    for kind in (NUMBER, SIM):
        where, number = Where(), find_number(kind, key)
        where.add("id = %s", number)
        if number is not None:
            with services().pool.connection() as conn:
                resources = _read(conn, kind, where, None, 1, 0)
            if resources:
                return send_one(resources[0])
    raise not_found("resource", key)

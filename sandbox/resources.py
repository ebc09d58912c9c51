"""TMF639: the numbers and SIM cards behind the lines."""

from typing import Any

from flask import Blueprint, Response, request
from psycopg.rows import dict_row

from sandbox.db import Where
from sandbox.errors import bad_request, not_found
from sandbox.ids import NUMBER, ORGANIZATION, SIM, find_number, public_id
from sandbox.services import services
from sandbox.wire import read_page, send_list, send_one

BASE = "/tmf-api/resourceInventoryManagement/v4"
CATEGORIES = {"MSISDN": NUMBER, "SIM": SIM}

blueprint = Blueprint("resources", __name__, url_prefix=BASE)


def resource(kind: str, row: dict[str, Any]) -> dict[str, Any]:
    """The number or the SIM card of a line, after the letter of its id."""
    key = public_id(kind, row["id"])
    is_sim = kind == SIM
    value = row["iccid"] if is_sim else row["msisdn"]
    characteristics = [{"name": "iccid" if is_sim else "msisdn", "value": value}]
    if is_sim:
        characteristics += [
            {"name": "imsi", "value": row["imsi"]},
            {"name": "msisdn", "value": row["msisdn"]},
        ]
    owner = public_id(ORGANIZATION, row["organization_id"])
    return {
        "id": key,
        "href": f"{BASE}/resource/{key}",
        "category": "SIM" if is_sim else "MSISDN",
        "name": value,
        "value": value,
        "resourceStatus": "suspended" if row["status"] == "suspended" else "reserved",
        "resourceCharacteristic": characteristics,
        "relatedParty": [{"id": owner, "role": "customer", "@referredType": "Organization"}],
        "@type": "PhysicalResource" if is_sim else "LogicalResource",
    }


@blueprint.get("/resource")
def list_resources() -> Response:
    """All numbers, then all SIM cards, in the order of their ids."""
    page, where = read_page(), Where()
    category = request.args.get("category")
    if category is not None and category not in CATEGORIES:
        raise bad_request(["category: MSISDN or SIM is expected."])
    kinds = [CATEGORIES[category]] if category else [NUMBER, SIM]
    if (owner := request.args.get("relatedParty.id")) is not None:
        where.add("organization_id = %s", find_number(ORGANIZATION, owner) or 0)
    with services().pool.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
        counted = cursor.execute(
            where.into("SELECT count(*) AS n FROM product WHERE {}"), where.params
        ).fetchone()
        assert counted is not None
        in_each, found = int(counted["n"]), list[dict[str, Any]]()
        # Each kind lists the same lines, so the place in the whole list says the kind and the place in it.
        for place, kind in enumerate(kinds):
            skip = max(0, page.offset - place * in_each)
            statement = where.into(
                "SELECT id, organization_id, status, msisdn, iccid, imsi FROM product WHERE {}"
                " ORDER BY id LIMIT %s OFFSET %s"
            )
            wanted = page.limit - len(found)
            if wanted > 0 and skip < in_each:
                rows = cursor.execute(statement, [*where.params, wanted, skip]).fetchall()
                found += [resource(kind, row) for row in rows]
    return send_list(found, in_each * len(kinds), page)


@blueprint.get("/resource/<key>")
def get_resource(key: str) -> Response:
    """One number or SIM card."""
    for kind in (NUMBER, SIM):
        number = find_number(kind, key)
        if number is not None:
            with services().pool.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
                row = cursor.execute("SELECT * FROM product WHERE id = %s", (number,)).fetchone()
            if row is not None:
                return send_one(resource(kind, row))
    raise not_found("resource", key)

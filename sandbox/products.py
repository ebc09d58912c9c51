"""TMF637: lines as products."""

from typing import Any

from flask import Blueprint, Response, request
from psycopg import Connection
from psycopg.rows import dict_row

from sandbox.db import Where
from sandbox.errors import bad_request, not_found
from sandbox.ids import ACCOUNT, EMPLOYEE, NUMBER, ORGANIZATION, PRODUCT, SIM, find_number, public_id
from sandbox.services import services
from sandbox.tariffs import BY_ID
from sandbox.totals import total
from sandbox.wire import find_moment, iso, read_page, send_list, send_one

BASE = "/tmf-api/productInventory/v4"
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

blueprint = Blueprint("products", __name__, url_prefix=BASE)


def product(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the table as a TM Forum product."""
    key = public_id(PRODUCT, row["id"])
    tariff = BY_ID[row["tariff_id"]]
    return {
        "id": key,
        "href": f"{BASE}/product/{key}",
        "name": f"+{row['msisdn']}",
        "status": row["status"],
        "startDate": f"{row['start_date'].isoformat()}T00:00:00Z",
        "lastUpdate": iso(row["last_update"]),
        "productOffering": {"id": tariff.id, "name": tariff.name},
        "billingAccount": {"id": public_id(ACCOUNT, row["account_id"]), "@referredType": "BillingAccount"},
        "relatedParty": _parties(row),
        "realizingResource": [
            {
                "id": public_id(NUMBER, row["number_id"] or row["id"]),
                "@referredType": "LogicalResource",
                "value": row["msisdn"],
            },
            {
                "id": public_id(SIM, row["sim_id"] or row["id"]),
                "@referredType": "PhysicalResource",
                "value": row["iccid"],
            },
        ],
        "productCharacteristic": _characteristics(row),
        "@type": "Product",
    }


def _parties(row: dict[str, Any]) -> list[dict[str, Any]]:
    owner = public_id(ORGANIZATION, row["organization_id"])
    parties = [{"id": owner, "role": "customer", "@referredType": "Organization"}]
    if row["employee_id"] is not None:
        user = public_id(EMPLOYEE, row["employee_id"])
        parties.append(
            {"id": user, "name": row["employee_name"], "role": "user", "@referredType": "Individual"}
        )
    return parties


def _characteristics(row: dict[str, Any]) -> list[dict[str, Any]]:
    found = [
        {"name": "msisdn", "value": row["msisdn"]},
        {"name": "iccid", "value": row["iccid"]},
        {"name": "spentThisMonth", "value": str(row["spent"])},
        {"name": "lastActivity", "value": row["last_activity"].isoformat()},
    ]
    if row["block_reason"] is not None:
        found.append({"name": "blockReason", "value": row["block_reason"]})
    if row["spending_limit"] is not None:
        found.append({"name": "spendingLimit", "value": row["spending_limit"]})
    if row["planned_tariff_id"] is not None:
        planned = {"id": row["planned_tariff_id"], "from": row["planned_on"].isoformat()}
        found.append({"name": "plannedTariff", "value": planned})
    return found


def find_product(conn: Connection, key: str) -> dict[str, Any] | None:
    """The TM Forum product with this public id."""
    with conn.cursor(row_factory=dict_row) as cursor:
        row = cursor.execute("SELECT * FROM product WHERE id = %s", (find_number(PRODUCT, key),)).fetchone()
    return None if row is None else product(row)


@blueprint.get("/product/<key>")
def get_product(key: str) -> Response:
    """One line."""
    with services().pool.connection() as conn:
        found = find_product(conn, key)
    if found is None:
        raise not_found("product", key)
    return send_one(found)


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

"""TMF632 and TMF666: customers, their contracts and billing accounts."""

from typing import Any, LiteralString

from flask import Blueprint, Response, request
from psycopg.rows import dict_row

from sandbox.db import Where
from sandbox.ids import ACCOUNT, CONTRACT, ORGANIZATION, find_number, public_id
from sandbox.lookup import shown_of
from sandbox.moments import iso
from sandbox.services import services
from sandbox.targets.accounts import ACCOUNTS
from sandbox.web.errors import not_found
from sandbox.web.http_json import read_page, send_list, send_one

PARTY_BASE = "/tmf-api/party/v4"
ACCOUNT_BASE = "/tmf-api/accountManagement/v4"
SHOWN = shown_of(ACCOUNTS)

party_blueprint = Blueprint("parties", __name__, url_prefix=PARTY_BASE)
account_blueprint = Blueprint("accounts", __name__, url_prefix=ACCOUNT_BASE)


def organization(row: dict[str, Any]) -> dict[str, Any]:
    """A customer as a TM Forum organization."""
    key = public_id(ORGANIZATION, row["id"])
    return {
        "id": key,
        "href": f"{PARTY_BASE}/organization/{key}",
        "name": row["name"],
        "tradingName": row["trading_name"],
        "isLegalEntity": True,
        "status": row["status"],
        "organizationIdentification": [
            {"identificationType": kind, "identificationId": row[kind.lower()]}
            for kind in ("INN", "KPP", "OGRN")
        ],
        "@type": "Organization",
    }


def contract(row: dict[str, Any]) -> dict[str, Any]:
    """A contract as a TM Forum party account."""
    key = public_id(CONTRACT, row["id"])
    return {
        "id": key,
        "href": f"{ACCOUNT_BASE}/partyAccount/{key}",
        "name": row["name"],
        "accountType": "contract",
        "state": row["state"],
        "description": f"Договор от {row['signed_on']:%d.%m.%Y}",
        "relatedParty": [_customer(row)],
        "@type": "PartyAccount",
    }


def billing_account(row: dict[str, Any]) -> dict[str, Any]:
    """A billing account; a balance below zero is what the customer owes."""
    key = public_id(ACCOUNT, row["id"])
    valid = {"startDateTime": f"{row['opened_on'].isoformat()}T00:00:00Z"}
    account: dict[str, Any] = {
        "id": key,
        "href": f"{ACCOUNT_BASE}/billingAccount/{key}",
        "name": row["name"],
        "accountType": row["account_type"],
        "state": row["state"],
        "paymentStatus": row["payment_status"],
        "accountBalance": [
            {
                "balanceType": "receivable",
                "amount": {"unit": "RUB", "value": float(row["balance"])},
                "validFor": valid,
            }
        ],
        "creditLimit": {"unit": "RUB", "value": float(row["credit_limit"])},
        "accountRelationship": [
            {
                "relationshipType": "contract",
                "account": {
                    "id": public_id(CONTRACT, row["contract_id"]),
                    "@referredType": "PartyAccount",
                },
                "validFor": valid,
            }
        ],
        "relatedParty": [_customer(row)],
        "lastModified": iso(row["last_modified"]),
        "@type": "BillingAccount",
    }
    for shown in SHOWN:
        account |= shown(row)
    return account


def _customer(row: dict[str, Any]) -> dict[str, Any]:
    owner = public_id(ORGANIZATION, row["organization_id"])
    return {"id": owner, "role": "customer", "@referredType": "Organization"}


def _rows(statement: LiteralString, where: Where, *params: int) -> list[dict[str, Any]]:
    with services().pool.connection() as conn, conn.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(where.into(statement), [*where.params, *params]).fetchall()


def _owned_by_asked() -> Where:
    where = Where()
    if (owner := request.args.get("relatedParty.id")) is not None:
        where.add("organization_id = %s", find_number(ORGANIZATION, owner) or 0)
    return where


def _only(kind: str, key: str) -> Where:
    where = Where()
    where.add("id = %s", find_number(kind, key) or 0)
    return where


@party_blueprint.get("/organization")
def list_organizations() -> Response:
    """Customers, by name where asked."""
    page, where = read_page(), Where()
    if (name := request.args.get("name")) is not None:
        where.add("name = %s", name)
    rows = _rows(
        "SELECT * FROM organization WHERE {} ORDER BY id LIMIT %s OFFSET %s",
        where,
        page.limit,
        page.offset,
    )
    total = _rows("SELECT count(*) AS total FROM organization WHERE {}", where)[0]["total"]
    return send_list([organization(row) for row in rows], total, page)


@party_blueprint.get("/organization/<key>")
def get_organization(key: str) -> Response:
    """One customer."""
    rows = _rows("SELECT * FROM organization WHERE {}", _only(ORGANIZATION, key))
    if not rows:
        raise not_found("organization", key)
    return send_one(organization(rows[0]))


@account_blueprint.get("/partyAccount")
def list_contracts() -> Response:
    """Contracts, by customer where asked."""
    page, where = read_page(), _owned_by_asked()
    rows = _rows(
        "SELECT * FROM contract WHERE {} ORDER BY id LIMIT %s OFFSET %s", where, page.limit, page.offset
    )
    total = _rows("SELECT count(*) AS total FROM contract WHERE {}", where)[0]["total"]
    return send_list([contract(row) for row in rows], total, page)


@account_blueprint.get("/partyAccount/<key>")
def get_contract(key: str) -> Response:
    """One contract."""
    rows = _rows("SELECT * FROM contract WHERE {}", _only(CONTRACT, key))
    if not rows:
        raise not_found("party account", key)
    return send_one(contract(rows[0]))


@account_blueprint.get("/billingAccount")
def list_accounts() -> Response:
    """Billing accounts, by customer where asked."""
    page, where = read_page(), _owned_by_asked()
    rows = _rows(
        "SELECT * FROM billing_account WHERE {} ORDER BY id LIMIT %s OFFSET %s",
        where,
        page.limit,
        page.offset,
    )
    total = _rows("SELECT count(*) AS total FROM billing_account WHERE {}", where)[0]["total"]
    return send_list([billing_account(row) for row in rows], total, page)


@account_blueprint.get("/billingAccount/<key>")
def get_account(key: str) -> Response:
    """One billing account."""
    rows = _rows("SELECT * FROM billing_account WHERE {}", _only(ACCOUNT, key))
    if not rows:
        raise not_found("billing account", key)
    return send_one(billing_account(rows[0]))

"""Puts customers into the database: each name once, a second call changes nothing."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import islice
from random import Random
from typing import Any

from psycopg import Connection, sql
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool

from sandbox.ids import ORGANIZATION, public_id
from sandbox.seed.lines import COLUMNS, line_rows
from sandbox.seed.names import company, trading_name
from sandbox.seed.plan import Account, Plan, make_plan
from sandbox.seed.stock import SEED_LOCK, add_cards, fill_pool, spare_cards

COPY_LINES = 1_000
DEMO_SEED = 2026
DEMO_COMPANIES: tuple[tuple[str, int], ...] = (
    ("ООО «Кедр Сервис»", 25),
    ("АО «Северный Путь Логистика»", 1_000),
    ("ПАО «Волжские Энергосети»", 20_000),
)


def seed(
    pool: ConnectionPool, companies: Sequence[tuple[str | None, int]], seed_value: int
) -> dict[str, Any]:
    """Create what is not there yet; a company without a name gets one."""
    created: list[dict[str, Any]] = []
    existing: list[str] = []
    today = datetime.now(UTC).date()
    for place, (given_name, lines) in enumerate(companies):
        with pool.connection() as conn:
            conn.execute("SELECT pg_advisory_xact_lock(%s)", (SEED_LOCK,))
            name = given_name or company(Random(f"{seed_value}:name:{place}"))  # noqa: S311  data, not secrets
            if conn.execute("SELECT 1 FROM organization WHERE name = %s", (name,)).fetchone():
                existing.append(name)
                continue
            rng = Random(f"{seed_value}:{name}")  # noqa: S311
            key = _store(conn, make_plan(name, lines, rng, today), rng, today)
            add_cards(conn, key, spare_cards(lines))
            fill_pool(conn)
            created.append({"id": public_id(ORGANIZATION, key), "name": name, "lines": lines})
    if any(item["lines"] >= 10_000 for item in created):
        _analyze(pool)
    return {"created": created, "existing": existing}


def _store(conn: Connection, plan: Plan, rng: Random, today: date) -> int:
    organization = _next_id(conn, "organization")
    conn.execute(
        "INSERT INTO organization (id, name, trading_name, status, inn, kpp, ogrn)"
        " VALUES (%s, %s, %s, 'validated', %s, %s, %s)",
        (organization, plan.name, trading_name(plan.name), plan.inn, plan.kpp, plan.ogrn),
    )
    accounts = _store_accounts(conn, organization, plan)
    first = _next_id(conn, "product")
    now = datetime.now(UTC).isoformat()
    rows = line_rows(organization, accounts, range(first, first + plan.lines), rng, today, now)
    statement = sql.SQL("COPY product ({}) FROM STDIN").format(
        sql.SQL(", ").join(map(sql.Identifier, COLUMNS))
    )
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        while chunk := "".join(islice(rows, COPY_LINES)):
            copy.write(chunk)
    return organization


def _store_accounts(conn: Connection, organization: int, plan: Plan) -> list[tuple[int, int]]:
    first_contract = _next_id(conn, "contract")
    first_account = _next_id(conn, "billing_account")
    with conn.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO contract (id, organization_id, name, state, signed_on)"
            " VALUES (%s, %s, %s, 'active', %s)",
            [(first_contract + n, organization, *contract) for n, contract in enumerate(plan.contracts)],
        )
        cursor.executemany(
            "INSERT INTO billing_account (id, organization_id, contract_id, name, account_type, state,"
            " payment_status, balance, credit_limit, opened_on, characteristics)"
            " VALUES (%s, %s, %s, %s, %s, 'active', %s, %s, %s, %s, %s)",
            [
                (
                    first_account + n,
                    organization,
                    first_contract + account.contract,
                    account.name,
                    account.account_type,
                    account.payment_status,
                    account.balance,
                    account.credit_limit,
                    account.opened_on,
                    _account_characteristics(account),
                )
                for n, account in enumerate(plan.accounts)
            ],
        )
    return [(first_account + n, account.weight) for n, account in enumerate(plan.accounts)]


def _account_characteristics(account: Account) -> Jsonb | None:
    if account.delivery is None:
        return None
    return Jsonb({"invoiceDelivery": {**account.delivery, "since": account.opened_on.isoformat()}})


def _next_id(conn: Connection, table: str) -> int:
    statement = sql.SQL("SELECT coalesce(max(id), 0) + 1 FROM {}").format(sql.Identifier(table))
    row = conn.execute(statement).fetchone()
    assert row is not None
    return int(row[0])


def _analyze(pool: ConnectionPool) -> None:
    with pool.connection() as conn:
        conn.execute("ANALYZE organization, contract, billing_account, product")

"""The operator's own database: connection pool, schema, and conditions put together safely."""

from typing import Any, LiteralString

import orjson
from psycopg import Connection, sql
from psycopg.types.json import set_json_loads
from psycopg_pool import ConnectionPool

SCHEMA_LOCK = 0x5A4DB0
LINES_LOCK = 0x5A4DB2

SCHEMA = """
CREATE TABLE IF NOT EXISTS organization (
    id bigint PRIMARY KEY, name text NOT NULL UNIQUE, trading_name text NOT NULL, status text NOT NULL,
    inn text NOT NULL, kpp text NOT NULL, ogrn text NOT NULL);
CREATE TABLE IF NOT EXISTS contract (
    id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organization, name text NOT NULL,
    state text NOT NULL, signed_on date NOT NULL);
CREATE INDEX IF NOT EXISTS contract_organization ON contract (organization_id, id);
CREATE TABLE IF NOT EXISTS billing_account (
    id bigint PRIMARY KEY, organization_id bigint NOT NULL REFERENCES organization,
    contract_id bigint NOT NULL REFERENCES contract, name text NOT NULL, account_type text NOT NULL,
    state text NOT NULL, payment_status text NOT NULL, balance numeric(14,2) NOT NULL,
    credit_limit numeric(14,2) NOT NULL, opened_on date NOT NULL);
CREATE INDEX IF NOT EXISTS billing_account_organization ON billing_account (organization_id, id);
-- What operations keep that has no column of its own.
ALTER TABLE billing_account ADD COLUMN IF NOT EXISTS characteristics jsonb;
ALTER TABLE billing_account ADD COLUMN IF NOT EXISTS last_modified timestamptz NOT NULL DEFAULT now();
-- No foreign keys and no index on what an order changes: a million lines load quickly, updates stay in place.
CREATE TABLE IF NOT EXISTS product (
    id bigint PRIMARY KEY, organization_id bigint NOT NULL, account_id bigint NOT NULL,
    tariff_id text NOT NULL, status text NOT NULL, msisdn text NOT NULL UNIQUE, iccid text NOT NULL UNIQUE,
    imsi text NOT NULL,
    employee_id bigint, employee_name text, block_reason text, spending_limit jsonb,
    spent numeric(12,2) NOT NULL, last_activity date NOT NULL, start_date date NOT NULL,
    last_update timestamptz NOT NULL, planned_tariff_id text, planned_on date) WITH (fillfactor = 80);
-- Empty as long as a line has the SIM card and the number it came with: those two are found by the line's own id.
ALTER TABLE product ADD COLUMN IF NOT EXISTS sim_id bigint;
ALTER TABLE product ADD COLUMN IF NOT EXISTS number_id bigint;
-- What operations keep that has no column of its own, by the names under which products show it.
ALTER TABLE product ADD COLUMN IF NOT EXISTS characteristics jsonb;
CREATE INDEX IF NOT EXISTS product_organization ON product (organization_id, id);
-- Cards and numbers that are not, or not any more, the ones a line came with.
CREATE TABLE IF NOT EXISTS sim_card (
    id bigint PRIMARY KEY, organization_id bigint NOT NULL, iccid text NOT NULL UNIQUE, imsi text NOT NULL,
    state text NOT NULL);
CREATE INDEX IF NOT EXISTS sim_card_organization ON sim_card (organization_id, id);
CREATE TABLE IF NOT EXISTS phone_number (
    id bigint PRIMARY KEY, organization_id bigint, msisdn text NOT NULL UNIQUE, number_class text NOT NULL,
    state text NOT NULL, standby_until date);
CREATE INDEX IF NOT EXISTS phone_number_organization ON phone_number (organization_id, id);
CREATE INDEX IF NOT EXISTS phone_number_free ON phone_number (id) WHERE state = 'free';
-- To be read where moved IS NULL. That stands outside so that both halves are merged in the order of their ids:
-- with a condition of its own a half would be sorted anew for each page.
CREATE OR REPLACE VIEW every_sim_card AS
    SELECT id, organization_id, iccid AS value, imsi, 'in_use' AS state, sim_id AS moved FROM product
    UNION ALL SELECT id, organization_id, iccid, imsi, state, NULL FROM sim_card;
CREATE OR REPLACE VIEW every_phone_number AS
    SELECT id, organization_id, msisdn AS value, 'in_use' AS state, NULL AS number_class,
           NULL::date AS standby_until, number_id AS moved
      FROM product
    UNION ALL SELECT id, organization_id, msisdn, state,
                     CASE WHEN state <> 'in_use' THEN number_class END, standby_until, NULL FROM phone_number;
CREATE TABLE IF NOT EXISTS product_order (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, external_id text, category text, description text,
    customer text NOT NULL, state text NOT NULL, order_date timestamptz NOT NULL DEFAULT clock_timestamp(),
    requested_start timestamptz, ready_at timestamptz NOT NULL, completion_date timestamptz);
ALTER TABLE product_order ADD COLUMN IF NOT EXISTS requested_completion timestamptz;
CREATE INDEX IF NOT EXISTS product_order_external ON product_order (external_id);
CREATE INDEX IF NOT EXISTS product_order_ready ON product_order (ready_at, id) WHERE state = 'acknowledged';
-- product_ref is the public id of the thing that is ordered for: a line or a billing account.
CREATE TABLE IF NOT EXISTS order_item (
    order_id bigint NOT NULL, position integer NOT NULL, external_id text NOT NULL, product_ref text NOT NULL,
    kind text NOT NULL, args jsonb NOT NULL, state text, reason text, PRIMARY KEY (order_id, position));
-- An earlier version kept the number that stands in product_ref beside it.
ALTER TABLE order_item DROP COLUMN IF EXISTS product_id;
-- Only an item that ended otherwise than its order says how: most never change once they are written. What an earlier
-- version wrote on open ones says nothing.
ALTER TABLE order_item ALTER COLUMN state DROP NOT NULL;
CREATE OR REPLACE FUNCTION item_state(own text, of_order text) RETURNS text LANGUAGE sql IMMUTABLE AS
    $$ SELECT coalesce(nullif(own, 'acknowledged'),
                       CASE WHEN of_order = 'acknowledged' THEN of_order ELSE 'completed' END) $$;
CREATE TABLE IF NOT EXISTS hub (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, api text NOT NULL, callback text NOT NULL,
    query text NOT NULL, UNIQUE (api, callback, query));
CREATE TABLE IF NOT EXISTS event (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    hub_id bigint NOT NULL REFERENCES hub ON DELETE CASCADE,
    subject text NOT NULL, body text NOT NULL, state text NOT NULL, attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT clock_timestamp());
CREATE INDEX IF NOT EXISTS event_pending ON event (hub_id, subject, id) WHERE state = 'pending';
"""


def open_pool(url: str) -> ConnectionPool:
    """A pool that replaces connections cut by the server; waits for the database for half a minute."""
    pool = ConnectionPool(
        url,
        min_size=2,
        max_size=12,
        open=True,
        check=ConnectionPool.check_connection,
        configure=_read_json_fast,
    )
    pool.wait(timeout=30)
    return pool


def _read_json_fast(conn: Connection) -> None:
    # Every item of an order comes with its arguments as JSON.
    set_json_loads(orjson.loads, conn)


def create_schema(pool: ConnectionPool) -> None:
    """Create what is missing; two starts at once do not meet."""
    with pool.connection() as conn:
        conn.execute("SET LOCAL client_min_messages = warning")
        conn.execute("SELECT pg_advisory_xact_lock(%s)", (SCHEMA_LOCK,))
        conn.execute(SCHEMA)


def lock_lines(conn: Connection) -> None:
    """Until the commit nobody else carries out orders or changes lines, not even a process that should be dead."""
    conn.execute("SELECT pg_advisory_xact_lock(%s)", (LINES_LOCK,))


class Where:
    """Conditions joined by AND, with their parameters."""

    def __init__(self) -> None:
        self._parts: list[sql.SQL] = [sql.SQL("true")]
        self.params: list[Any] = []

    def add(self, condition: LiteralString, *params: Any) -> None:
        """One more condition, with a %s for each parameter."""
        self._parts.append(sql.SQL(condition))
        self.params.extend(params)

    def join(self, other: "Where") -> None:
        """All conditions of another one."""
        self._parts += other._parts
        self.params += other.params

    def into(self, statement: LiteralString) -> sql.Composed:
        """The statement with its {} replaced by the conditions."""
        return sql.SQL(statement).format(sql.SQL(" AND ").join(self._parts))

"""Billing accounts as orders see them, read and written a batch at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from psycopg import Connection

from sandbox.ids import ACCOUNT, ORGANIZATION, public_id
from sandbox.targets.target import NO_CHARACTERISTICS, Refusal, Target

LOAD = "SELECT id, organization_id, state, characteristics FROM billing_account WHERE id = ANY(%s)"
WRITE = """
UPDATE billing_account a SET characteristics = n.characteristics, last_modified = clock_timestamp()
  FROM json_to_recordset(%s::json) AS n (id bigint, characteristics jsonb) WHERE a.id = n.id
"""


@dataclass(slots=True)
class Account:
    """What operations see and change of an account; `characteristics` (replaced, never changed) has no columns."""

    id: int
    organization: str
    state: str
    characteristics: Mapping[str, Any]


def _load(conn: Connection, numbers: Collection[int]) -> dict[int, Account]:
    rows = conn.execute(LOAD, (list(numbers),))
    return {
        key: Account(key, public_id(ORGANIZATION, owner), state, characteristics or NO_CHARACTERISTICS)
        for key, owner, state, characteristics in rows
    }


def _write(conn: Connection, accounts: Sequence[Account]) -> None:
    rows = [{"id": account.id, "characteristics": account.characteristics} for account in accounts]
    conn.execute(WRITE, (orjson.dumps(rows).decode(),))


ACCOUNTS = Target(
    field="billingAccount",
    letter=ACCOUNT,
    unknown=Refusal("accountNotFound", "The customer has no such billing account."),
    ended=Refusal("accountClosed", "The billing account is closed."),
    has_ended=lambda account: account.state == "closed",
    load=_load,
    write=_write,
)

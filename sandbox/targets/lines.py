"""Lines as orders see them, read and written a batch at a time."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
from psycopg import Connection

from sandbox.ids import ORGANIZATION, PRODUCT, public_id
from sandbox.targets.target import NO_CHARACTERISTICS, Refusal, Target

LOAD = """
SELECT p.id, p.organization_id, p.status, p.block_reason, p.spending_limit::text, p.tariff_id,
       p.planned_tariff_id, p.planned_on, a.payment_status = 'inArrears', p.characteristics
  FROM product p LEFT JOIN billing_account a ON a.id = p.account_id WHERE p.id = ANY(%s)
"""
WRITE = """
UPDATE product p
   SET status = n.status, block_reason = n.reason, spending_limit = n.spending_limit::jsonb,
       tariff_id = n.tariff, planned_tariff_id = n.planned, planned_on = n.planned_on,
       characteristics = n.characteristics, last_update = clock_timestamp()
  FROM json_to_recordset(%s::json) AS n (id bigint, status text, reason text, spending_limit text,
                                         tariff text, planned text, planned_on date, characteristics jsonb)
 WHERE p.id = n.id
"""


@dataclass(slots=True, eq=False)
class Card:
    """A SIM card; `state` is spare, in_use or, for good, dead."""

    id: int
    owner: str
    state: str
    iccid: str
    imsi: str


@dataclass(slots=True, eq=False)
class Number:
    """A number; `state` is free, in_use or standby: kept back for its earlier `owner` for a while."""

    id: int
    owner: str | None
    state: str
    msisdn: str


@dataclass(slots=True)
class Line:
    """What operations see and change of a line.

    `limit` is JSON text. `characteristics` is for whatever has no column of its own, by the names under which products
    show it; replaced, never changed: most lines share an empty one. Card and number are known where an operation of
    the batch wants something from the stock.
    """

    id: int
    organization: str
    status: str
    block_reason: str | None
    limit: str | None
    tariff: str
    planned_tariff: str | None
    planned_on: date | None
    in_arrears: bool
    characteristics: Mapping[str, Any]
    card: Card | None = None
    number: Number | None = None


def _load(conn: Connection, numbers: Collection[int]) -> dict[int, Line]:
    rows = conn.execute(LOAD, (list(numbers),))
    lines: dict[int, Line] = {}
    for key, owner, *fields in rows:
        line = lines[key] = Line(key, public_id(ORGANIZATION, owner), *fields)
        if line.characteristics is None:
            line.characteristics = NO_CHARACTERISTICS
    return lines


def _write(conn: Connection, lines: Sequence[Line]) -> None:
    conn.execute(WRITE, (orjson.dumps([_row(line) for line in lines]).decode(),))


def _row(line: Line) -> dict[str, Any]:
    row: dict[str, Any] = {"id": line.id, "status": line.status, "tariff": line.tariff}
    # What is empty is left out: it is read as NULL, and most lines have little of it.
    if line.block_reason is not None:
        row["reason"] = line.block_reason
    if line.limit is not None:
        row["spending_limit"] = line.limit
    if line.planned_on is not None:
        row |= {"planned": line.planned_tariff, "planned_on": line.planned_on.isoformat()}
    if line.characteristics:
        row["characteristics"] = line.characteristics
    return row


LINES = Target(
    field="product",
    letter=PRODUCT,
    unknown=Refusal("unknownProduct", "The customer has no such line."),
    ended=Refusal("terminated", "The line is terminated."),
    has_ended=lambda line: line.status not in ("active", "suspended"),
    load=_load,
    write=_write,
)

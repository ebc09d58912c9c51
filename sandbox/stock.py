"""SIM cards and numbers that orders ask for: read before a batch, written after it, set by set."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Connection

from sandbox.ids import ORGANIZATION, find_number, public_id
from sandbox.numbers import number_class
from sandbox.rules import Card, Kind, Line, Number, Stock, swap

QUARANTINE = timedelta(days=90)
"""How long a number that was taken off a line waits for its earlier customer."""

HELD = """
SELECT id, organization_id, coalesce(sim_id, id), iccid, imsi, coalesce(number_id, id), msisdn
  FROM product WHERE id = ANY(%s)
"""
CARDS = "SELECT id, organization_id, state, iccid, imsi FROM sim_card WHERE iccid = ANY(%s)"
NUMBERS = "SELECT id, organization_id, state, msisdn FROM phone_number WHERE msisdn = ANY(%s)"
# A number may pass from one line to another in one batch: it leaves the first before the second gets it.
LET_GO = "UPDATE product SET msisdn = '-' || id WHERE id = ANY(%s)"
GIVE = """
UPDATE product p
   SET sim_id = coalesce(n.sim, p.sim_id), iccid = n.iccid, imsi = n.imsi,
       number_id = coalesce(n.number, p.number_id), msisdn = n.msisdn,
       last_update = clock_timestamp()
  FROM json_to_recordset(%s::json) AS n (id bigint, sim bigint, iccid text, imsi text, number bigint,
                                         msisdn text)
 WHERE p.id = n.id
"""
KEEP_CARDS = """
INSERT INTO sim_card (id, organization_id, iccid, imsi, state)
SELECT * FROM json_to_recordset(%s::json)
              AS n (id bigint, organization bigint, iccid text, imsi text, state text)
    ON CONFLICT (id) DO UPDATE SET state = excluded.state
"""
KEEP_NUMBERS = """
INSERT INTO phone_number (id, organization_id, msisdn, number_class, state, standby_until)
SELECT * FROM json_to_recordset(%s::json)
              AS n (id bigint, organization bigint, msisdn text, class text, state text, until date)
    ON CONFLICT (id) DO UPDATE SET organization_id = excluded.organization_id, state = excluded.state,
                                   standby_until = excluded.standby_until
"""
RELEASE = """
UPDATE phone_number SET state = 'free', organization_id = NULL, standby_until = NULL
 WHERE state = 'standby' AND standby_until <= %s
"""


class Swaps:
    """What the items of a batch may ask for, and the lines that got something else."""

    def __init__(self, conn: Connection, asked: list[tuple[int | None, dict[str, Any]]]) -> None:
        """Read all that (line's number, arguments) name."""
        self._conn = conn
        self._held: dict[int, tuple[Card, Number]] = {}
        self._lines: dict[int, Line] = {}
        self._touched: dict[tuple[int, str], Card | Number] = {}
        self.stock = Stock()
        for key, owner, sim, iccid, imsi, number, msisdn in conn.execute(
            HELD, (sorted({key for key, _ in asked if key is not None}),)
        ):
            name = public_id(ORGANIZATION, owner)
            card = self.stock.cards[iccid] = Card(sim, name, "in_use", iccid, imsi)
            phone = self.stock.numbers[msisdn] = Number(number, name, "in_use", msisdn)
            self._held[key] = card, phone
        self._read(asked)

    def _read(self, asked: list[tuple[int | None, dict[str, Any]]]) -> None:
        iccids = sorted({args["iccid"] for _, args in asked if "iccid" in args})
        for key, owner, state, iccid, imsi in self._conn.execute(CARDS, (iccids,)) if iccids else ():
            card = Card(key, public_id(ORGANIZATION, owner), state, iccid, imsi)
            self.stock.cards.setdefault(iccid, card)
        msisdns = sorted({args["msisdn"] for _, args in asked if "msisdn" in args})
        for key, owner, state, msisdn in self._conn.execute(NUMBERS, (msisdns,)) if msisdns else ():
            name = None if owner is None else public_id(ORGANIZATION, owner)
            self.stock.numbers.setdefault(msisdn, Number(key, name, state, msisdn))

    def know(self, key: int, line: Line) -> None:
        """Tell the line which card and number it has, unless it knows."""
        if line.card is None and key in self._held:
            line.card, line.number = self._held[key]

    def swap(self, key: int, line: Line, kind: str, args: dict[str, Any]) -> None:
        """Give the line what was ordered."""
        self._lines[key] = line
        self._touch(kind, line)
        swap(kind, args, line, self.stock)
        self._touch(kind, line)

    def _touch(self, kind: str, line: Line) -> None:
        thing = line.card if kind == Kind.REPLACE_SIM else line.number
        if thing is not None:
            self._touched[thing.id, kind] = thing

    def write(self) -> None:
        """Write all that moved, in the transaction of the batch."""
        if not self._lines:
            return
        taken = {line.number.id for line in self._lines.values() if line.number is not None}
        left = [
            key
            for key, line in self._lines.items()
            if line.number is not (before := self._held[key][1]) and before.id in taken
        ]
        if left:
            self._conn.execute(LET_GO, (left,))
        self._conn.execute(GIVE, (json.dumps([self._line(key) for key in sorted(self._lines)]),))
        until = (datetime.now(UTC).date() + QUARANTINE).isoformat()
        things = self._touched.values()
        if cards := [_card(thing) for thing in things if isinstance(thing, Card)]:
            self._conn.execute(KEEP_CARDS, (json.dumps(cards),))
        if numbers := [_number(thing, until) for thing in things if isinstance(thing, Number)]:
            self._conn.execute(KEEP_NUMBERS, (json.dumps(numbers),))

    def _line(self, key: int) -> dict[str, Any]:
        card, number = self._lines[key].card, self._lines[key].number
        assert card is not None
        assert number is not None
        return {
            "id": key,
            "sim": card.id if (card.id, Kind.REPLACE_SIM) in self._touched else None,
            "iccid": card.iccid,
            "imsi": card.imsi,
            "number": number.id if (number.id, Kind.CHANGE_NUMBER) in self._touched else None,
            "msisdn": number.msisdn,
        }


def _card(card: Card) -> dict[str, Any]:
    owner = find_number(ORGANIZATION, card.owner)
    return {"id": card.id, "organization": owner, "iccid": card.iccid, "imsi": card.imsi, "state": card.state}


def _number(number: Number, until: str) -> dict[str, Any]:
    return {
        "id": number.id,
        "organization": None if number.owner is None else find_number(ORGANIZATION, number.owner),
        "msisdn": number.msisdn,
        "class": number_class(number.msisdn),
        "state": number.state,
        "until": until if number.state == "standby" else None,
    }

"""SIM cards and numbers that orders ask for: read before a batch, written after it, set by set."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from psycopg import Connection

from sandbox.ids import ORGANIZATION, find_number, public_id
from sandbox.numbers import number_class
from sandbox.targets.lines import Card, Line, Number

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


@dataclass(frozen=True, slots=True)
class StockRequest:
    """The card or number that an item asks for."""

    iccid: str | None = None
    msisdn: str | None = None


@dataclass(slots=True, eq=False)
class Stock:
    """Cards by ICCID and numbers by MSISDN that a batch is about; remembers what moved until it is written."""

    cards: dict[str, Card] = field(default_factory=dict)
    numbers: dict[str, Number] = field(default_factory=dict)
    _lines: dict[int, Line] = field(default_factory=dict)
    _moved_cards: dict[int, Card] = field(default_factory=dict)
    _moved_numbers: dict[int, Number] = field(default_factory=dict)
    _numbers_before: dict[int, Number] = field(default_factory=dict)

    def replace_card(self, line: Line, iccid: str) -> None:
        """Give the line another card; its present one is dead."""
        self._lines[line.id] = line
        if line.card is not None:
            line.card.state = "dead"
            self._moved_cards[line.card.id] = line.card
        line.card = self.cards[iccid]
        line.card.state = "in_use"
        self._moved_cards[line.card.id] = line.card

    def replace_number(self, line: Line, msisdn: str) -> None:
        """Give the line another number; its present one is kept back for its customer."""
        self._lines[line.id] = line
        if line.number is not None:
            self._numbers_before.setdefault(line.id, line.number)
            line.number.state, line.number.owner = "standby", line.organization
            self._moved_numbers[line.number.id] = line.number
        line.number = self.numbers[msisdn]
        line.number.state, line.number.owner = "in_use", line.organization
        self._moved_numbers[line.number.id] = line.number

    def write(self, conn: Connection) -> None:
        """Write all that moved, in the transaction of the batch."""
        if not self._lines:
            return
        if line_ids := self._lines_to_let_go():
            conn.execute(LET_GO, (line_ids,))
        conn.execute(GIVE, (json.dumps([self._line(line) for _, line in sorted(self._lines.items())]),))
        until = (datetime.now(UTC).date() + QUARANTINE).isoformat()
        if cards := [_card(card) for card in self._moved_cards.values()]:
            conn.execute(KEEP_CARDS, (json.dumps(cards),))
        if numbers := [_number(number, until) for number in self._moved_numbers.values()]:
            conn.execute(KEEP_NUMBERS, (json.dumps(numbers),))

    def _lines_to_let_go(self) -> list[int]:
        numbers = {line.number.id for line in self._lines.values() if line.number is not None}
        return [
            key
            for key, before in self._numbers_before.items()
            if self._lines[key].number is not before and before.id in numbers
        ]

    def _line(self, line: Line) -> dict[str, Any]:
        card, number = line.card, line.number
        assert card is not None
        assert number is not None
        return {
            "id": line.id,
            "sim": card.id if card.id in self._moved_cards else None,
            "iccid": card.iccid,
            "imsi": card.imsi,
            "number": number.id if number.id in self._moved_numbers else None,
            "msisdn": number.msisdn,
        }


def load_stock(conn: Connection, lines: Sequence[Line], requests: Sequence[StockRequest]) -> Stock:
    """All that is wanted, in three statements; the lines learn which card and number they have."""
    stock, by_id = Stock(), {line.id: line for line in lines}
    for key, owner, sim, iccid, imsi, number, msisdn in conn.execute(HELD, (sorted(by_id),)):
        name, line = public_id(ORGANIZATION, owner), by_id[key]
        line.card = stock.cards[iccid] = Card(sim, name, "in_use", iccid, imsi)
        line.number = stock.numbers[msisdn] = Number(number, name, "in_use", msisdn)
    iccids = sorted({item.iccid for item in requests if item.iccid is not None})
    for key, owner, state, iccid, imsi in conn.execute(CARDS, (iccids,)) if iccids else ():
        stock.cards.setdefault(iccid, Card(key, public_id(ORGANIZATION, owner), state, iccid, imsi))
    msisdns = sorted({item.msisdn for item in requests if item.msisdn is not None})
    for key, owner, state, msisdn in conn.execute(NUMBERS, (msisdns,)) if msisdns else ():
        owner_id = None if owner is None else public_id(ORGANIZATION, owner)
        stock.numbers.setdefault(msisdn, Number(key, owner_id, state, msisdn))
    return stock


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

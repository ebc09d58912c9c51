"""Puts events into the outbox, one row per hub, with the faults asked for."""

import uuid
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import orjson
from psycopg import Connection

from sandbox.faults import Faults
from sandbox.moments import iso

ORDER_EVENT = "ProductOrderStateChangeEvent"
STATUS_EVENT = "ProductStateChangeEvent"
VALUE_EVENT = "ProductAttributeValueChangeEvent"


def wants(query: str, event_type: str) -> bool:
    """Whether a hub's query (``eventType=A,B`` or nothing) lets an event through."""
    types = parse_qs(query).get("eventType")
    return types is None or event_type in ",".join(types).split(",")


def put_events(
    conn: Connection,
    faults: Faults,
    api: str,
    event_type: str,
    payloads: Sequence[tuple[str, dict[str, Any]]],
) -> int:
    """Store events (subject, payload) for every hub that wants them; the sender goes on from there."""
    hubs = conn.execute("SELECT id, query FROM hub WHERE api = %s ORDER BY id", (api,)).fetchall()
    hub_ids = [key for key, query in hubs if wants(query, event_type)]
    if not hub_ids or not payloads:
        return 0
    rows: list[tuple[int, str, str, str]] = []
    for subject, payload in payloads:
        body = _body(event_type, payload)
        for hub in hub_ids:
            state = "lost" if faults.happens("loseEventRate") else "pending"
            rows.append((hub, subject, body, state))
            if state == "pending" and faults.happens("repeatEventRate"):
                rows.append((hub, subject, body, state))
    # Row by row: long bodies would each be quoted letter by letter to stand in an array.
    conn.cursor().executemany(
        "INSERT INTO event (hub_id, subject, body, state) VALUES (%s, %s, %s, %s)", rows
    )
    return len(rows)


def _body(event_type: str, payload: dict[str, Any]) -> str:
    event = {
        "eventId": str(uuid.uuid4()),
        "eventTime": iso(datetime.now(UTC)),
        "eventType": event_type,
        "event": payload,
    }
    return orjson.dumps(event).decode()

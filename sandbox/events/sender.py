"""Delivers events to the hubs: signed, again after a failure, in order for each subject."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import urllib3

from sandbox.events.signing import sign
from sandbox.services import Services
from sandbox.worker import Worker

AT_ONCE = 4
CLAIMED = 64
MAX_ATTEMPTS = 6
FIRST_RETRY = 0.5
LONGEST_SLEEP = 2.0
TIMEOUT = urllib3.Timeout(connect=2.0, read=5.0)

# Only the first event of a subject may go: a later one waits until it is taken or given up.
DUE = """
WITH heads AS (
    SELECT DISTINCT ON (hub_id, subject) id, hub_id, body, attempts, next_at
      FROM event WHERE state = 'pending' ORDER BY hub_id, subject, id)
SELECT f.id, h.callback, f.body, f.attempts FROM heads f JOIN hub h ON h.id = f.hub_id
 WHERE f.next_at <= clock_timestamp() ORDER BY f.id LIMIT %s
"""
NEXT_DUE = """
WITH heads AS (
    SELECT DISTINCT ON (hub_id, subject) next_at FROM event
     WHERE state = 'pending' ORDER BY hub_id, subject, id)
SELECT extract(epoch FROM min(next_at) - clock_timestamp())::float FROM heads
"""
RECORD = """
UPDATE event e
   SET state = n.state, attempts = e.attempts + 1,
       body = CASE WHEN n.state = 'pending' THEN e.body ELSE '' END,
       next_at = clock_timestamp() + n.pause * interval '1 second'
  FROM unnest(%s::bigint[], %s::text[], %s::float[]) AS n (id, state, pause) WHERE e.id = n.id
"""


def outcome(attempts: int, *, is_taken: bool) -> tuple[str, float]:
    """State of an event that had `attempts` before this one, and the seconds before the next."""
    if is_taken:
        return "taken", 0.0
    if attempts + 1 >= MAX_ATTEMPTS:
        return "givenUp", 0.0
    return "pending", FIRST_RETRY * 2.0**attempts


class Sender(Worker):
    """The operator's event delivery."""

    def __init__(self, parts: Services) -> None:
        super().__init__("events", parts.events_waiting)
        self._parts = parts
        self._http = urllib3.PoolManager(num_pools=16, maxsize=AT_ONCE, retries=False, timeout=TIMEOUT)
        self._team = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="event")

    def work(self) -> float:
        """Deliver what is due; return the seconds until a retry is."""
        with self._parts.pool.connection() as conn:
            due = conn.execute(DUE, (CLAIMED,)).fetchall()
        if not due:
            return self._pause()
        results = list(self._team.map(self._deliver, due))
        with self._parts.pool.connection() as conn:
            conn.execute(RECORD, [list(column) for column in zip(*results, strict=True)])
        return 0.0

    def _pause(self) -> float:
        with self._parts.pool.connection() as conn:
            row = conn.execute(NEXT_DUE).fetchone()
        wait = row[0] if row else None
        return LONGEST_SLEEP if wait is None else min(LONGEST_SLEEP, max(0.02, wait))

    def _deliver(self, event: Sequence[Any]) -> tuple[int, str, float]:
        key, callback, text, attempts = event
        return (key, *outcome(attempts, is_taken=self._post(callback, text.encode())))

    def _post(self, callback: str, body: bytes) -> bool:
        timestamp = str(int(time.time()))
        headers = {
            "Content-Type": "application/json",
            "X-Event-Timestamp": timestamp,
            "X-Event-Signature": sign(self._parts.config.event_secret, timestamp, body),
        }
        try:
            answer = self._http.request("POST", callback, body=body, headers=headers, redirect=False)
        except urllib3.exceptions.HTTPError:
            return False
        return 200 <= answer.status < 300

    def stop(self) -> None:
        """End after the deliveries in hand."""
        super().stop()
        self._team.shutdown(wait=False, cancel_futures=True)
        self._http.clear()

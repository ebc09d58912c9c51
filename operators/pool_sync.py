"""The pool of numbers, kept here: a preview says at once which of many wanted numbers are free, and what they cost."""

from __future__ import annotations

from datetime import timedelta
from operator import attrgetter

import structlog
from sqlalchemy import delete

from core import bulk, clock
from core.db import unit_of_work
from core.tenancy import all_companies
from operators.models import PoolNumber
from operators.port import Source
from operators.states import Report, find_state
from operators.sync import count, stream

EVERY = timedelta(minutes=10)
MOST = 200_000
"""A larger pool is known in part; numbers kept for their earlier customers come first, and the operator decides."""
STREAM = "pool"
WHOLE, PART = "whole", "part"
"""What the state of the stream says: only a pool that is known as a whole can tell that a number is not in it."""
log = structlog.get_logger(__name__)


def sync_pool(source: Source, *, at_once: bool = False) -> Report | None:
    """Bring the pool up to date, unless that was done a short while ago. Raises OperatorAway."""
    state = find_state(STREAM)
    if (
        not at_once
        and state is not None
        and state.done_at is not None
        and clock.now() - state.done_at < EVERY
    ):
        return None
    report, began, cursor = Report(), clock.now(), [WHOLE]
    with stream(STREAM, report, cursor):
        for page in source.pool():
            count(report, page)
            rows = [
                {
                    "msisdn": free.msisdn,
                    "number_class": free.number_class.value,
                    "price": free.price,
                    "party_id": free.party_id,
                    "seen_at": clock.now(),
                }
                for free in sorted(page.records, key=attrgetter("msisdn"))
            ]
            with all_companies(reason="the pool is the same for all"), unit_of_work() as db:
                created, changed = bulk.upsert(db, PoolNumber, ["msisdn"], rows)
            report.created += created
            report.changed += changed
            if report.read >= MOST:
                log.warning("pool.too_large", read=report.read)
                cursor[0] = PART
                break
        with all_companies(reason="the pool is the same for all"), unit_of_work() as db:
            db.execute(delete(PoolNumber).where(PoolNumber.seen_at < began))
    return report

"""Orders without an answer: looked up by their external id before anything is sent again."""

from __future__ import annotations

import random
import time
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from operators.contact import answering_since
from operators.port import Absent, Accepted, Away, LineOutcome, Outcome
from runs.engine import claims, doubts, outcomes
from runs.engine.claims import Work
from runs.engine.outcomes import Locked
from runs.models import BatchState, ItemState, OrderBatch, Run, RunItem, item_key

FIRST_LOOK = 0.5
"""Seconds from a lost answer to the first look-up."""
LOOK_AGAIN = 1.0
"""Seconds between look-ups of an order that the operator does not know, until that is believed."""
LOST_AFTER = 8
"""An accepted order that the operator then no longer knows is given up after so many look-ups."""
AT_ONCE = 20


def check_due(work: Work, until: float) -> None:
    """Look up every order of the run that is due: lost answers, ended leases, orders that stayed silent.

    What is not reached by `until` (monotonic seconds) is left to the next wake-up.
    """
    with unit_of_work() as db:
        due = _take_due(db, work)
    for number, batch in enumerate(due):
        if time.monotonic() > until:
            _leave(work, due[number:])
            return
        _check(work, batch)


def _leave(work: Work, batches_left: Sequence[OrderBatch]) -> None:
    ids = [batch.id for batch in batches_left]
    with unit_of_work() as db:
        db.execute(
            update(OrderBatch)
            .where(OrderBatch.company_id == work.company_id, OrderBatch.id.in_(ids))
            .values(check_at=func.clock_timestamp()),
            execution_options={"synchronize_session": False},
        )


def _take_due(db: Session, work: Work) -> Sequence[OrderBatch]:
    """Due orders, held for the time that the look-ups may take, so that no other worker asks about them too."""
    now = clock.shared_now(db)
    query = (
        select(OrderBatch)
        .where(
            OrderBatch.company_id == work.company_id,
            OrderBatch.run_id == work.run_id,
            OrderBatch.state != BatchState.CLOSED,
            OrderBatch.check_at <= now,
        )
        .order_by(OrderBatch.check_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    batches = db.scalars(query).all()
    hold = now + timedelta(seconds=work.parts.settings.operator_timeout + claims.MARGIN)
    for batch in batches:
        if batch.state == BatchState.SENDING:
            # Its worker died or lost the database. What it sent, nobody knows; it may have left until the end of its
            # time for sending, and the operator may have taken it in for as long as any call may last.
            open_for = claims.SEND_WITHIN + work.parts.settings.operator_timeout
            latest = batch.sent_at + timedelta(seconds=open_for)
            claims.unsure(db, work.company_id, work.run_id, batch.id, latest, hold)
    if batches:
        ids = [batch.id for batch in batches]
        db.execute(
            update(OrderBatch)
            .where(OrderBatch.company_id == work.company_id, OrderBatch.id.in_(ids))
            .values(check_at=hold, checks=OrderBatch.checks + 1),
            execution_options={"synchronize_session": False},
        )
        db.flush()
        for batch in batches:
            db.refresh(batch)
    return batches


def _check(work: Work, batch: OrderBatch) -> None:
    start = time.monotonic()
    answer = work.parts.operator.gateway.find(batch.key)
    work.contact.note(answer, time.monotonic() - start)
    with unit_of_work() as db:
        locked = outcomes.lock(db, batch.key)
        if locked is None:
            return
        batch = locked.batch
        if isinstance(answer, Accepted):
            outcomes.record(db, work.parts, locked, answer.order_id, answer.lines)
            if answer.is_final:
                _fail_open(db, work, locked, "order_lost")
            clear_trouble(db, work)
        elif isinstance(answer, Away):
            note_trouble(db, work, answer.why)
            if not answer.is_turn:
                batch.absent_since = None
            _again(db, batch, max(answer.after, 1.0))
        elif batch.order_id is not None:
            _forgotten(db, work, locked)
        elif refused := doubts.reviewed(db, batch):
            # It was given up before, and what was sent again says "so already": then that is not its doing.
            outcomes.record(db, work.parts, locked, "", refused)
        elif (wait := _seconds_to_wait(db, batch, answer, work.parts.operator.gateway.settle)) > 0:
            _again(db, batch, wait)
        else:
            claims.release(db, work.company_id, work.run_id, batch.id, is_sure=False)
            clear_trouble(db, work)


def _seconds_to_wait(db: Session, batch: OrderBatch, answer: Absent, settle: float) -> float:
    """The seconds until an order that the operator does not know is looked up again; 0 where it may be given up.

    It may lie unread before an operator that stood still. Given up it is once the operator has answered for its
    settling time without a break, and was asked after its own clock had passed the end of the order's validity.
    """
    now = clock.shared_now(db)
    if batch.sent_at > now:
        return (batch.sent_at - now).total_seconds()
    if batch.absent_since is None:
        batch.absent_since = now
    since = answering_since(db)
    if since is None:
        return LOOK_AGAIN
    answered = (now - max(since, batch.absent_since)).total_seconds()
    if answered < settle:
        return min(max(settle - answered, 0.05), LOOK_AGAIN)
    if batch.valid_until is None or _has_passed(answer.asked_after, batch.valid_until):
        return 0.0
    return LOOK_AGAIN


def _has_passed(moment: datetime | None, limit: datetime) -> bool:
    return moment is not None and moment >= limit


def _again(db: Session, batch: OrderBatch, seconds: float) -> None:
    batch.check_at = clock.shared_now(db) + timedelta(seconds=seconds)
    db.flush()


def _forgotten(db: Session, work: Work, locked: Locked) -> None:
    """The operator accepted the order and does not know it any more: after some look-ups its items have failed."""
    if locked.batch.checks < LOST_AFTER:
        _again(db, locked.batch, outcomes.poll_pause(locked.batch.checks))
        return
    _fail_open(db, work, locked, "order_lost")


def _fail_open(db: Session, work: Work, locked: Locked, reason: str) -> None:
    """Fail the items of which the operator has nothing more to say; those with an outcome keep it."""
    numbers = db.scalars(
        select(RunItem.no).where(
            RunItem.company_id == work.company_id,
            RunItem.run_id == work.run_id,
            RunItem.batch_id == locked.batch.id,
            RunItem.state.in_((ItemState.SENT, ItemState.UNKNOWN)),
        )
    ).all()
    if numbers:
        silent = [LineOutcome(item_key(work.run_id, no), Outcome.FAILED, reason) for no in numbers]
        outcomes.record(db, work.parts, locked, "", silent)


def note_trouble(db: Session, work: Work, why: str, *, at_least: float = 0.0) -> float:
    """Write on the run why it waits; returns the pause in seconds, doubling from 0.2 to 15 with some jitter."""
    now = clock.shared_now(db)
    troubles = db.scalar(
        update(Run)
        .where(Run.company_id == work.company_id, Run.id == work.run_id)
        .values(troubles=Run.troubles + 1, trouble=why, trouble_since=func.coalesce(Run.trouble_since, now))
        .returning(Run.troubles),
        execution_options={"synchronize_session": False},
    )
    doubled = 0.2 * (1 << min(int(troubles or 1) - 1, 10))
    pause = max(at_least, min(doubled, 15.0) * random.uniform(0.8, 1.2))  # noqa: S311 - jitter, not a secret
    _set(db, work, {"retry_at": now + timedelta(seconds=pause)})
    return pause


def clear_trouble(db: Session, work: Work) -> None:
    """The operator answers again."""
    _set(db, work, {"troubles": 0, "trouble": "", "trouble_since": None, "retry_at": None})


def _set(db: Session, work: Work, values: Mapping[str, Any]) -> None:
    db.execute(
        update(Run).where(Run.company_id == work.company_id, Run.id == work.run_id).values(values),
        execution_options={"synchronize_session": False},
    )

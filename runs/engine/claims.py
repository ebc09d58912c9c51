"""Orders on their way: claiming lines for one, and writing down what became of it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import ScalarSelect, case, func, select, text, update
from sqlalchemy.orm import Session

from core import clock
from core.errors import NotAllowed, NotFound
from operators.contact import Contact
from rbac.actor import Actor
from runs import previews, refusals
from runs.engine import counters, doubts, outcomes
from runs.engine.counters import Moved
from runs.models import BatchState, ItemState, OrderBatch, Run, RunItem
from runs.operation import Operation, Params, Refusal, TargetLine
from runs.parts import Parts, target_of
from users.actor import load_actor

MARGIN = 5.0
"""Seconds by which a lease outlives the longest call to the operator."""
SEND_WITHIN = 1.5
"""Seconds from the claim after which an order is not sent any more: well before its lease ends, whoever was paused."""
VALID_MARGIN = 2.0
"""Seconds by which an order stays valid at the operator beyond the longest call: its clock is known to the second."""
RIGHTS_SECONDS = 0.5
"""A right that was taken away may still be used for so long."""
HOLD_SECONDS = 10.0
"""For how long a wake-up keeps the sweeper from waking another worker, unless it renews the hold."""

# Rows are found again by their place, not by a join: a plan made before the table was analysed stays quick.
CLAIM = text("""
    WITH run AS (
        SELECT id FROM runs WHERE company_id = :company AND id = :run AND state = 'running'
                            AND (retry_at IS NULL OR retry_at <= clock_timestamp())),
    picked AS (
        SELECT no, ctid FROM run_items
        WHERE company_id = :company AND run_id = (SELECT id FROM run) AND state = 'pending'
        ORDER BY no LIMIT :most FOR UPDATE SKIP LOCKED),
    batch AS (
        INSERT INTO order_batches (company_id, run_id, key, state, items, open, worker, sent_at, check_at, checks,
                                   valid_until)
        SELECT :company, :run, :key, 'sending', count(*), count(*), :worker, clock_timestamp(),
               clock_timestamp() + make_interval(secs => :lease), 0, :valid_until
        FROM picked HAVING count(*) > 0
        RETURNING id),
    moved AS (
        UPDATE run_items AS item SET state = 'sent', batch_id = batch.id, updated_at = :now
        FROM batch WHERE item.company_id = :company AND item.ctid = ANY (ARRAY(SELECT ctid FROM picked))
        RETURNING item.target_id, item.no)
    SELECT batch.id, coalesce((SELECT jsonb_object_agg(target_id, no) FROM moved), '{}'::jsonb) FROM batch""")


@dataclass(frozen=True)
class Claim:
    """Lines that this worker alone may send until `send_by` (monotonic seconds), in one order with this key."""

    batch_id: int
    key: str
    lines: Sequence[TargetLine]
    send_by: float
    valid_until: datetime | None


@dataclass
class Rights:
    """The starter of a run with the rights held at `read_at` (monotonic seconds), and what follows from them.

    `refusals` are the reasons not to send a line. They are put together anew only where the rights have changed: that
    costs more than to ask for them.
    """

    actor: Actor
    refusals: Sequence[Refusal]
    read_at: float


@dataclass(frozen=True)
class Work:
    """A run as its worker holds it: loaded afresh at each wake-up.

    `after_success` are the codes of refusals that an earlier order of the run may have brought about.
    """

    parts: Parts
    rights: Rights
    operation: Operation
    params: Params
    company_id: int
    run_id: int
    party_id: str
    worker: str
    after_success: frozenset[str] = frozenset()
    accepted: list[Accepted] = field(default_factory=list)
    contact: Contact = field(default_factory=Contact)


@dataclass(frozen=True)
class Accepted:
    """An order that the operator has taken, to be written down with the worker's next transaction.

    Should that never come, the order is looked up when its lease ends, as if its answer had been lost.
    """

    batch_id: int
    order_id: str


def claim(db: Session, work: Work, most: int, moment: datetime | None = None) -> Claim | None:
    """Take the next lines of the run and refuse what is not eligible now; None where nothing may be sent now.

    `moment` is the present one by the operator's clock.
    """
    send_by, valid_until = time.monotonic() + SEND_WITHIN, _valid_until(work, moment)
    write_accepted(db, work)
    now, key = clock.now(), f"vm-{work.run_id}-{secrets.token_hex(8)}"
    lease = work.parts.settings.operator_timeout + MARGIN
    params: dict[str, object] = {"company": work.company_id, "run": work.run_id, "most": most, "key": key}
    params |= {"worker": work.worker, "now": now, "lease": lease, "valid_until": valid_until}
    row = db.execute(CLAIM, params).one_or_none()
    if row is None:
        return None
    batch_id, numbers = row
    lines = read_lines(db, work, {int(target_id): no for target_id, no in numbers.items()})
    refused = {line.no: line.refusal for line in lines if line.refusal is not None}
    so_already = {no: (code, None) for no, code in refused.items() if code in work.after_success}
    taken_back = doubts.take_back(db, work.company_id, work.run_id, batch_id, so_already)
    refused = {no: code for no, code in refused.items() if no not in taken_back}
    if refused:
        _refuse(db, work, batch_id, refused, now)
    by = {"pending": -len(numbers), "sent": len(numbers) - len(refused), "refused": len(refused)}
    counters.move(db, work.company_id, work.run_id, now, by, Moved(hold=HOLD_SECONDS))
    eligible = [line for line in lines if line.refusal is None]
    return Claim(batch_id, key, eligible, send_by, valid_until)


def _valid_until(work: Work, moment: datetime | None) -> datetime | None:
    """The moment by the operator's clock after which it must not take an order that is claimed now; whole seconds."""
    if moment is None:
        return None
    seconds = SEND_WITHIN + work.parts.settings.operator_timeout + VALID_MARGIN
    return (moment + timedelta(seconds=seconds)).replace(microsecond=0)


def read_lines(db: Session, work: Work, numbers: Mapping[int, int]) -> Sequence[TargetLine]:
    """The claimed lines (their items' numbers by line id) with what forbids each now.

    A right that seems lost is asked for again with fresh grants: a branch that was moved during the wake-up has other
    paths than those that the actor was loaded with.
    """
    has_row_value = work.operation.row_value is not None
    read = partial(
        target_of(work.parts, work.operation).before_sending,
        db,
        work.company_id,
        work.run_id,
        numbers,
        has_row_value=has_row_value,
    )
    if time.monotonic() - work.rights.read_at > RIGHTS_SECONDS:
        _renew_rights(db, work)
    lines = read(work.rights.refusals)
    if any(line.refusal == refusals.NO_RIGHT for line in lines):
        _renew_rights(db, work)
        lines = read(work.rights.refusals)
    return lines


def _renew_rights(db: Session, work: Work) -> None:
    rights, read_at = work.rights, time.monotonic()
    actor = load_starter(db, work.company_id, work.run_id)
    if actor != rights.actor:
        rights.actor = actor
        rights.refusals = refusals_of(actor, work.parts, work.operation, work.params, work.run_id)
    rights.read_at = read_at


def refusals_of(
    actor: Actor, parts: Parts, operation: Operation, params: Params, run_id: int
) -> Sequence[Refusal]:
    """Every reason not to send a line of a run, as `Work` holds them."""
    return previews.all_refusals(actor, parts, operation, params, before=run_id)


def load_starter(db: Session, company_id: int, run_id: int) -> Actor:
    """The person who started the run, with the rights of this moment; somebody who may no longer sign in has none."""
    run = db.scalars(select(Run).where(Run.company_id == company_id, Run.id == run_id)).one()
    try:
        return load_actor(db, run.created_by or 0, company_id, run.created_ip, run.staff_reason)
    except (NotFound, NotAllowed):
        return Actor("user", run.created_by, company_id, run.created_name, frozenset())


REFUSE = text("""
    UPDATE run_items AS item SET state = 'refused', reason = r.reason, updated_at = :now
    FROM unnest(CAST(:nos AS bigint[]), CAST(:reasons AS text[])) AS r(no, reason)
    WHERE item.company_id = :company AND item.run_id = :run AND item.no = ANY (CAST(:nos AS bigint[]))
          AND item.no = r.no""")


def _refuse(db: Session, work: Work, batch_id: int, refused: Mapping[int, str], now: datetime) -> None:
    params = {"company": work.company_id, "run": work.run_id, "now": now}
    db.execute(REFUSE, {**params, "nos": list(refused), "reasons": list(refused.values())})
    open_items = OrderBatch.open - len(refused)
    db.execute(
        update(OrderBatch)
        .where(OrderBatch.company_id == work.company_id, OrderBatch.id == batch_id)
        .values(open=open_items, state=case((open_items == 0, BatchState.CLOSED), else_=OrderBatch.state)),
        execution_options={"synchronize_session": False},
    )


def write_accepted(db: Session, work: Work) -> None:
    """The operator has these orders. One whose event was quicker is closed already: then nothing changes."""
    if not work.accepted:
        return
    poll_at = func.clock_timestamp() + timedelta(seconds=outcomes.poll_pause(0))
    for order in work.accepted:
        db.execute(
            update(OrderBatch)
            .where(
                OrderBatch.company_id == work.company_id,
                OrderBatch.id == order.batch_id,
                OrderBatch.state.in_((BatchState.SENDING, BatchState.UNSURE)),
            )
            .values(state=BatchState.ACCEPTED, order_id=order.order_id, check_at=poll_at, checks=0),
            execution_options={"synchronize_session": False},
        )
    work.accepted.clear()


def unsure(
    db: Session, company_id: int, run_id: int, batch_id: int, sent_at: datetime, check_at: datetime
) -> None:
    """Mark the items `unknown` until the order was looked up: nobody knows whether it arrived.

    `sent_at` is the last moment at which it may have been on its way: before that, not to find it says nothing.
    """
    now = clock.now()
    changed = db.execute(
        update(OrderBatch)
        .where(
            OrderBatch.company_id == company_id,
            OrderBatch.id == batch_id,
            OrderBatch.state == BatchState.SENDING,
        )
        .values(state=BatchState.UNSURE, sent_at=sent_at, check_at=check_at),
        execution_options={"synchronize_session": False},
    )
    if changed.rowcount == 0:  # type: ignore[attr-defined]
        return
    moved = _move(db, company_id, run_id, batch_id, ItemState.SENT, ItemState.UNKNOWN, now)
    counters.move(db, company_id, run_id, now, {"sent": -moved, "unknown": moved})


def release(db: Session, company_id: int, run_id: int, batch_id: int, *, is_sure: bool = True) -> None:
    """The order did not arrive: its items wait again, or end as cancelled where the run was stopped.

    Where that is not sure, since the operator only does not know it, the order keeps the numbers of its items.
    """
    now = clock.now()
    closed = db.execute(
        update(OrderBatch)
        .where(
            OrderBatch.company_id == company_id,
            OrderBatch.id == batch_id,
            OrderBatch.state != BatchState.CLOSED,
        )
        .values(state=BatchState.CLOSED, open=0, **({} if is_sure else {"given_up": _numbers_of(batch_id)})),
        execution_options={"synchronize_session": False},
    )
    if closed.rowcount == 0:  # type: ignore[attr-defined]
        return
    sent = _move(db, company_id, run_id, batch_id, ItemState.SENT, ItemState.PENDING, now)
    unknown = _move(db, company_id, run_id, batch_id, ItemState.UNKNOWN, ItemState.PENDING, now)
    # Where the run was stopped meanwhile, its next wake-up turns what waits again into cancelled.
    counters.move(
        db, company_id, run_id, now, {"sent": -sent, "unknown": -unknown, "pending": sent + unknown}
    )


def _numbers_of(batch_id: int) -> ScalarSelect[list[int] | None]:
    return (
        select(func.array_agg(RunItem.no))
        .where(
            RunItem.company_id == OrderBatch.company_id,
            RunItem.run_id == OrderBatch.run_id,
            RunItem.batch_id == batch_id,
            RunItem.state.in_((ItemState.SENT, ItemState.UNKNOWN)),
        )
        .scalar_subquery()
    )


def _move(
    db: Session, company_id: int, run_id: int, batch_id: int, old: ItemState, new: ItemState, now: datetime
) -> int:
    values: dict[str, object] = {"state": new, "updated_at": now}
    if new == ItemState.PENDING:
        values["batch_id"] = None
    result = db.execute(
        update(RunItem)
        .where(
            RunItem.company_id == company_id,
            RunItem.run_id == run_id,
            RunItem.batch_id == batch_id,
            RunItem.state == old,
        )
        .values(values),
        execution_options={"synchronize_session": False},
    )
    return int(result.rowcount)  # type: ignore[attr-defined]

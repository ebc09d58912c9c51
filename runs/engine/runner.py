"""The runner: one wake-up of a run sends a share of its lines and follows up on orders without an answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import timedelta

import structlog
from marshmallow import ValidationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core import clock
from core.db import unit_of_work
from core.errors import NotFound
from core.tenancy import company_scope
from hierarchy.models import Company
from operators.changes import Change
from operators.errors import OperatorAway
from operators.port import (
    Accepted,
    Answer,
    Gateway,
    LineOutcome,
    Order,
    OrderLine,
    Outcome,
    Rejected,
    Retry,
    Unknown,
)
from runs import control, operation_params
from runs.engine import claims, counters, followup, local, outcomes
from runs.engine.claims import Claim, Work
from runs.engine.counters import Moved
from runs.models import ItemState, Run, RunState, item_key
from runs.operation import ROW_VALUE, Params, TargetLine
from runs.parts import Parts

log = structlog.get_logger(__name__)
SHARE_SECONDS = 5.0
"""A wake-up gives way to other runs after this long."""
TOKEN_AHEAD = 0.3
"""Seconds before its turn under the operator's limit from which a worker claims lines, to send them in time."""
TOKEN_WAIT = 1.0
"""Longest wait for that turn with claimed lines in hand: well below the time within which they must be sent."""


def work_on(parts: Parts, company_id: int, run_id: int, worker: str) -> bool:
    """Carry a run on; returns whether lines still wait, so that another wake-up is worth while. Safe to repeat."""
    with company_scope(company_id):
        work = _open(parts, company_id, run_id, worker)
        if work is None:
            return False
        until = time.monotonic() + SHARE_SECONDS
        followup.check_due(work, until)
        pause: float | None = 0.0
        while pause is not None and time.monotonic() + pause < until:
            time.sleep(pause)
            pause = _send_next(work)
        return _give_back(work)


def _open(parts: Parts, company_id: int, run_id: int, worker: str) -> Work | None:
    with unit_of_work() as db:
        now = clock.now()
        run = db.scalar(select(Run).where(Run.company_id == company_id, Run.id == run_id))
        if (
            run is None
            or run.state not in (RunState.RUNNING, RunState.CANCELLED, RunState.BROKEN)
            or run.finished_at is not None
        ):
            return None
        dropped = 0
        if run.state == RunState.CANCELLED and run.pending:
            dropped = control.cancel_pending(db, company_id, run_id)
        hold = Moved(hold=claims.HOLD_SECONDS)
        counters.move(db, company_id, run_id, now, {"pending": -dropped, "cancelled": dropped}, hold)
        try:
            operation = parts.operations.of(run.operation)
            params = operation_params.stored_params(operation, run)
        except (NotFound, ValidationError):
            _give_up(db, run)
            return None
        read_at = time.monotonic()
        actor = claims.load_starter(db, company_id, run_id)
        party = db.scalars(select(Company.party_id).where(Company.id == company_id)).one()
        refusals = claims.refusals_of(actor, parts, operation, params, run_id)
        rights = claims.Rights(actor, refusals, read_at)
        after_success = operation.after_success(params)
        return Work(parts, rights, operation, params, company_id, run_id, party, worker, after_success)


def _give_up(db: Session, run: Run) -> None:
    """The operation or its parameters are no longer known, after a change of the product: nothing more is sent."""
    log.error("run.broken", run=run.id, operation=run.operation)
    dropped = control.end_pending(db, run.company_id, run.id, ItemState.FAILED, "broken")
    if run.state == RunState.RUNNING:
        run.state = RunState.BROKEN
        db.flush()
    counters.move(db, run.company_id, run.id, clock.now(), {"pending": -dropped, "failed": dropped})


def _send_next(work: Work) -> float | None:
    """Send one order; returns seconds until the next may go, None where nothing is left or the run was stopped."""
    if work.operation.change is None:
        return 0.0 if local.carry_out_next(work) else None
    gateway = work.parts.operator.gateway
    due = gateway.token_due()
    if due > TOKEN_AHEAD:
        return min(due - TOKEN_AHEAD / 2, TOKEN_WAIT)
    try:
        moment = gateway.moment()
    except OperatorAway as problem:
        with unit_of_work() as db:
            return followup.note_trouble(db, work, problem.why, at_least=problem.after)
    with unit_of_work() as db:
        claim = claims.claim(db, work, gateway.order_items, moment)
        if claim is None:
            return _pause_of(db, work)
    if not claim.lines:
        return 0.0
    lines = order_lines(work, work.operation.change, claim.lines)
    order = Order(claim.key, work.party_id, work.operation.code, lines, claim.send_by, claim.valid_until)
    # The token comes last, so that requests leave evenly: what a claim takes differs from time to time.
    if not gateway.take_token(wait=TOKEN_WAIT):
        return _record(work, claim, Retry(0.0, "no turn came", is_turn=True))
    return _record(work, claim, _place(work, gateway, order, claim.send_by))


def _place(work: Work, gateway: Gateway, order: Order, send_by: float) -> Answer:
    """Send an order; where the operator only says when our turn comes, wait for that with the order in hand."""
    answer = _call(work, gateway, order)
    while isinstance(answer, Retry) and answer.is_turn and time.monotonic() + answer.after < send_by:
        time.sleep(answer.after)
        answer = _call(work, gateway, order)
    return answer


def _call(work: Work, gateway: Gateway, order: Order) -> Answer:
    start = time.monotonic()
    answer = gateway.place(order)
    work.contact.note(answer, time.monotonic() - start)
    return answer


def _pause_of(db: Session, work: Work) -> float | None:
    """The pause where nothing could be claimed: seconds until the run may go on, None where no line waits for that."""
    run = Run.company_id == work.company_id, Run.id == work.run_id, Run.state == RunState.RUNNING
    row = db.execute(select(Run.pending, Run.retry_at).where(*run)).one_or_none()
    if row is None or row[0] == 0 or row[1] is None:
        return None
    return max(0.05, (row[1] - clock.shared_now(db)).total_seconds())


def order_lines(
    work: Work, change_of: Callable[[Params], Change], lines: Sequence[TargetLine]
) -> list[OrderLine]:
    """The lines of an order, each under the external id by which it is known for ever."""
    if work.operation.row_value is None:
        change = change_of(work.params)
        return [OrderLine(item_key(work.run_id, line.no), line.target, change) for line in lines]
    return [
        OrderLine(
            item_key(work.run_id, line.no),
            line.target,
            change_of({**work.params, ROW_VALUE: line.row_value}),
        )
        for line in lines
    ]


def _record(work: Work, claim: Claim, answer: Answer) -> float:
    if isinstance(answer, Accepted) and all(line.outcome == Outcome.OPEN for line in answer.lines):
        work.accepted.append(claims.Accepted(claim.batch_id, answer.order_id))
        return 0.0
    with unit_of_work() as db:
        match answer:
            case Accepted(order_id, known):
                _write_known(work, claim, order_id, known)
                return 0.0
            case Rejected(reason, detail):
                refused = [
                    LineOutcome(item_key(work.run_id, line.no), Outcome.REFUSED, reason, detail)
                    for line in claim.lines
                ]
                _write_known(work, claim, "", refused)
                return 0.0
            case Retry(after, why, is_turn):
                claims.release(db, work.company_id, work.run_id, claim.batch_id)
                if is_turn and after <= TOKEN_WAIT:
                    return after
                return followup.note_trouble(db, work, why, at_least=after)
            case Unknown(why):
                now = clock.shared_now(db)
                look_at = now + timedelta(seconds=followup.FIRST_LOOK)
                claims.unsure(db, work.company_id, work.run_id, claim.batch_id, now, look_at)
                return followup.note_trouble(db, work, why)


def _write_known(work: Work, claim: Claim, order_id: str, known: Sequence[LineOutcome]) -> None:
    with unit_of_work() as db:
        locked = outcomes.lock(db, claim.key)
        if locked is not None:
            outcomes.record(db, work.parts, locked, order_id, known)


def _give_back(work: Work) -> bool:
    """End the hold so that the sweeper may wake another worker; returns whether lines wait that may go now."""
    with unit_of_work() as db:
        claims.write_accepted(db, work)
        now = clock.shared_now(db)
        row = db.execute(
            update(Run)
            .where(Run.company_id == work.company_id, Run.id == work.run_id)
            .values(wake_until=None)
            .returning(Run.pending, Run.retry_at, Run.state),
            execution_options={"synchronize_session": False},
        ).one()
    pending, retry_at, state = row
    return state == RunState.RUNNING and pending > 0 and (retry_at is None or retry_at <= now)

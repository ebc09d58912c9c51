"""Use cases of a run: preview, submit, stop, retry the failed. Every one asks for the right first."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError
from sqlalchemy import ColumnElement, Select, String, case, cast, func, insert, literal, select, update
from sqlalchemy.orm import Session

from core import clock
from core.bounds import whole
from core.db import after_commit, session
from core.errors import Conflict, InvalidInput, NotFound
from core.i18n import N_
from core.journal.entries import Entry, write
from core.money import Money
from rbac.decision import Actor, is_everywhere, require, require_everywhere
from rbac.permissions import Permission
from runs import queries, row_values
from runs.models import ItemState, Run, RunItem, RunState
from runs.operation import Operation, Params, Refusal
from runs.parts import Engine
from runs.selection import checked, messages

WAKE = "runs.jobs.wake_run"
STALE = "preview_stale"
MORE_LINES = N_(
    "Since the preview more has come together: %(now)s numbers instead of %(shown)s. Look at it again."
)
COSTS_ONCE = N_("It now costs %(now)s once instead of %(shown)s. Look at it again.")
COSTS_MONTHLY = N_("It now changes what is paid per month by %(now)s instead of %(shown)s. Look at it again.")


def read_params(operation: Operation, raw: Mapping[str, Any]) -> Params:
    """Parameters as the operation's schema reads them; raises InvalidInput with every error at once."""
    try:
        loaded: Params = operation.schema().load(dict(raw))
    except ValidationError as problem:
        raise InvalidInput(N_("Check the parameters."), fields=messages(problem)) from problem
    return loaded


def load_params(operation: Operation, raw: Mapping[str, Any]) -> Params:
    """As `read_params`, held against today's rules too; raises InvalidInput with every error at once."""
    loaded = read_params(operation, raw)
    errors = operation.check(session(), loaded) if operation.check else {}
    if errors:
        raise InvalidInput(N_("Check the parameters."), fields=dict(errors))
    return loaded


def stored_params(operation: Operation, run: Run) -> Params:
    """The parameters of a stored run, as its operation's functions want them."""
    loaded: Params = operation.schema().load(run.params)
    return loaded


def create_preview(
    engine: Engine,
    actor: Actor,
    code: str,
    raw_params: Mapping[str, Any],
    selection: Mapping[str, Any],
    *,
    key: str = "",
    is_checked: bool = False,
) -> Run:
    """Say beforehand what would happen: a run in state `previewed` whose `preview` holds the figures.

    `is_checked`: the selection is the console's own work in its stored form, and not what somebody sent.
    Raises NotAllowed, NotFound for an unknown operation, InvalidInput for parameters or an empty selection.
    """
    operation = engine.operation(code)
    require(actor, operation.permission)
    rest, values, values_of = row_values.split(raw_params) if operation.own else (raw_params, None, None)
    params = load_params(operation, rest)
    chosen = dict(selection) if is_checked else checked(selection)
    before = get_run(actor, chosen["run"]) if chosen["kind"] == "failed_of" else None
    most = len(chosen["ids"]) if chosen["kind"] == "ids" else row_values.MOST_VALUES
    own = row_values.read(operation.own, values, most) if operation.own and values else None
    earlier = same_kind(actor, code, values_of) if values_of else before
    run = Run(
        company_id=_company(actor),
        operation=code,
        params=operation.schema().dump(params),
        selection=chosen,
        state=RunState.PREVIEWED,
        idempotency_key=key or secrets.token_urlsafe(16),
        created_by=actor.user_id,
        created_name=actor.name,
        created_ip=actor.ip,
        is_staff=actor.is_staff,
        staff_reason=actor.reason,
        created_at=clock.now(),
        preview={},
    )
    session().add(run)
    session().flush()
    if operation.own:
        row_values.keep(session(), operation.own, run, own, earlier)
    run.preview = figures(engine, actor, operation, params, run)
    session().flush()
    return run


def same_kind(actor: Actor, code: str, run_id: Any) -> Run:
    """A run of the same operation, whose values are taken over; raises NotFound."""
    try:
        run = get_run(actor, whole(str(run_id)))
    except ValueError as problem:
        raise NotFound from problem
    if run.operation != code:
        raise NotFound
    return run


def figures(engine: Engine, actor: Actor, operation: Operation, params: Params, run: Run) -> dict[str, Any]:
    """Total, allowed, refused by reason, price once and per month (text, roubles), asked for but not found."""
    rows = judged(engine, actor, operation, params, run).subquery()
    sums = session().execute(
        select(rows.c.reason, func.count(), func.sum(rows.c.once), func.sum(rows.c.month)).group_by(
            rows.c.reason
        )
    )
    found: dict[str | None, tuple[int, Decimal, Decimal]] = {row[0]: (row[1], row[2], row[3]) for row in sums}
    allowed, price_once, price_month = found.pop(None, (0, Decimal(0), Decimal(0)))
    refused = {code: counted[0] for code, counted in found.items() if code is not None}
    total = allowed + sum(refused.values())
    requested = engine.target.requested(session(), run.selection)
    return {
        "total": total,
        "allowed": allowed,
        "refused": refused,
        "price_once": str(price_once or Decimal(0)),
        "price_month": str(price_month or Decimal(0)),
        "missing": max(0, requested - total) if requested is not None else 0,
        "at": clock.now().isoformat(),
    }


def judged(engine: Engine, actor: Actor, operation: Operation, params: Params, run: Run) -> Select[Any]:
    """The chosen lines of a run with `reason` (null where a line is eligible), and its price `once` and by `month`."""
    reason = queries.refusal_case(all_refusals(engine, actor, operation, params))
    once, month = _price_columns(operation, params)
    chosen = engine.target.chosen(actor, Permission.LINES_VIEW, run.selection).add_columns(
        reason.label("reason"), once.label("once"), month.label("month")
    )
    return row_values.joined(chosen, operation, run.company_id, run.id, engine.target.id_column())


def all_refusals(
    engine: Engine, actor: Actor, operation: Operation, params: Params, *, before: int | None = None
) -> list[Refusal]:
    """Every reason in the order in which people should hear it: rights, the operation's own, another run."""
    kin = [other.code for other in engine.operations.values() if other.group == operation.group]
    right, line_id = engine.target.lacks_right(actor, operation.permission), engine.target.id_column()
    return [
        Refusal(queries.NO_RIGHT, "", right),
        *operation.refusals(params),
        Refusal(queries.BUSY, "", queries.busy(_company(actor), line_id, kin, before=before)),
    ]


def _price_columns(
    operation: Operation, params: Params
) -> tuple[ColumnElement[Decimal], ColumnElement[Decimal]]:
    if operation.price is None:
        return literal(Decimal(0)), literal(Decimal(0))
    price = operation.price(params)
    return price.once, price.month


def get_run(actor: Actor, run_id: int) -> Run:
    """A run of the actor's company; raises NotFound.

    The runs of others concern any department: they are for people who hold `runs:view` on the whole company.
    """
    run = session().scalar(select(Run).where(Run.company_id == _company(actor), Run.id == run_id))
    if run is None or (run.created_by != actor.user_id and not is_everywhere(actor, Permission.RUNS_VIEW)):
        raise NotFound
    return run


def submit(engine: Engine, actor: Actor, run_id: int) -> Run:
    """Freeze a previewed run and start it. Submitting it again, or fifty times at once, changes nothing."""
    run = get_run(actor, run_id)
    operation = engine.operation(run.operation)
    require(actor, operation.permission)
    if run.created_by != actor.user_id:
        raise NotFound
    db, now = session(), clock.now()
    won = db.execute(
        update(Run)
        .where(Run.company_id == run.company_id, Run.id == run.id, Run.state == RunState.PREVIEWED)
        .values(state=RunState.RUNNING, submitted_at=now),
        execution_options={"synchronize_session": False},
    )
    if won.rowcount == 0:  # type: ignore[attr-defined]
        db.expire(run)
        return get_run(actor, run_id)
    params = stored_params(operation, run)
    freeze(engine, actor, operation, params, run)
    db.refresh(run)
    _refuse_stale(run)
    described = {"operation": run.operation, "params": run.params, "total": run.total, "allowed": run.pending}
    write(db, actor, [Entry("run.submitted", "run", run.id, None, described, run.id)])
    wake(engine, run)
    return run


def _refuse_stale(run: Run) -> None:
    """Never more than was shown: raises Conflict where more lines or a higher price came together meanwhile."""
    shown = int(run.preview["allowed"])
    if run.pending > shown:
        raise Conflict(MORE_LINES, code=STALE, now=run.pending, shown=shown)
    for message, now, before in (
        (COSTS_ONCE, run.price_once, Decimal(run.preview["price_once"])),
        (COSTS_MONTHLY, run.price_month, Decimal(run.preview["price_month"])),
    ):
        if now > before:
            raise Conflict(message, code=STALE, now=Money(now), shown=Money(before))


def count_again(engine: Engine, actor: Actor, run: Run) -> None:
    """Bring the figures of a preview up to date."""
    operation = engine.operation(run.operation)
    run.preview = figures(engine, actor, operation, stored_params(operation, run), run)


def freeze(engine: Engine, actor: Actor, operation: Operation, params: Params, run: Run) -> None:
    """Selection to items in one INSERT … SELECT, in the order in which people look for them in a result.

    Sets the counters and the price of the run.
    """
    db = session()
    place = engine.target.sort_column().label("place")
    rows = judged(engine, actor, operation, params, run).add_columns(place).subquery()
    if operation.price is not None:
        sums = select(func.coalesce(func.sum(rows.c.once), 0), func.coalesce(func.sum(rows.c.month), 0))
        run.price_once, run.price_month = db.execute(sums.where(rows.c.reason.is_(None))).one()
    line_id = rows.c[str(engine.target.id_column().key)]
    state = case((rows.c.reason.is_(None), ItemState.PENDING.value), else_=ItemState.REFUSED.value)
    items = select(
        literal(run.company_id),
        literal(run.id),
        func.row_number().over(order_by=rows.c.place),
        line_id,
        cast(state, String),
        rows.c.reason,
        func.now(),
    )
    names = ["company_id", "run_id", "no", "line_id", "state", "reason", "updated_at"]
    db.execute(insert(RunItem).from_select(names, items))
    _count(db, run)


def _count(db: Session, run: Run) -> None:
    counted: dict[str, int] = {}
    for state, _, number in db.execute(queries.outcome_counts(run.company_id, run.id)):
        counted[state] = counted.get(state, 0) + number
    run.state = RunState.RUNNING if counted.get(ItemState.PENDING) else RunState.FINISHED
    run.pending, run.refused = counted.get(ItemState.PENDING, 0), counted.get(ItemState.REFUSED, 0)
    run.total = run.pending + run.refused
    run.submitted_at = clock.now()
    if run.state == RunState.FINISHED:
        run.finished_at = clock.now()
    db.flush()


def wake(engine: Engine, run: Run) -> None:
    """Wake workers for the run once the transaction has been committed."""
    copies = max(1, min(engine.settings.workers, -(-run.pending // engine.gateway.order_items)))
    company_id, run_id = run.company_id, run.id
    after_commit(lambda: _enqueue(engine, company_id, run_id, copies))


def _enqueue(engine: Engine, company_id: int, run_id: int, copies: int) -> None:
    engine.queue.wake(WAKE, company_id, run_id, copies)


def stop(engine: Engine, actor: Actor, run_id: int) -> Run:
    """Send nothing more: what was not sent ends as `cancelled`; what is on its way is followed to its end."""
    run = get_run(actor, run_id)
    require(actor, engine.operation(run.operation).permission)
    if run.created_by != actor.user_id:
        require_everywhere(actor, Permission.RUNS_STOP)
    if run.state != RunState.RUNNING:
        raise Conflict(N_("This run has already ended."), code="not_running")
    db, now = session(), clock.now()
    dropped = cancel_pending(db, run.company_id, run.id)
    write(db, actor, [Entry("run.stopped", "run", run.id, None, {"cancelled": dropped}, run.id)])
    values: dict[str, Any] = {"state": RunState.CANCELLED, "stopped_at": now, "stopped_by": actor.name}
    values |= {"pending": Run.pending - dropped, "cancelled": Run.cancelled + dropped}
    values["finished_at"] = case((Run.sent + Run.unknown + Run.pending == dropped, now), else_=None)
    stopped = db.execute(
        update(Run)
        .where(Run.company_id == run.company_id, Run.id == run.id, Run.state == RunState.RUNNING)
        .values(values),
        execution_options={"synchronize_session": False},
    )
    if stopped.rowcount == 0:  # type: ignore[attr-defined]
        # Somebody else was quicker: what this transaction has cancelled belongs to the run's own end.
        raise Conflict(N_("This run has already ended."), code="not_running")
    db.refresh(run)
    return run


def cancel_pending(db: Session, company_id: int, run_id: int) -> int:
    """Items that were never sent end as `cancelled`; returns how many."""
    return end_pending(db, company_id, run_id, ItemState.CANCELLED, "stopped")


def end_pending(db: Session, company_id: int, run_id: int, state: ItemState, reason: str) -> int:
    """Items that were never sent end in this state; returns how many. The caller moves the counters."""
    result = db.execute(
        update(RunItem)
        .where(RunItem.company_id == company_id, RunItem.run_id == run_id, RunItem.state == ItemState.PENDING)
        .values(state=state, reason=reason, updated_at=clock.now()),
        execution_options={"synchronize_session": False},
    )
    return int(result.rowcount)  # type: ignore[attr-defined]


def retry_failed(engine: Engine, actor: Actor, run_id: int) -> Run:
    """A preview of the same operation for the lines that failed in this run."""
    run = get_run(actor, run_id)
    if run.failed == 0:
        raise Conflict(N_("Nothing has failed in this run."), code="nothing_failed")
    again = create_preview(engine, actor, run.operation, run.params, {"kind": "failed_of", "run": run.id})
    again.retry_of = run.id
    return again


def _company(actor: Actor) -> int:
    if actor.company_id is None:
        raise NotFound
    return actor.company_id

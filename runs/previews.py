"""Previews: the effect of a run, said beforehand."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select
from sqlalchemy.orm import Session

from core import clock
from core.bounds import whole
from core.errors import NotFound
from rbac.actor import Actor, company_of
from rbac.decision import require
from runs import refusals, row_values
from runs.listing import get_run
from runs.models import Run, RunState
from runs.operation import Operation, Params, Refusal
from runs.operation_params import load_params, stored_params
from runs.parts import Parts, target_of
from runs.selection import Ids, OfRun, Selection


def create_preview(
    session: Session,
    actor: Actor,
    parts: Parts,
    code: str,
    raw_params: Mapping[str, Any],
    selection: Selection,
    *,
    key: str = "",
) -> Run:
    """Say beforehand what would happen: a run in state `previewed` whose `preview` holds the figures.

    Raises NotAllowed, InvalidInput for parameters, NotFound for an unknown operation or for a selection out of reach.
    """
    operation = parts.operations.of(code)
    require(actor, operation.permission)
    own_params, values, values_of = (
        row_values.split(raw_params) if operation.row_value else (raw_params, None, None)
    )
    params = load_params(session, actor, target_of(parts, operation), operation, own_params)
    before = get_run(session, actor, selection.run) if isinstance(selection, OfRun) else None
    most = len(selection.ids) if isinstance(selection, Ids) else row_values.MOST_VALUES
    row_value_by_id = (
        row_values.read(operation.row_value, values, most) if operation.row_value and values else None
    )
    earlier = same_kind(session, actor, code, values_of) if values_of else before
    run = Run(
        company_id=company_of(actor),
        operation=code,
        target=operation.target,
        params=operation.schema().dump(params),
        selection=selection.dump(),
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
    session.add(run)
    session.flush()
    if operation.row_value:
        row_values.keep(session, operation.row_value, run, selection, row_value_by_id, earlier)
    run.preview = figures(session, actor, parts, operation, params, run)
    session.flush()
    return run


def same_kind(session: Session, actor: Actor, code: str, run_id: Any) -> Run:
    """A run of the same operation, whose values are taken over; raises NotFound."""
    try:
        run = get_run(session, actor, whole(str(run_id)))
    except ValueError as problem:
        raise NotFound from problem
    if run.operation != code:
        raise NotFound
    return run


def figures(
    session: Session, actor: Actor, parts: Parts, operation: Operation, params: Params, run: Run
) -> dict[str, Any]:
    """Total, allowed, refused by reason, price once and per month (text, roubles), asked for but not found."""
    rows = judged(session, actor, parts, operation, params, run).subquery()
    sums = session.execute(
        select(rows.c.reason, func.count(), func.sum(rows.c.once), func.sum(rows.c.month)).group_by(
            rows.c.reason
        )
    )
    by_reason: dict[str | None, tuple[int, Decimal, Decimal]] = {
        row[0]: (row[1], row[2], row[3]) for row in sums
    }
    allowed, price_once, price_month = by_reason.pop(None, (0, Decimal(0), Decimal(0)))
    refused = {code: counted[0] for code, counted in by_reason.items() if code is not None}
    total = allowed + sum(refused.values())
    requested = target_of(parts, operation).requested(session, parts.selections.load(run.selection))
    return {
        "total": total,
        "allowed": allowed,
        "refused": refused,
        "price_once": str(price_once or Decimal(0)),
        "price_month": str(price_month or Decimal(0)),
        "missing": max(0, requested - total) if requested is not None else 0,
        "at": clock.now().isoformat(),
    }


def judged(
    session: Session, actor: Actor, parts: Parts, operation: Operation, params: Params, run: Run
) -> Select[Any]:
    """The chosen lines of a run with `reason` (null where a line is eligible), and its price `once` and by `month`."""
    reason = refusals.refusal_case(all_refusals(actor, parts, operation, params))
    once, month = _price_columns(operation, params)
    target = target_of(parts, operation)
    chosen = target.chosen(session, actor, target.see, parts.selections.load(run.selection)).add_columns(
        reason.label("reason"), once.label("once"), month.label("month")
    )
    return row_values.joined(chosen, operation, run.company_id, run.id, target.id_column())


def all_refusals(
    actor: Actor, parts: Parts, operation: Operation, params: Params, *, before: int | None = None
) -> list[Refusal]:
    """Every reason in the order in which people should hear it: rights, the operation's own, another run."""
    target = target_of(parts, operation)
    kin = [other.code for other in parts.operations.on(target.kind) if other.group == operation.group]
    destination = []
    if operation.into:
        lacks = target.lacks_right_in(actor, operation.permission, operation.into(params))
        destination = [Refusal(refusals.NO_RIGHT_THERE, "", lacks)]
    right, target_id = target.lacks_right(actor, operation.permission), target.id_column()
    return [
        Refusal(refusals.NO_RIGHT, "", right),
        *destination,
        *operation.refusals(params),
        Refusal(refusals.BUSY, "", refusals.busy(company_of(actor), target_id, kin, before=before)),
    ]


def _price_columns(
    operation: Operation, params: Params
) -> tuple[ColumnElement[Decimal], ColumnElement[Decimal]]:
    if operation.price is None:
        return literal(Decimal(0)), literal(Decimal(0))
    price = operation.price(params)
    return price.once, price.month


def count_again(session: Session, actor: Actor, parts: Parts, run: Run) -> None:
    """Bring the figures of a preview up to date."""
    operation = parts.operations.of(run.operation)
    run.preview = figures(session, actor, parts, operation, stored_params(operation, run), run)

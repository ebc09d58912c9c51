"""Submitting through the API: the caller's key makes a repeated request give the same run back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.errors import Conflict, InvalidInput
from core.i18n import N_
from rbac.actor import Actor
from rbac.decision import require
from runs import operation_params, previews, row_values
from runs.models import Run
from runs.parts import Parts
from runs.selection import FailedOf, Listed, Selection, UnsentOf, parse

BRING_VALUES = (Listed, FailedOf, UnsentOf)
"""Selections that may give each line its value where the request names none."""
KEY_USED = N_("This key was used for something else.")


def preview(
    session: Session, actor: Actor, parts: Parts, code: str, body: Mapping[str, Any], key: str
) -> Run:
    """The preview of what is wanted, or the run that was made with this key; raises Conflict for another wish."""
    operation, params = parts.operations.of(code), body["params"]
    require(actor, operation.permission)
    own_params = row_values.split(params)[0] if operation.row_value else params
    # What is wrong with the parameters is said before the selection is looked at.
    operation_params.read_params(operation, own_params)
    selection = parse(body["selection"])
    if not key:
        if body["submit"]:
            raise InvalidInput(N_("Say an Idempotency-Key to submit."), code="key_needed")
        return previews.create_preview(session, actor, parts, code, params, selection)
    stored = f"api:{actor.user_id}:{key}"
    run = _find(session, actor, stored)
    if run is None:
        try:
            with session.begin_nested():
                return previews.create_preview(session, actor, parts, code, params, selection, key=stored)
        except IntegrityError:
            # The same request came twice at once, and the other one was first.
            run = _find(session, actor, stored)
            if run is None:
                raise
    _check_same(session, actor, parts, run, code, params, selection)
    return run


def _find(session: Session, actor: Actor, stored: str) -> Run | None:
    return session.scalar(
        select(Run).where(Run.company_id == actor.company_id, Run.idempotency_key == stored)
    )


def _check_same(
    session: Session,
    actor: Actor,
    parts: Parts,
    run: Run,
    code: str,
    params: Mapping[str, Any],
    selection: Selection,
) -> None:
    operation = parts.operations.of(code)
    own_params, values, values_of = row_values.split(params) if operation.row_value else (params, None, None)
    # Read, but not held against today's rules: what may no longer be ordered was ordered when the key was new.
    dumped = operation.schema().dump(operation_params.read_params(operation, own_params))
    same = (run.operation, run.params, run.selection) == (code, dumped, selection.dump())
    given: Mapping[int, str] | None = None
    if operation.row_value and values:
        given = row_values.read(operation.row_value, values)
    elif values_of:
        given = row_values.typed(session, previews.same_kind(session, actor, code, values_of))
    elif operation.row_value and not isinstance(selection, BRING_VALUES):
        given = {}
    if not same or (given is not None and given != row_values.typed(session, run)):
        raise Conflict(KEY_USED, code="key_used")

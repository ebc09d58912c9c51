"""Parameters of an operation: read, held against today's rules, taken from a stored run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError
from sqlalchemy.orm import Session

from core.errors import InvalidInput
from core.i18n import N_
from core.messages import field_messages
from rbac.actor import Actor
from runs.models import Run
from runs.operation import Operation, Params, Target


def read_params(operation: Operation, raw: Mapping[str, Any]) -> Params:
    """The parameters as the operation's schema reads them; raises InvalidInput with every error at once."""
    try:
        loaded: Params = operation.schema().load(dict(raw))
    except ValidationError as problem:
        raise InvalidInput(N_("Check the parameters."), fields=field_messages(problem)) from problem
    return loaded


def load_params(
    session: Session, actor: Actor, target: Target, operation: Operation, raw: Mapping[str, Any]
) -> Params:
    """As `read_params`, held against today's rules too; raises InvalidInput with every error at once."""
    loaded = read_params(operation, raw)
    errors = target.problems(session, actor, operation.permission, operation.schema(), loaded)
    if operation.check and not errors:
        errors = operation.check(session, loaded)
    if errors:
        raise InvalidInput(N_("Check the parameters."), fields=dict(errors))
    return loaded


def stored_params(operation: Operation, run: Run) -> Params:
    """The parameters of a stored run, as its operation's functions want them."""
    loaded: Params = operation.schema().load(run.params)
    return loaded

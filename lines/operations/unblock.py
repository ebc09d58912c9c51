"""Unblock lines."""

from __future__ import annotations

from core.i18n import N_, NN_
from lines.models import Line, LineState
from lines.operations.common import REASONS, TERMINATED, NoParams
from operators.changes import Change
from rbac.permissions import Permission
from runs.operation import Operation, Refusal, Words

OPERATION = Operation(
    code="unblock",
    words=Words(
        title=N_("Unblocking"),
        effect=N_("The numbers work again: calls, messages and data."),
        button=N_("Unblock"),
        confirm=NN_("Unblock %(n)s line", "Unblock %(n)s lines"),
        done=NN_("%(n)s unblocked", "%(n)s unblocked"),
    ),
    permission=Permission.LINES_UNBLOCK,
    icon="unlock",
    schema=NoParams,
    refusals=lambda params: (
        TERMINATED,
        Refusal("not_blocked", N_("Is not blocked"), Line.state != LineState.BLOCKED, after_success=True),
    ),
    change=lambda params: Change(state="active"),
    effect=lambda params: {"state": LineState.ACTIVE.value, "block_reason": None},
    reasons=REASONS,
    group="block",
    order=20,
)

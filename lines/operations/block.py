"""Block lines: no calls, messages or data until they are unblocked."""

from __future__ import annotations

from core.fields import FieldSchema, choice
from core.i18n import N_, NN_
from lines.models import BlockReason, Line, LineState
from lines.operations.common import REASONS as LINE_REASONS
from lines.operations.common import TERMINATED
from lines.words import BLOCK_REASONS
from operators.changes import Change
from rbac.permissions import Permission
from runs.operation import Operation, Refusal, Words

CHOSEN = (BlockReason.VOLUNTARY, BlockReason.LOST, BlockReason.COMPANY)
REASONS = {reason.value: BLOCK_REASONS[reason] for reason in CHOSEN}


class BlockParams(FieldSchema):
    """The reason why the lines are blocked."""

    reason = choice(N_("Reason"), REASONS)


OPERATION = Operation(
    code="block",
    words=Words(
        title=N_("Blocking"),
        effect=N_("The numbers can neither call, nor send messages, nor use data until they are unblocked."),
        button=N_("Block"),
        confirm=NN_("Block %(n)s line", "Block %(n)s lines"),
        done=NN_("%(n)s blocked", "%(n)s blocked"),
    ),
    permission=Permission.LINES_BLOCK,
    icon="lock",
    schema=BlockParams,
    refusals=lambda params: (
        TERMINATED,
        Refusal(
            "already_blocked", N_("Already blocked"), Line.state == LineState.BLOCKED, after_success=True
        ),
    ),
    change=lambda params: Change(state="blocked", block_reason=params["reason"]),
    effect=lambda params: {"state": LineState.BLOCKED.value, "block_reason": params["reason"]},
    reasons=LINE_REASONS,
    group="block",
    order=10,
)

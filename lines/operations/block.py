"""Block lines: no calls, messages or data until they are unblocked."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from core.i18n import N_, NN_
from lines.models import BlockReason, Line, LineState
from lines.operations.common import TERMINATED
from lines.words import BLOCK_REASONS
from operators.gateway import Change
from rbac.permissions import Permission
from runs.operation import Operation, Refusal, Words

CHOSEN = (BlockReason.VOLUNTARY, BlockReason.LOST, BlockReason.COMPANY)
REASONS = {reason.value: BLOCK_REASONS[reason] for reason in CHOSEN}


class BlockParams(Schema):
    """Why the lines are blocked."""

    reason = fields.String(
        required=True,
        validate=validate.OneOf(REASONS, labels=tuple(REASONS.values())),
        metadata={"label": N_("Reason"), "choices": REASONS, "default": "voluntary", "widget": "radio"},
    )


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
        Refusal("already_blocked", N_("Already blocked"), Line.state == LineState.BLOCKED),
    ),
    change=lambda params: Change(status="suspended", characteristics={"blockReason": params["reason"]}),
    effect=lambda params: {"state": LineState.BLOCKED.value, "block_reason": params["reason"]},
    group="block",
    order=10,
)

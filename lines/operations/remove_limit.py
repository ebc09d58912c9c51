"""Remove the spending limit from lines."""

from __future__ import annotations

from core.i18n import N_, NN_
from lines.at_operator import columns_of
from lines.models import Line
from lines.operations.common import REASONS, TERMINATED, NoParams
from operators.changes import Change
from rbac.permissions import Permission
from runs.operation import Operation, Refusal, Words

NO_LIMIT = Change(limit=None)
OPERATION = Operation(
    code="remove_limit",
    words=Words(
        title=N_("Removal of the limit"),
        effect=N_("The numbers spend without a limit."),
        button=N_("Remove limit"),
        confirm=NN_("Remove the limit from %(n)s line", "Remove the limit from %(n)s lines"),
        done=NN_("limit removed from %(n)s line", "limit removed from %(n)s lines"),
    ),
    permission=Permission.LINES_LIMIT,
    icon="infinity",
    schema=NoParams,
    refusals=lambda params: (
        TERMINATED,
        Refusal("no_limit", N_("Has no limit"), Line.limit_amount.is_(None), after_success=True),
    ),
    change=lambda params: NO_LIMIT,
    effect=lambda params: columns_of(NO_LIMIT),
    reasons=REASONS,
    group="limit",
    order=40,
)

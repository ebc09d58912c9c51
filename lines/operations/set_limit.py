"""Set a spending limit on lines: roubles per day or month, with a warning before."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import and_

from core.fields import FieldSchema, choice, money, percent
from core.i18n import N_, NN_
from lines.at_operator import columns_of
from lines.models import Line
from lines.operations.common import REASONS, TERMINATED
from lines.words import LIMIT_PERIODS
from operators.changes import Change, Limit
from rbac.permissions import Permission
from runs.operation import Operation, Params, Refusal, Words


class LimitParams(FieldSchema):
    """The amount that may be spent, its period, and the per cent at which people are warned."""

    amount = money(N_("Limit, roubles"), highest=Decimal(1_000_000))
    period = choice(N_("Period"), LIMIT_PERIODS, required=False)
    warn_at = percent(N_("Warn at, %"), required=False, default=80)


def _change(params: Params) -> Change:
    return Change(limit=Limit(params["amount"], params["period"], params["warn_at"]))


def _same(params: Params) -> Refusal:
    limit = columns_of(_change(params))
    is_same = and_(*(getattr(Line, name) == value for name, value in limit.items()))
    return Refusal("same_limit", N_("Already has exactly this limit"), is_same, after_success=True)


OPERATION = Operation(
    code="set_limit",
    words=Words(
        title=N_("Limit on spending"),
        effect=N_("The numbers stop spending at the limit; their users are warned before."),
        button=N_("Set limit"),
        confirm=NN_("Set the limit for %(n)s line", "Set the limit for %(n)s lines"),
        done=NN_("limit set for %(n)s line", "limit set for %(n)s lines"),
    ),
    permission=Permission.LINES_LIMIT,
    icon="speedometer2",
    schema=LimitParams,
    refusals=lambda params: (TERMINATED, _same(params)),
    change=_change,
    effect=lambda params: columns_of(_change(params)),
    reasons=REASONS,
    group="limit",
    order=30,
)

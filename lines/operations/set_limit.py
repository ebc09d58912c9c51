"""Set a spending limit on lines: roubles per day or month, with a warning before."""

from __future__ import annotations

from decimal import Decimal

from core.fields import FieldSchema, choice, money, percent
from core.i18n import N_, NN_
from lines.models import Line
from lines.operations.common import REASONS, TERMINATED
from operators.changes import Change, Limit
from rbac.permissions import Permission
from runs.operation import Operation, Params, Refusal, Words

PERIODS = {"month": N_("per month"), "day": N_("per day")}


class LimitParams(FieldSchema):
    """How much may be spent, in which period, and at how many per cent people are warned."""

    amount = money(N_("Limit, roubles"), highest=Decimal(1_000_000))
    period = choice(N_("Period"), PERIODS, required=False)
    warn_at = percent(N_("Warn at, %"), required=False, default=80)


def _same(params: Params) -> Refusal:
    is_same = (
        (Line.limit_amount == params["amount"])
        & (Line.limit_period == params["period"])
        & (Line.limit_warn == params["warn_at"])
    )
    return Refusal("same_limit", N_("Already has exactly this limit"), is_same)


OPERATION = Operation(
    code="set_limit",
    words=Words(
        title=N_("Limit on spending"),
        effect=N_("The numbers stop spending at the limit; their users are warned before."),
        button=N_("Limit"),
        confirm=NN_("Set the limit for %(n)s line", "Set the limit for %(n)s lines"),
        done=NN_("limit set for %(n)s line", "limit set for %(n)s lines"),
    ),
    permission=Permission.LINES_LIMIT,
    icon="speedometer2",
    schema=LimitParams,
    refusals=lambda params: (TERMINATED, _same(params)),
    change=lambda params: Change(limit=Limit(params["amount"], params["period"], params["warn_at"])),
    effect=lambda params: {
        "limit_amount": params["amount"],
        "limit_period": params["period"],
        "limit_warn": params["warn_at"],
    },
    reasons=REASONS,
    group="limit",
    order=30,
)

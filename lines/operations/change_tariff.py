"""Change the tariff of lines, now or from the next billing period."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import and_, func, literal, select
from sqlalchemy.orm import aliased

from core.fields import FieldSchema, choice
from core.i18n import N_, NN_
from hierarchy.models import BillingAccount
from lines import fields
from lines.models import Line, LineState
from lines.operations.common import BLOCKED, DEBT, REASONS, TERMINATED
from operators.changes import Change
from operators.models import Tariff
from rbac.permissions import Permission
from runs.operation import Operation, Params, Price, Refusal, Words

WHEN = {"now": N_("Now"), "nextPeriod": N_("From the next billing period")}


class TariffParams(FieldSchema):
    """The tariff, and the day from which it counts."""

    tariff = fields.tariff(N_("Tariff"))
    effective = choice(N_("From when"), WHEN, required=False)


def _refusals(params: Params) -> tuple[Refusal, ...]:
    account = aliased(BillingAccount)
    in_debt = (
        select(literal(1))
        .where(account.company_id == Line.company_id, account.id == Line.account_id, account.is_in_debt)
        .correlate(Line)
        .exists()
    )
    return (
        TERMINATED,
        Refusal(
            "same_tariff",
            N_("Already has this tariff"),
            Line.tariff_id == params["tariff"],
            after_success=True,
        ),
        Refusal("blocked", BLOCKED[0], Line.state == LineState.BLOCKED, BLOCKED[1]),
        Refusal("debt", DEBT[0], in_debt, DEBT[1]),
    )


def _price(params: Params) -> Price:
    new, old = aliased(Tariff), aliased(Tariff)
    once = select(new.switch_price).where(new.id == params["tariff"]).scalar_subquery()
    monthly_new = select(new.monthly).where(new.id == params["tariff"]).scalar_subquery()
    monthly_old = select(old.monthly).where(and_(old.id == Line.tariff_id)).correlate(Line).scalar_subquery()
    return Price(
        once=func.coalesce(once, 0), month=func.coalesce(monthly_new, 0) - func.coalesce(monthly_old, 0)
    )


def _effect(params: Params) -> Mapping[str, str | None]:
    """From the next period on, the present tariff stays until the operator tells of the change."""
    if params["effective"] == "nextPeriod":
        return {"planned_tariff_id": params["tariff"]}
    return {"tariff_id": params["tariff"], "planned_tariff_id": None}


OPERATION = Operation(
    code="change_tariff",
    words=Words(
        title=N_("Change of tariff"),
        effect=N_("The numbers get another tariff; the price of the change is charged once."),
        button=N_("Change tariff"),
        confirm=NN_("Change the tariff of %(n)s line", "Change the tariff of %(n)s lines"),
        done=NN_("tariff of %(n)s line changed", "tariff of %(n)s lines changed"),
    ),
    permission=Permission.LINES_TARIFF,
    icon="arrow-left-right",
    schema=TariffParams,
    refusals=_refusals,
    change=lambda params: Change(tariff=params["tariff"], effective=params["effective"]),
    effect=_effect,
    price=_price,
    reasons={
        **REASONS,
        "tariff_not_sellable": (N_("The tariff is no longer offered"), N_("Choose another tariff.")),
    },
    group="tariff",
    order=50,
)

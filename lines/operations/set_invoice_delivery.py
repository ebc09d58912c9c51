"""Set where the invoices of billing accounts go: by e-mail, on paper, or by electronic document exchange."""

from __future__ import annotations

from core.fields import FieldSchema, Only, choice, email, text
from core.i18n import N_, NN_
from hierarchy.models import BillingAccount
from lines.bulk.account_target import ACCOUNT
from lines.words import DELIVERY_CHANNELS
from operators.changes import Change, InvoiceDelivery
from rbac.permissions import Permission
from runs.operation import Operation, Params, Reasons, Refusal, Words

CHANNEL = "channel"
EMAIL, PAPER, EDO = DELIVERY_CHANNELS


class DeliveryParams(FieldSchema):
    """The way by which invoices come, and their address: an address for each way."""

    channel = choice(N_("Invoices come"), DELIVERY_CHANNELS)
    email = email(N_("E-mail address"), only=Only(CHANNEL, (EMAIL,)))
    paper = text(N_("Postal address"), only=Only(CHANNEL, (PAPER,)))
    edo = text(N_("Participant’s identifier"), only=Only(CHANNEL, (EDO,)))


def _delivery(params: Params) -> InvoiceDelivery:
    channel = str(params[CHANNEL])
    return InvoiceDelivery(channel, str(params[channel]).strip())


def _effect(params: Params) -> dict[str, str]:
    delivery = _delivery(params)
    return {"delivery_channel": delivery.channel, "delivery_address": delivery.address}


def _same(params: Params) -> Refusal:
    delivery = _delivery(params)
    is_same = (BillingAccount.delivery_channel == delivery.channel) & (
        BillingAccount.delivery_address == delivery.address
    )
    return Refusal("same_delivery", N_("Invoices already go exactly there"), is_same, after_success=True)


REASONS: Reasons = {
    "no_right": (
        N_("You have no right to do this with these billing accounts"),
        N_("Ask a global administrator of your company for a role with this right."),
    ),
    "broken": (
        N_("The console no longer knows this operation"),
        N_("Start it anew from the list of billing accounts."),
    ),
    "stopped": (
        N_("The run was stopped before its turn"),
        N_("Start a new run for these billing accounts."),
    ),
    "unknown_account": (
        N_("The operator does not know this billing account"),
        N_("Ask your account manager."),
    ),
    "account_closed": (N_("The billing account is closed"), N_("Take it off your list.")),
    "delivery_address_unfit": (
        N_("The operator cannot deliver to this address"),
        N_("Check the address, then start a new run."),
    ),
}

OPERATION = Operation(
    code="set_invoice_delivery",
    words=Words(
        title=N_("Invoice delivery"),
        effect=N_(
            "From the next invoice on, the invoices of these billing accounts go to this address only."
        ),
        button=N_("Invoice delivery"),
        confirm=NN_(
            "Set the delivery address of %(n)s billing account",
            "Set the delivery address of %(n)s billing accounts",
        ),
        done=NN_(
            "delivery address set for %(n)s billing account",
            "delivery address set for %(n)s billing accounts",
        ),
    ),
    permission=Permission.ACCOUNTS_DELIVERY,
    icon="envelope-paper",
    schema=DeliveryParams,
    refusals=lambda params: (_same(params),),
    change=lambda params: Change(delivery=_delivery(params)),
    effect=_effect,
    reasons=REASONS,
    group="delivery",
    order=100,
    target=ACCOUNT,
)

"""Words of values: a line's state, why it is blocked, the period of its limit; how invoices of an account come."""

from __future__ import annotations

from collections.abc import Mapping

from core.i18n import N_
from lines.models import BlockReason, LimitPeriod, LineState

STATES: Mapping[str, str] = {
    LineState.ACTIVE: N_("Active"),
    LineState.BLOCKED: N_("Blocked"),
    LineState.TERMINATED: N_("Terminated"),
}
STATES_OF_MANY: Mapping[str, str] = {
    LineState.ACTIVE: N_("Active numbers"),
    LineState.BLOCKED: N_("Blocked numbers"),
    LineState.TERMINATED: N_("Terminated numbers"),
}
"""The states as headings of how many there are: Russian says them in the plural."""
BLOCK_REASONS: Mapping[str, str] = {
    BlockReason.VOLUNTARY: N_("Voluntary"),
    BlockReason.LOST: N_("Lost or stolen"),
    BlockReason.COMPANY: N_("Company decision"),
    BlockReason.DEBT: N_("Debt"),
    BlockReason.OPERATOR: N_("Operator decision"),
}
LIMIT_PERIODS: Mapping[str, str] = {
    LimitPeriod.MONTH: N_("per month"),
    LimitPeriod.DAY: N_("per day"),
}
"""Said behind an amount, therefore in small letters."""
DELIVERY_CHANNELS: Mapping[str, str] = {
    "email": N_("By e-mail"),
    "paper": N_("On paper"),
    "edo": N_("By electronic document exchange"),
}
"""How the invoices of a billing account come, by operators.changes.InvoiceDelivery.channel."""
VALUES: Mapping[str, str] = {**STATES, **BLOCK_REASONS, **LIMIT_PERIODS, **DELIVERY_CHANNELS}
"""Codes that the journal keeps of a line or an account, beside those of attributes alone (lines/attributes.py)."""


def in_sentence(text: str) -> str:
    """A translated word as it is written behind another one: "Blocked, lost or stolen"."""
    return text[:1].lower() + text[1:]

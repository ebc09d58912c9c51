"""Change of number, return of the earlier number, replacement of SIM cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.i18n import N_
from forms import fields
from forms.form import Carries, FormLine, FormType, Lines, Values
from lines.numbers import format_iccid

REPLACE, CHANGE, RETURN = "replace_sim", "change_number", "return_number"
DEEDS = {
    REPLACE: N_("Replace the SIM cards"),
    CHANGE: N_("Change the numbers"),
    RETURN: N_("Return the earlier numbers"),
}
REASONS = {
    "damaged": N_("The card does not work"),
    "lost": N_("The card is lost or stolen"),
    "size": N_("Another size or an eSIM is needed"),
    "other": N_("Another reason"),
}
ONE_EACH = N_("As many new SIM cards are needed as there are numbers: one a line, in the same order.")
TWICE = N_("The same SIM card stands here twice.")


class NumbersAndSims(fields.FormSchema):
    """What is to be done and why; for replaced cards, which ones come instead."""

    deed = fields.choice(N_("What is to be done"), DEEDS)
    reason = fields.choice(N_("Why"), REASONS)
    cards = fields.cards(
        N_("New SIM cards (ICCID)"),
        hint=N_(
            "One a line, in the order of the numbers. Leave it empty where the operator is to send cards."
        ),
    )
    wishes = fields.area(
        N_("Wanted numbers or other wishes"),
        required=False,
        most=1000,
        hint=N_("For a change of number: which one you would like, for its return: which one you had."),
    )
    contact = fields.text(N_("Contact person"), prefill="user.name")
    phone = fields.phone(N_("Phone of the contact person"), prefill="user.phone")


def new_cards(values: Values) -> list[str]:
    """The new SIM cards, in the order of the numbers."""
    return str(values.get("cards") or "").split()


def _check(values: Values, lines: Sequence[FormLine]) -> Mapping[str, list[str]]:
    cards = new_cards(values)
    if values.get("deed") != REPLACE or not cards:
        return {}
    if len(cards) != len(lines):
        return {"cards": [ONE_EACH]}
    return {"cards": [TWICE]} if len(set(cards)) != len(cards) else {}


def _operation(values: Values) -> str | None:
    return "replace_sim" if values.get("deed") == REPLACE and new_cards(values) else None


def _params(values: Values, lines: Sequence[FormLine]) -> Mapping[str, Any]:
    cards = zip(lines, new_cards(values), strict=True)
    return {"values": {str(line.line_id): card for line, card in cards}}


def _column(values: Values, lines: Sequence[FormLine]) -> tuple[str, Sequence[str]]:
    cards = [format_iccid(card) for card in new_cards(values)]
    return N_("New SIM card (ICCID)"), cards if len(cards) == len(lines) else [""] * len(lines)


FORM = FormType(
    code="numbers_and_sims",
    title=N_("Change of number, return of a number, SIM replacement"),
    summary=N_("New SIM cards for the same numbers, other numbers, or the numbers you had before."),
    icon="sim",
    schema=NumbersAndSims,
    lines=Lines.MANY,
    instruction=(
        N_("Choose the numbers or upload an Excel list with them."),
        N_(
            "For new cards that you hold already, write their ICCID: they start to work once the request is resolved."
        ),
        N_("Print the application, have it signed and attach the scan."),
    ),
    body=(N_("Please carry out the following for the mobile numbers of our contract listed below."),),
    attach=(
        N_("Scan of the signed application"),
        N_("Power of attorney, where somebody else than the head of the company signs"),
    ),
    signer=N_("The head of the company or a person with a power of attorney"),
    approver=N_("Your account manager"),
    days=1,
    carries=Carries(_operation, _params),
    check=_check,
    columns=_column,
    order=10,
)

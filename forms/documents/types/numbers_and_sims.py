"""Change of number, return of the earlier number, replacement of SIM cards."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core import fields
from core.i18n import N_
from forms.documents.form import Carries, FormLine, FormType, Lines, RowValueColumn, Values
from lines import fields as line_fields
from lines.numbers import format_iccid, format_msisdn

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
ONE_EACH = {
    "cards": N_("As many new SIM cards are needed as there are numbers: one a line, in the same order."),
    "new_numbers": N_(
        "As many new numbers are needed as there are present ones: one a line, in the same order."
    ),
}
TWICE = {
    "cards": N_("The same SIM card stands here twice."),
    "new_numbers": N_("The same new number stands here twice."),
}
CARRIED = {REPLACE: "cards", CHANGE: "new_numbers", RETURN: "new_numbers"}
"""Which field says what each number gets, should an operation carry the deed out."""
LISTED = {"cards": "iccid", "new_numbers": "msisdn"}
"""The row values that an uploaded list may have for the field, by their code."""
OPERATIONS = {"cards": "replace_sim", "new_numbers": "change_number"}
COLUMNS: dict[str, tuple[str, Callable[[str], str]]] = {
    "": (N_("New SIM card or number"), str),
    "cards": (N_("New SIM card (ICCID)"), format_iccid),
    "new_numbers": (N_("New number"), format_msisdn),
}


class NumbersAndSims(fields.FieldSchema):
    """The work to do and its reason; for replaced cards, the ones that come instead."""

    deed = fields.choice(N_("What is to be done"), DEEDS)
    reason = fields.choice(N_("Why"), REASONS)
    cards = line_fields.cards(
        N_("New SIM cards (ICCID)"),
        hint=N_(
            "One a line, in the order of the numbers; or in a second column of the list that you upload. "
            "Leave it empty where the operator is to send cards."
        ),
        only=fields.Only("deed", (REPLACE,)),
    )
    new_numbers = line_fields.numbers(
        N_("New or earlier numbers"),
        hint=N_(
            "One a line, in the order of the present numbers; or in a column “New number” of the list that you upload. "
            "Leave it empty where the operator is to choose for you."
        ),
        only=fields.Only("deed", (CHANGE, RETURN)),
    )
    wishes = fields.area(
        N_("Other wishes"),
        required=False,
        longest=1000,
        hint=N_("For example, which digits a new number should have."),
    )
    contact = fields.text(N_("Contact person"), prefill="user.name")
    phone = line_fields.phone(N_("Phone of the contact person"), prefill="user.phone")


def _given(values: Values) -> tuple[str, list[str]]:
    """The field that counts for this deed, and what each number gets, in the order of the numbers."""
    name = CARRIED.get(str(values.get("deed")), "")
    return name, [line.strip() for line in str(values.get(name) or "").splitlines() if line.strip()]


def _from_list(values: Values) -> Mapping[str, str]:
    name = CARRIED.get(str(values.get("deed")))
    return {name: LISTED[name]} if name else {}


def _check(values: Values, lines: Sequence[FormLine]) -> Mapping[str, list[str]]:
    name, given = _given(values)
    if not given:
        return {}
    if len(given) != len(lines):
        return {name: [ONE_EACH[name]]}
    return {name: [TWICE[name]]} if len(set(given)) != len(given) else {}


def _operation(values: Values) -> str | None:
    name, given = _given(values)
    return OPERATIONS[name] if given else None


def _params(values: Values, lines: Sequence[FormLine]) -> Mapping[str, Any]:
    _, given = _given(values)
    return {"values": {str(line.line_id): value for line, value in zip(lines, given, strict=True)}}


def _row_values(values: Values) -> RowValueColumn:
    name, given = _given(values)
    title, show = COLUMNS[name]
    return RowValueColumn(title, given, show)


FORM = FormType(
    code="numbers_and_sims",
    title=N_("Change of number, return of a number, SIM replacement"),
    summary=N_("New SIM cards for the same numbers, other numbers, or the numbers you had before."),
    icon="sim",
    schema=NumbersAndSims,
    lines=Lines.MANY,
    instruction=(
        N_(
            "Choose the numbers or upload an Excel list with them; a second column of it may hold the new SIM cards "
            "or, headed “New number”, the new numbers."
        ),
        N_(
            "For new cards that you hold already, write their ICCID; for numbers that you know, write them: the change "
            "is made as soon as the request is resolved."
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
    row_values=_row_values,
    subject=N_("for SIM replacement, change or return of a number"),
    from_list=_from_list,
    order=10,
)

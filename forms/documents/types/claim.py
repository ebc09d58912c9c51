"""A claim: charges, connection, service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from core import fields
from core.i18n import N_
from forms.documents.form import FormLine, FormType, Lines, Values
from lines import fields as line_fields

TOPICS = {
    "charges": N_("Charges that we do not agree with"),
    "connection": N_("Quality of the connection"),
    "service": N_("Service by the operator"),
    "other": N_("Something else"),
}
BY_EMAIL = "email"
ANSWERS = {"console": N_("In the console"), BY_EMAIL: N_("By e-mail"), "post": N_("By post")}


class Claim(fields.FieldSchema):
    """The event, its date, and what is wanted."""

    topic = fields.choice(N_("What the claim is about"), TOPICS)
    since = fields.day(N_("Since when"), is_past=True)
    until = fields.day(
        N_("Until when"), required=False, is_past=True, hint=N_("Leave it empty where it still goes on.")
    )
    amount = fields.money(N_("Disputed amount"), required=False)
    description = fields.area(N_("What happened"))
    wanted = fields.area(N_("What we ask for"), longest=2000)
    answer_by = fields.choice(N_("How to answer"), ANSWERS)
    contact = fields.text(N_("Contact person"), prefill="user.name")
    phone = line_fields.phone(N_("Phone of the contact person"), prefill="user.phone")
    email = fields.email(N_("E-mail of the contact person"), required=False, prefill="user.email")


def _check(values: Values, _lines: Sequence[FormLine]) -> Mapping[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    if values.get("until") and str(values["until"]) < str(values["since"]):
        wrong["until"] = [N_("The end lies before the beginning.")]
    if values.get("answer_by") == BY_EMAIL and not values.get("email"):
        wrong["email"] = [N_("Give an address: the answer is to come by e-mail.")]
    return wrong


FORM = FormType(
    code="claim",
    title=N_("Claim"),
    summary=N_("Charges, connection or service that you do not agree with."),
    icon="exclamation-octagon",
    schema=Claim,
    lines=Lines.MAY,
    instruction=(
        N_("Say what happened, since when and what you ask for."),
        N_("Choose the numbers that the claim is about, if it is about some of them only."),
        N_("Attach what proves it: bills, pictures of screens, correspondence."),
    ),
    body=(N_("We make the following claim under our contract and ask you to answer it in writing."),),
    needs_scan=True,
    attach=(N_("Scan of the signed claim"), N_("Documents that prove it")),
    signer=N_("The head of the company or a person with a power of attorney"),
    approver=N_("Your account manager"),
    days=10,
    check=_check,
    heading=N_("Claim"),
    order=30,
)
